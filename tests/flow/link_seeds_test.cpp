#include "tests/flow/link_simulation.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

/// Seeded scenarios of a `link_sender` and a `link_receiver`: a node says what it likes, the link is cut and made
/// again, everything is late, and the peer's viewers watch now this, now that. A failing seed is named, and replays
/// exactly:
/// --gtest_filter='*link_seeds*' with TOWNCRIER_SEED=N.
namespace towncrier::flow {

namespace {

using simulation::load;
using simulation::watched;
using namespace std::chrono_literals;

constexpr unsigned seeds_a_test = 250;
constexpr int steps = 150;

/// What was tried at least once in all seeds of a test: a test that tries nothing proves nothing.
struct tried {
  std::set<load::kind> kinds;
  std::uint64_t lost_events = 0;
  std::uint64_t sessions = 0;
};

} // namespace

struct link_seeds_test : ::testing::TestWithParam<unsigned> {
  using options = simulation::simulation::options;

  /// Lets things happen, then heals the link and waits until nothing is on its way any more.
  static void play(simulation::simulation& x, bool changing_interest) {
    for (int i = 0; i < steps; ++i) {
      const auto what = x.any(20);
      if (what < 15)
        x.say();
      else if (what == 15)
        x.cut();
      else if (what == 16 && changing_interest)
        x.watch(static_cast<watched>(x.any(3)));
      else
        x.run_for(std::chrono::milliseconds{x.any(300)});
    }
    x.run_for(5s);
  }

  void check(const simulation::simulation& x) {
    for (const auto& fault : x.faults())
      ADD_FAILURE() << fault;
    for (const auto& fault : x.viewers().faults)
      ADD_FAILURE() << "shown: " << fault;
    EXPECT_EQ(x.known(), x.node().last()) << "something never came";
    EXPECT_EQ(x.viewers().latest, x.node().latest());
    EXPECT_EQ(x.sending().in_flight_bytes(), 0u);
    EXPECT_EQ(x.sending().waiting(), 0u);
    EXPECT_FALSE(x.sending().asking());
    done.kinds.insert(x.kinds().begin(), x.kinds().end());
    done.lost_events += x.viewers().lost_events;
    done.sessions += x.sessions();
  }

  template <class F>
  void for_each_seed(F f) {
    if (const auto* only = std::getenv("TOWNCRIER_SEED"))
      return f(std::stoul(only));
    for (unsigned i = 0; i < seeds_a_test && !HasFailure(); ++i)
      f(GetParam() * seeds_a_test + i);
  }

  tried done;
};

TEST_P(link_seeds_test, every_event_is_shown_once_and_in_order_or_counted_as_lost) {
  for_each_seed([this](std::uint64_t seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    simulation::simulation x{{seed, 400, 700, false}};
    play(x, false);
    check(x);
    EXPECT_EQ(x.viewers().events.size() + x.viewers().lost_events, x.node().events());
  });
  if (HasFailure() || std::getenv("TOWNCRIER_SEED"))
    return;
  EXPECT_EQ(done.kinds, (std::set{load::kind::exact, load::kind::part, load::kind::conflated}));
  EXPECT_GT(done.lost_events, 0u);
  EXPECT_GT(done.sessions, 5 * seeds_a_test);
}

TEST_P(link_seeds_test, with_a_log_that_has_all_no_event_that_is_watched_is_lost) {
  for_each_seed([this](std::uint64_t seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    simulation::simulation x{{seed, 400, 1'000'000, true}};
    play(x, true);
    check(x);
    EXPECT_EQ(x.viewers().lost_events, 0u);
    const std::set<std::int64_t> came(x.viewers().events.begin(), x.viewers().events.end());
    for (const auto number : x.due_events())
      EXPECT_TRUE(came.contains(number)) << "event " << number;
  });
  if (HasFailure() || std::getenv("TOWNCRIER_SEED"))
    return;
  EXPECT_EQ(done.kinds, (std::set{load::kind::exact, load::kind::part, load::kind::conflated, load::kind::thin}));
}

INSTANTIATE_TEST_SUITE_P(thousand, link_seeds_test, ::testing::Range(0u, 4u));

} // namespace towncrier::flow
