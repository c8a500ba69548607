#pragma once

#include "flow/sliding_window.hpp"
#include "model/client_message.hpp"
#include "protocol/client_socket.hpp"
#include "protocol/messages.hpp"
#include "protocol/options.hpp"
#include "protocol/traffic.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace towncrier::edge {

/// What comes from one client, on its way from bytes to messages that may be acted on. It decodes them, knows the role
/// that each of them takes, counts the faulty ones, keeps what came before the welcome, and stops reading the socket
/// while the client has too much unfinished. No actor and no clock, so that it can be tested as it is.
class reader {
public:
  /// A message that is not acted on, and why: what the client is told.
  struct fault {
    protocol::errc code = protocol::errc::invalid_message;
    std::string sentence;
    /// How the client had named its message.
    std::optional<model::message_id> id;
  };

  /// What the client has that is not finished: it is read on only while all of it is within its bounds.
  struct unfinished {
    /// Messages that it published and that not every hub has yet (bound: `edge.max_in_flight`).
    std::size_t in_flight = 0;
    /// Bytes of answers that wait for it (bound: `edge.max_queued_bytes`).
    std::size_t unread_bytes = 0;
  };

  /// All three live longer than the reader.
  reader(protocol::client_socket& socket, protocol::traffic& traffic, const protocol::edge_options& options,
         codec::format format) noexcept
      : socket_(socket), traffic_(traffic), options_(options), format_(format) {}

  codec::format format() const noexcept { return format_; }

  /// Counts what came in one read.
  void count(std::span<const protocol::socket_message> messages);

  /// The message that `x` is, counted by its type; or what is wrong with it.
  std::variant<model::client_message, fault> decode(const protocol::socket_message& x);

  /// What is wrong with a client of this role saying `x`; nothing: it may.
  static std::optional<fault> forbids(protocol::role role, const model::client_message& x);

  /// Notes that the client was told of a fault at `now`; true: it makes too many (`edge.max_errors`) and must go.
  bool too_many_faults(flow::time_point now);

  /// Keeps what came before the client is welcome.
  void keep(std::vector<protocol::socket_message>&& messages);

  /// The first of what was kept; nothing when there is none.
  std::optional<protocol::socket_message> take_first_kept();
  /// All of it, in order.
  std::vector<protocol::socket_message> take_kept();
  std::size_t kept() const noexcept { return kept_ ? kept_->size() : 0; }

  /// Stops reading the socket, or reads on.
  void pace(const unfinished& x);
  bool is_reading() const noexcept { return reading_; }

private:
  protocol::client_socket& socket_;
  protocol::traffic& traffic_;
  const protocol::edge_options& options_;
  /// Most clients make no fault, and say nothing before they are welcome.
  std::unique_ptr<flow::sliding_window> faults_;
  std::unique_ptr<std::vector<protocol::socket_message>> kept_;
  codec::format format_;
  bool reading_ = true;
};

} // namespace towncrier::edge
