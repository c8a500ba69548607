#pragma once

#include "fanout/chunk.hpp"
#include "flow/outbox.hpp"
#include "protocol/client_socket.hpp"
#include "protocol/traffic.hpp"

namespace towncrier::edge {

/// What goes to one client, and how much of it: shared frames while the client keeps up; the latest state of what
/// changed, and a `lag` message, when it does not. No actor and no clock, so that it can be tested as it is.
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

  /// Everything after this is written so.
  void use(fanout::encoding how) noexcept { how_ = how; }

  /// Shows a chunk to a client that keeps up; false: it does not, `put_off` the chunk.
  bool deliver_live(const fanout::chunk& x);

  /// Keeps what a chunk changes for later.
  void put_off(const fanout::chunk& x, flow::time_point now);

  /// Shows a chunk whatever waits already: the sender paces itself by `drained`.
  void replay(const fanout::chunk& x);

  /// The client counts as behind, however little waits, until its socket took everything.
  void fall_behind();

  /// Sends one message to this client alone, however far it is behind.
  void send(std::string_view type, const model::object& data, std::string_view position = {});

  /// The socket took everything: give the next of what is missing.
  void drained(flow::time_point now);

  /// Whether something could not be given yet.
  bool behind() const noexcept { return backlog_ != nullptr; }

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

  /// Bytes of messages to this client alone that wait, perhaps, for its socket: nothing else bounds them.
  std::size_t unread_answers() const noexcept { return unread_answers_; }

  /// Up to where the client was given everything, or the latest of it.
  std::string_view position() const noexcept { return position_ ? *position_ : std::string_view{}; }

  /// Notes that there was nothing for this client up to `x`. Ignored while it is behind.
  void advance(const fanout::position_text& x);

private:
  /// What a client has that is behind: most never are.
  struct backlog {
    explicit backlog(std::size_t max_event_bytes) : missed(max_event_bytes) {}

    flow::outbox<fanout::entry> missed;
    /// Where it stands when it was given all of it.
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
