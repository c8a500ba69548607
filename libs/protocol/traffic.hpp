#pragma once

#include <array>
#include <atomic>
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
};

/// Whether anybody wants to see single messages: asked for each, so it costs one relaxed load when nobody does.
using debug_switch = std::shared_ptr<std::atomic<bool>>;

using traffic_ptr = std::shared_ptr<traffic>;
using traffic_list = std::vector<traffic_ptr>;

} // namespace towncrier::protocol
