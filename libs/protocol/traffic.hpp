#pragma once

#include "protocol/errc.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace towncrier::protocol {

/// A number that one thread changes and others read.
class counter {
public:
  void add(std::uint64_t n = 1) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  void subtract(std::uint64_t n = 1) noexcept { add(~n + 1); }
  std::uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
  std::atomic<std::uint64_t> value_{0};
};

/// The types of messages that are counted one by one.
inline constexpr std::array<std::string_view, 8> inbound_types{"auth",      "subscribe", "unsubscribe", "resume",
                                                               "heartbeat", "publish",   "command",     "invalid"};

/// What `error` messages are about, by their codes from 1001 on.
inline constexpr std::array<std::string_view, 4> error_names{"INVALID_MESSAGE", "AUTH_FAILED", "RATE_LIMIT",
                                                             "SERVER_ERROR"};

/// Why clients were not let in, or not allowed what they wanted.
inline constexpr std::array<std::string_view, 5> auth_failure_reasons{
    "no_token",    // none was given in time, or something else was said first
    "bad_token",   // unknown, changed, or too old when it was given
    "expired",     // it was good when the client came
    "role",        // a role that may not
    "unavailable", // the token could not be checked
};
enum class auth_failure : std::uint8_t { no_token, bad_token, expired, role, unavailable };

/// Why a token is refused.
enum class token_fault : std::uint8_t {
  unknown_token,
  malformed,
  unknown_key,
  wrong_algorithm,
  bad_signature,
  critical_header,
  expired,
  not_yet_valid,
  wrong_audience,
  wrong_issuer,
  no_name,
  no_role,
};

/// What a `token_fault` is called where they are counted.
inline constexpr std::array<std::string_view, 12> token_faults{
    "unknown_token", "malformed",     "unknown_key",    "wrong_algorithm", "bad_signature", "critical_header",
    "expired",       "not_yet_valid", "wrong_audience", "wrong_issuer",    "no_name",       "no_role"};

/// What became of the tokens that were shown to this node, written by its authenticator alone.
struct token_counts {
  counter accepted;
  std::array<counter, token_faults.size()> refused;

  counter& of(token_fault x) noexcept { return refused[static_cast<std::size_t>(x)]; }
};

using token_counts_ptr = std::shared_ptr<token_counts>;

/// What one I/O thread has done for its clients, written by that thread alone: counting costs no lock and no message.
struct alignas(64) traffic {
  counter connections_total;
  counter connections_active;
  counter connections_behind; ///< viewers that are being given less than everything
  counter messages_sent;      ///< WebSocket messages
  counter deliveries;         ///< changes and events inside them
  counter messages_received;
  counter bytes_sent;
  counter bytes_received;
  counter queued_bytes;   ///< waiting for sockets now
  counter conflated;      ///< states that a later state replaced in an outbox
  counter dropped_events; ///< events beyond the bound of an outbox
  counter errors_sent;    ///< `error` messages
  counter closed_by_us;   ///< policy, slowness, silence
  counter revoked;        ///< closed since a reload took their token back
  std::array<counter, inbound_types.size()> received_by_type;
  std::array<counter, error_names.size()> errors_by_code;
  std::array<counter, auth_failure_reasons.size()> auth_failures;

  /// An `error` message is sent.
  void count(errc code) noexcept {
    errors_sent.add();
    errors_by_code[static_cast<std::size_t>(code) - static_cast<std::size_t>(errc::invalid_message)].add();
  }
  void count(auth_failure why) noexcept { auth_failures[static_cast<std::size_t>(why)].add(); }
};

/// Whether anybody wants to see single messages: asked for each, so it costs one relaxed load when nobody does.
using debug_switch = std::shared_ptr<std::atomic<bool>>;

using traffic_ptr = std::shared_ptr<traffic>;
using traffic_list = std::vector<traffic_ptr>;

} // namespace towncrier::protocol
