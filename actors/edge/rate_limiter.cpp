#include "actors/edge/rate_limiter.hpp"

#include "actors/edge/followed_inputs.hpp"
#include "actors/edge/rate_limit.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <utility>

namespace towncrier::edge {

namespace {

/// Seconds, rounded up to a whole millisecond: who waits for so long is not too early.
double seconds_up(flow::duration x) {
  return static_cast<double>(std::chrono::ceil<std::chrono::milliseconds>(x).count()) / 1000;
}

} // namespace

void rate_limiter_state::limit(protocol::inbound& x) {
  if (messages_allowed(x.who.role, options) == 0) {
    note_inputs(x.messages, {"admitted"});
    admitted += x.messages.size();
    return pass_on(std::move(x));
  }
  auto* known = account_of(x.who);
  const auto now = self->clock().now();
  std::vector<model::client_message> may_pass;
  for (auto& message : std::exchange(x.messages, {})) {
    const auto wait = known ? known->sent.admit(now, message.weight) : options.window;
    note_inputs({&message, 1}, wait ? tracing::step{.name = "admitted",
                                                    .result = tracing::outcome::dropped,
                                                    .reason = "its sender is over the rate limit"}
                                    : tracing::step{"admitted"});
    if (!wait) {
      may_pass.push_back(std::move(message));
      continue;
    }
    ++refused;
    const bool too_often = known && known->refused.admit(now);
    answer(x, message, *wait, too_often);
    if (too_often)
      break;
  }
  admitted += may_pass.size();
  x.messages = std::move(may_pass);
  if (!x.messages.empty())
    pass_on(std::move(x));
}

rate_limiter_state::account* rate_limiter_state::account_of(const protocol::identity& who) {
  key named{who.name, who.role};
  if (const auto found = accounts.find(named); found != accounts.end())
    return &found->second;
  if (accounts.size() >= max_identities)
    return nullptr;
  const account fresh{flow::sliding_window{{messages_allowed(who.role, options), options.window}},
                      flow::sliding_window{{options.max_violations, options.window}}};
  return &accounts.emplace(std::move(named), fresh).first->second;
}

void rate_limiter_state::answer(const protocol::inbound& from, const model::client_message& x, flow::duration wait,
                                bool close) {
  const auto most = messages_allowed(from.who.role, options);
  protocol::failure_answer result;
  result.code = protocol::errc::rate_limit;
  result.message = x.weight > most
                       ? fmt::format("a batch of {} messages is more than the {} that are allowed at all; send smaller "
                                     "ones",
                                     x.weight, most)
                       : fmt::format("more than {} messages in {} seconds; slow down", most,
                                     std::chrono::duration<double>{options.window}.count());
  result.id = x.id;
  result.retry_after = seconds_up(wait);
  if (close)
    result.close = protocol::close_code::policy;
  self->send(from.origin.from.viewer, std::move(result));
}

void rate_limiter_state::forget_idle() {
  std::erase_if(accounts, [now = self->clock().now()](const auto& x) {
    return x.second.sent.idle(now) && x.second.refused.idle(now);
  });
  self->delayed_send(self, options.window, protocol::tick_atom::value);
}

model::object rate_limiter_state::describe() const {
  return {{"identities", std::uint64_t{accounts.size()}},
          {"window_ms", std::int64_t{options.window.count()}},
          {"max_messages", std::uint64_t{options.max_messages}},
          {"admitted", admitted},
          {"refused", refused}};
}

protocol::rate_limiter_actor::behavior_type rate_limiter(rate_limiter_state::self_pointer self,
                                                         std::function<void(protocol::inbound&&)> pass_on,
                                                         protocol::rate_limiter_options options) {
  self->state.pass_on = std::move(pass_on);
  self->state.options = options;
  self->delayed_send(self, options.window, protocol::tick_atom::value);
  return {
      [self](protocol::inbound& x) { self->state.limit(x); },
      [self](protocol::tick_atom) { self->state.forget_idle(); },
  };
}

} // namespace towncrier::edge
