#pragma once

#include "flow/sliding_window.hpp"
#include "hosting/actor.hpp"
#include "protocol/interfaces.hpp"
#include "protocol/options.hpp"

#include <compare>
#include <functional>
#include <map>
#include <string>

namespace towncrier::edge {

/// A stage on the way of clients' messages: passes on what an identity may send within its window and answers the rest.
/// Clients whose role has no limit do not come by here, but for those whose role was changed (see `connection.hpp`).
/// A window belongs to an identity and not to a connection, so a client that reconnects does not get a new one.
struct rate_limiter_state {
  static inline const char* name = "rate_limiter";
  using self_pointer = hosting::pointer<protocol::rate_limiter_actor, rate_limiter_state>;

  /// Identities that are remembered at a time. When all of them have sent within their windows, a further one has to
  /// wait: memory is bounded.
  static constexpr std::size_t max_identities = 100'000;

  explicit rate_limiter_state(self_pointer ptr) : self(ptr) {}

  void limit(protocol::inbound& x);
  void forget_idle();
  model::object describe() const;

  struct key {
    std::string identity;
    protocol::role role;

    friend auto operator<=>(const key&, const key&) = default;
  };

  struct account {
    flow::sliding_window sent;
    flow::sliding_window refused;
  };

  /// nullptr when the table is full.
  account* account_of(const protocol::identity& who);
  void answer(const protocol::inbound& from, const model::client_message& x, flow::duration wait, bool close);

  self_pointer self;
  std::function<void(protocol::inbound&&)> pass_on;
  protocol::rate_limiter_options options;
  std::map<key, account> accounts;
  /// Messages, since the node began.
  std::uint64_t admitted = 0;
  std::uint64_t refused = 0;
};

/// `pass_on` is given what was admitted (see `routing.hpp`).
protocol::rate_limiter_actor::behavior_type rate_limiter(rate_limiter_state::self_pointer self,
                                                         std::function<void(protocol::inbound&&)> pass_on,
                                                         protocol::rate_limiter_options options);

} // namespace towncrier::edge
