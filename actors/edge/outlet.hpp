#pragma once

#include "fanout/chunk.hpp"
#include "flow/outbox.hpp"
#include "protocol/client_socket.hpp"
#include "protocol/traffic.hpp"

namespace towncrier::edge {

/// What goes to one client, and how much of it: shared frames while the client keeps up; the latest state of what
/// changed, and a `lag` message, when it does not. It knows no actor, and is told the time by which it measures how far
/// the client is behind; so it can be tested as it is.
class outlet {
public:
  struct options {
    /// Bytes that may wait for the socket before the client counts as behind.
    std::size_t max_queued_bytes = 256 * 1024;
    /// Bytes of events that may wait beyond that.
    std::size_t max_event_bytes = 1024 * 1024;
  };

  outlet(protocol::client_socket& socket, protocol::traffic& traffic, options limits);
  ~outlet();

  outlet(const outlet&) = delete;
  outlet& operator=(const outlet&) = delete;

  /// How frames are encoded from now on: once, before anything is sent.
  void use(fanout::encoding how) noexcept { how_ = how; }

  /// Gives a chunk to the socket of a client that keeps up; false: the client does not keep up, and the caller has to
  /// `put_off` the chunk.
  bool deliver_live(const fanout::chunk& x);

  /// Keeps what a chunk holds for later. From now on the client counts as behind.
  void put_off(const fanout::chunk& x, flow::time_point now);

  /// Gives a chunk to the socket whatever waits there already. For replays, whose sender waits for `drained` after each
  /// chunk.
  void replay(const fanout::chunk& x);

  /// From now on the client counts as behind, however little waits, until `drained` has given it everything.
  void fall_behind();

  /// Sends one message to this client alone, however far it is behind.
  void send(std::string_view type, const model::object& data, std::string_view position = {});

  /// The socket took everything that it was given: give it the next of what the client missed.
  void drained(flow::time_point now);

  /// Whether something could not be given yet.
  bool behind() const noexcept { return backlog_ != nullptr; }

  /// Whether the socket took everything that it was given.
  bool all_written() const noexcept { return socket_.queued_bytes() == 0; }

  /// Whether more than the client should have waits for its socket.
  bool congested() const noexcept { return socket_.queued_bytes() > limits_.max_queued_bytes; }

  /// Whether a state of `id` could not be given yet.
  bool waits(const model::character_id& id) const { return backlog_ && backlog_->missed.holds_state(id); }
  /// The state that will be given of `id`; nullptr: none waits.
  const fanout::entry* waiting_state(const model::character_id& id) const {
    return backlog_ ? backlog_->missed.find_state(id) : nullptr;
  }
  /// Whether this event could not be given yet.
  bool waits(const fanout::item& event) const {
    return backlog_ && backlog_->missed.holds_event([&](const fanout::entry& x) { return x.what.get() == &event; });
  }
  std::size_t pending_states() const noexcept { return backlog_ ? backlog_->missed.pending_states() : 0; }
  std::size_t pending_events() const noexcept { return backlog_ ? backlog_->missed.pending_events() : 0; }

  /// Bytes of messages to this client alone (see `send`) that may still wait for its socket. Nothing else bounds them;
  /// a client with too many is not read on.
  std::size_t unread_answers() const noexcept { return unread_answers_; }

  /// The position up to which the client was given everything, or the latest state of it.
  std::string_view position() const noexcept { return position_ ? *position_ : std::string_view{}; }

  /// Notes that there is nothing more for this client up to the position `x`. Ignored while it is behind.
  void advance(const fanout::position_text& x);

private:
  /// What a client has that is behind. Most clients never are, so it stands behind a pointer.
  struct backlog {
    explicit backlog(std::size_t max_event_bytes) : missed(max_event_bytes) {}

    flow::outbox<fanout::entry> missed;
    /// The client's position once it was given all of it.
    fanout::position_text position;
  };

  void write(std::span<const codec::frame_ptr> frames, std::size_t entries);
  void catch_up(flow::time_point now);
  void tell_lag(std::size_t conflated, std::size_t dropped_events, flow::duration behind);
  void put(const fanout::entry& x, flow::time_point now);
  void end_behind();

  protocol::client_socket& socket_;
  protocol::traffic& traffic_;
  options limits_;
  fanout::encoding how_;
  std::size_t unread_answers_ = 0;
  fanout::position_text position_;
  std::unique_ptr<backlog> backlog_;
};

} // namespace towncrier::edge
