#pragma once

#include "fields.hpp"
#include "frame_store.hpp"
#include "journal.hpp"
#include "websocket.hpp"

#include <cstdint>
#include <string>

namespace recorder {

/// What all viewers write to and choose from.
struct shared_state {
  frame_store& frames;
  journal& log;
  /// `host:port`; grows when a welcome names one more.
  std::vector<std::string>& edges;
  std::uint64_t silence_us = 0;
  std::uint64_t deliveries = 0;
  /// When anybody was last given something else than a heartbeat.
  std::uint64_t last_news = 0;
};

/// One viewer: connects, notes what it is given, and goes to another edge when it loses its own. Not thread-safe.
class viewer {
public:
  enum class phase { waiting, connecting, upgrading, open, gone };

  /// `edge`: where it begins; `at`: when, in microseconds.
  viewer(std::uint32_t index, format how, std::uint32_t edge, std::uint64_t at);

  phase where() const { return phase_; }
  int socket() const { return socket_; }
  format how() const { return how_; }

  /// Does what is due at `now`: connects, gives up on a server that does not answer. True when `socket()` is a new one.
  bool tick(shared_state& with, std::uint64_t now);

  /// The socket can be read or written, or broke. False when it is closed now.
  bool on_ready(shared_state& with);

  /// Leaves for good, with a close frame where it is let in.
  void leave(shared_state& with);

private:
  void connect(shared_state& with, std::uint64_t now);
  bool begin_upgrade(shared_state& with);
  bool read(shared_state& with);
  bool take_response(shared_state& with);
  bool take_frames(shared_state& with);
  bool take_control(shared_state& with, const websocket::frame& x);
  void take_message(shared_state& with, std::string_view payload);
  void note_position(const frame_facts& facts);
  bool lose(shared_state& with, happening how, std::uint32_t value);
  void send(std::string_view bytes) const;

  std::uint32_t index_;
  format how_;
  std::uint32_t edge_;
  phase phase_ = phase::waiting;
  int socket_ = -1;
  /// Waiting: when to connect; otherwise: when its patience ends, 0 for never.
  std::uint64_t due_;
  std::uint32_t failures_ = 0;
  bool asked_to_resume_ = false;
  std::string position_;
  std::string received_;
  std::string fragments_;
};

} // namespace recorder
