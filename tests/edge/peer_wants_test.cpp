#include "actors/edge/peer_wants.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace towncrier::edge {

namespace {

using namespace std::chrono_literals;
using protocol::wants;

wants only(std::vector<std::string> channels) { return {false, std::move(channels)}; }

} // namespace

struct peer_wants_test : ::testing::Test {
  flow::time_point now{1h};
  std::vector<wants> requests;
  peer_wants<std::string, std::string> tried{[this](const wants& x) { requests.push_back(x); }};

  /// All peers know of the oldest request that they have not answered. Gives the orders that are to be carried out.
  std::string grant() {
    const auto x = requests.front();
    requests.erase(requests.begin());
    std::string result;
    for (const auto& order : tried.granted(x))
      result += (result.empty() ? "" : " ") + order;
    return result;
  }

  /// Beside peers that are asked for no more than `x`.
  void begin_with(const wants& x) {
    tried.begin(now);
    now += 2min;
    tried.review(x, true, 2min, now);
    grant();
  }
};

TEST_F(peer_wants_test, nobody_waits_where_there_are_no_peers) {
  EXPECT_FALSE(tried.park("x", {}, "join"));
  tried.review(only({}), true, 0s, now);
  EXPECT_TRUE(requests.empty());
}

TEST_F(peer_wants_test, everything_is_wanted_at_first_and_nobody_waits_for_it) {
  tried.begin(now);
  EXPECT_TRUE(tried.in_force()->everything);
  EXPECT_FALSE(tried.park("x", {}, "join"));
}

TEST_F(peer_wants_test, who_needs_more_waits_until_all_peers_know) {
  begin_with(only({"event:rain"}));
  EXPECT_FALSE(tried.park("x", only({"event:rain"}), "join"));
  EXPECT_TRUE(tried.park("x", only({"event:snow"}), "subscribe"));
  EXPECT_EQ(requests, std::vector{only({"event:rain", "event:snow"})});
  EXPECT_EQ(tried.parked(), 1u);
  EXPECT_EQ(grant(), "subscribe");
  EXPECT_EQ(tried.parked(), 0u);
  EXPECT_FALSE(tried.park("x", only({"event:snow"}), "subscribe"));
}

TEST_F(peer_wants_test, the_orders_of_one_viewer_stay_in_order_and_others_do_not_wait) {
  begin_with(only({}));
  EXPECT_TRUE(tried.park("x", only({"event:snow"}), "x1"));
  EXPECT_TRUE(tried.park("x", only({}), "x2")) << "it needs nothing more, but x1 comes first";
  EXPECT_FALSE(tried.park("y", only({}), "y1"));
  EXPECT_TRUE(tried.park("y", only({"event:snow"}), "y2"));
  EXPECT_EQ(requests.size(), 1u) << "the same is not requested twice";
  EXPECT_EQ(grant(), "x1 x2 y2");
}

TEST_F(peer_wants_test, who_needs_what_was_requested_later_parks_again) {
  begin_with(only({}));
  tried.park("x", only({"event:rain"}), "rain");
  tried.park("y", only({"event:snow"}), "snow");
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(grant(), "rain snow");
  EXPECT_FALSE(tried.park("x", only({"event:rain"}), "rain"));
  EXPECT_TRUE(tried.park("y", only({"event:snow"}), "snow"));
  EXPECT_EQ(requests.size(), 1u) << "that was requested";
  EXPECT_EQ(grant(), "snow");
}

TEST_F(peer_wants_test, the_orders_of_one_that_left_are_void) {
  begin_with(only({}));
  tried.park("x", only({"event:rain"}), "x1");
  tried.park("y", only({"event:rain"}), "y1");
  tried.forget("x");
  EXPECT_EQ(grant(), "y1");
}

TEST_F(peer_wants_test, wants_less_when_more_was_not_needed_for_long) {
  tried.begin(now);
  tried.review({}, true, 2min, now += 3min); // all of it is needed
  tried.review(only({}), true, 2min, now += 2min - 1s);
  EXPECT_TRUE(requests.empty());
  tried.review(only({}), true, 2min, now += 1s);
  EXPECT_EQ(requests, std::vector{only({})});
  EXPECT_EQ(*tried.in_force(), only({})) << "from now on nobody counts on what peers may leave out";
  tried.review({}, true, 0s, now);
  EXPECT_EQ(requests.size(), 1u) << "one thing at a time";
}

TEST_F(peer_wants_test, one_that_has_just_come_does_not_count_as_needing_it_all) {
  tried.begin(now);
  tried.review({}, false, 2min, now += 2min);
  tried.review(only({}), true, 2min, now);
  EXPECT_EQ(requests, std::vector{only({})});
}

/// Nobody counts on something that was not requested of the peers, or that they were told to leave out since.
TEST_F(peer_wants_test, what_is_in_force_was_requested_last) {
  for (unsigned seed = 1; seed <= 50; ++seed) {
    std::mt19937 dice{seed};
    const auto any = [&](int n) { return static_cast<int>(dice() % static_cast<unsigned>(n)); };
    const auto anything = [&] {
      const std::vector<wants> all{only({}), only({"event:a"}), only({"event:a", "event:b"}), only({"event:c"}), {}};
      return all[static_cast<std::size_t>(any(5))];
    };
    requests.clear();
    peer_wants<std::string, std::string> random{[this](const wants& x) { requests.push_back(x); }};
    random.begin(now);
    for (int i = 0; i < 200; ++i) {
      if (const auto what = any(3); what == 0) {
        random.review(anything(), any(2) == 0, 1s, now += 700ms);
      } else if (what == 1) {
        const auto needs = anything();
        if (random.park("x" + std::to_string(any(3)), needs, "order")) {
          EXPECT_FALSE(requests.empty()) << "what is parked would wait for ever";
        } else {
          EXPECT_TRUE(covers(*random.in_force(), needs));
        }
      } else if (!requests.empty()) {
        const auto x = requests.front();
        requests.erase(requests.begin());
        random.granted(x);
        EXPECT_TRUE(covers(*random.in_force(), x));
      }
      EXPECT_TRUE(covers(random.requested(), *random.in_force())) << "seed " << seed;
    }
  }
}

} // namespace towncrier::edge
