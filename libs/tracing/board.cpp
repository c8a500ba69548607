#include "tracing/board.hpp"

#include "hosting/traced_turn.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <array>
#include <random>

namespace towncrier::tracing {

namespace {

/// When a message began: `now`, or a nanosecond after the one before it, so that messages of one trace are told apart.
std::int64_t beginning(std::int64_t now) noexcept {
  static std::atomic<std::int64_t> last{0};
  auto before = last.load(std::memory_order_relaxed);
  auto mine = now;
  do
    mine = now > before || before - now > 1'000'000 ? now : before + 1; // another clock begins anew
  while (!last.compare_exchange_weak(before, mine, std::memory_order_relaxed));
  return mine;
}

} // namespace

std::string_view to_string(outcome x) noexcept {
  constexpr std::array<std::string_view, outcome_count> names{"passed",   "written", "conflated",
                                                              "filtered", "dropped", "held"};
  return names[static_cast<std::size_t>(x)];
}

std::uint64_t random_id() {
  thread_local std::mt19937_64 random{std::random_device{}() + (std::uint64_t{std::random_device{}()} << 32U)};
  for (;;)
    if (const auto x = random(); x != 0)
      return x;
}

std::uint64_t derived_id(std::uint64_t from, std::string_view text) noexcept {
  // FNV-1a.
  auto result = from ^ 0xcbf29ce484222325U;
  for (const char c : text)
    result = (result ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return result == 0 ? 1 : result;
}

board::~board() {
  if (on())
    --hosting::tracing_nodes;
}

void board::watch(std::vector<watched> x) {
  const std::lock_guard guard{mutex_};
  watched_ = std::move(x);
  const auto now = !watched_.empty();
  if (on_.exchange(now, std::memory_order_relaxed) != now)
    hosting::tracing_nodes += now ? 1 : -1;
}

model::trace_ptr board::begin(const about& what, std::string_view from, const model::trace_ptr& given) {
  constexpr std::string_view by_connection = "connection:";
  auto mark = std::make_shared<model::trace_mark>();
  {
    const std::lock_guard guard{mutex_};
    for (const auto& x : watched_) {
      const auto it_sent = !from.empty() && x.subject.starts_with(by_connection) &&
                           std::string_view{x.subject}.substr(by_connection.size()) == from;
      if ((x.subject == what.subject || it_sent || x.everything) && x.left->fetch_sub(1) > 0)
        mark->asked.push_back(x.asked);
    }
  }
  if (mark->asked.empty())
    return nullptr;
  mark->id = given ? given->id : std::array{random_id(), random_id()};
  mark->publisher = given ? given->publisher : 0;
  const auto* turn = hosting::traced_turn::current();
  mark->began = mark->sent = beginning(turn != nullptr ? turn->began() : hosting::trace_clock());
  mark->sink = shared_from_this();
  return mark;
}

model::trace_ptr board::adopt(const model::trace_ptr& x, std::uint64_t parent) {
  if (!on() || !x)
    return nullptr;
  auto mark = std::make_shared<model::trace_mark>(*x);
  const auto* turn = hosting::traced_turn::current();
  mark->sent = turn != nullptr ? turn->began() : hosting::trace_clock();
  mark->parent = parent;
  mark->sink = shared_from_this();
  return mark;
}

void board::take(report x) const {
  if (const auto to = caf::actor_cast<caf::strong_actor_ptr>(tracer_))
    caf::anon_send(caf::actor_cast<caf::actor>(to), std::move(x));
}

} // namespace towncrier::tracing
