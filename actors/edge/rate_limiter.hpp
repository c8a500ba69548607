#pragma once

#include "flow/sliding_window.hpp"
#include "hosting/actor.hpp"
#include "protocol/interfaces.hpp"
#include "protocol/options.hpp"

#include <compare>
#include <map>
#include <string>

namespace towncrier::edge {

/// A stage on the way of clients' messages: passes on what an identity may send within its window and answers the rest.
/// Windows belong to identities, not to connections, so nobody gets a new one by coming back.
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

  /// 0: no limit.
  std::size_t limit_of(protocol::role x) const noexcept;
  /// nullptr when the table is full.
  account* account_of(const protocol::identity& who);
  void answer(const protocol::inbound& from, const model::client_message& x, flow::duration wait, bool close);

  self_pointer self;
  protocol::dispatcher_actor next;
  protocol::rate_limiter_options options;
  std::map<key, account> accounts;
};

protocol::rate_limiter_actor::behavior_type rate_limiter(rate_limiter_state::self_pointer self,
                                                         protocol::dispatcher_actor next,
                                                         protocol::rate_limiter_options options);

} // namespace towncrier::edge
