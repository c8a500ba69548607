// What anybody who watches the town takes for granted, over three days, second by second.

#include "town/street_map.hpp"
#include "town_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace towncrier::town {

using namespace std::chrono_literals;

namespace {

constexpr double elbow_room = 9;
constexpr double rounding = 0.2;
constexpr double fastest_run = 4;
constexpr int days = 3;

struct seen {
  std::string state;
  std::string location;
  std::string home;
  model::point place;
  std::int64_t money = 0;
  int silent_for = 0;
  int slept = 0;
};

model::point nearest_on(const model::point& a, const model::point& b, const model::point& x) {
  const auto length = distance(a, b);
  const auto share = ((x.x - a.x) * (b.x - a.x) + (x.y - a.y) * (b.y - a.y)) / std::max(length * length, 1e-9);
  const auto t = std::clamp(share, 0.0, 1.0);
  return {a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)};
}

model::point nearest_on(const street& s, const model::point& x) {
  auto best = s.points.front();
  for (std::size_t i = 0; i + 1 < s.points.size(); ++i) {
    const auto candidate = nearest_on(s.points[i], s.points[i + 1], x);
    if (distance(candidate, x) < distance(best, x))
      best = candidate;
  }
  return best;
}

const street* street_named(const std::string& name) {
  for (const auto& x : built_in_town().streets)
    if (x.name == name)
      return &x;
  return nullptr;
}

const place* place_named(const std::string& name) {
  for (const auto& x : built_in_town().places)
    if (x.name == name)
      return &x;
  return nullptr;
}

/// On the street, or between it and the door of a place that opens on it.
bool walks_along(const street& s, const model::point& x) {
  if (distance(nearest_on(s, x), x) < rounding)
    return true;
  return std::any_of(built_in_town().places.begin(), built_in_town().places.end(), [&](const place& y) {
    return distance(nearest_on(y.at, nearest_on(s, y.at), x), x) < elbow_room;
  });
}

std::int64_t whole(const model::value* x) { return x ? static_cast<std::int64_t>(x->number_or(0)) : 0; }

/// Watches a town as a viewer does: from what is told alone.
class watcher {
public:
  explicit watcher(std::uint64_t seed) : town_(built_in_town(), seed, built_in_town().residents.size()) {
    const auto begin = town_.initial();
    for (const auto& x : begin.changes) {
      auto& who = people_[x.id.text];
      who.home = *model::find(*x.attributes, "home")->get_if<std::string>();
      note(who, x);
    }
    count_events(begin);
  }

  void watch_a_second() {
    const auto before = people_;
    minute_before_ = town_.clock().hour_and_minute();
    const auto told = town_.step(1s);
    for (auto& [id, x] : people_)
      x.silent_for += 1;
    for (const auto& x : told.changes)
      check_change(people_.at(x.id.text), x);
    for (const auto& x : told.events)
      check_event(x, before);
    count_events(told);
    for (auto& [id, x] : people_)
      check_person(id, x, before.at(id));
  }

  std::map<std::string, seen> people_;
  std::map<std::string, int> events_;
  std::set<std::string> states_;
  simulation town_;

private:
  std::string minute_before_;

  static void note(seen& who, const model::character_input& x) {
    who.state = x.state.value_or(who.state);
    who.location = x.location.value_or(who.location);
    who.place = x.place.value_or(who.place);
    if (const auto* money = x.attributes ? model::find(*x.attributes, "money") : nullptr)
      who.money = whole(money);
  }

  void check_change(seen& who, const model::character_input& x) {
    static const std::set<std::string> states = {"IDLE", "MOVE",  "SLEEPING", "PLAN",      "ACT", "CHAT", "WORK",
                                                 "USE",  "TRADE", "DRAW",     "SUMMARIZE", "EAT", "READ"};
    EXPECT_TRUE(states.contains(*x.state)) << *x.state;
    EXPECT_TRUE(*x.state == "MOVE" || x.attributes || *x.state != who.state) << x.id.text << " tells nothing new";
    note(who, x);
    who.silent_for = 0;
    states_.insert(*x.state);
  }

  void check_person(const std::string& id, seen& x, const seen& before) {
    EXPECT_LE(distance(before.place, x.place), fastest_run) << id;
    if (x.state == "MOVE") {
      const auto* s = street_named(x.location);
      ASSERT_TRUE(s) << x.location;
      EXPECT_TRUE(walks_along(*s, x.place)) << id << " at " << x.place.x << ", " << x.place.y << " " << x.location;
      EXPECT_LE(x.silent_for, 1) << id;
    } else {
      const auto* p = place_named(x.location);
      ASSERT_TRUE(p) << id << " is " << x.state << " at " << x.location;
      EXPECT_LE(distance(p->at, x.place), elbow_room) << id;
    }
    if (x.state == "SLEEPING") {
      EXPECT_EQ(x.location, x.home) << id;
      ++x.slept;
    }
  }

  void check_event(const model::event_input& x, const std::map<std::string, seen>& before) {
    if (x.event_type == "chat")
      check_chat(x, before);
    if (x.event_type == "trade")
      check_trade(x, before);
    EXPECT_FALSE(text_of(x, "text").empty());
    const auto time = text_of(x, "time");
    EXPECT_TRUE(time == minute_before_ || time == town_.clock().hour_and_minute()) << time;
  }

  void check_chat(const model::event_input& x, const std::map<std::string, seen>& before) {
    const auto& both = *x.data.find("characters")->get_if<model::array>();
    ASSERT_EQ(both.size(), 2u);
    EXPECT_NE(both[0], both[1]);
    for (const auto& id : both) {
      const auto& who = people_.at(*id.get_if<std::string>());
      EXPECT_EQ(who.state, "CHAT");
      EXPECT_EQ(who.location, text_of(x, "location"));
      EXPECT_NE(before.at(*id.get_if<std::string>()).state, "SLEEPING");
    }
  }

  void check_trade(const model::event_input& x, const std::map<std::string, seen>& before) {
    const auto price = whole(x.data.find("price"));
    const auto& buyer = text_of(x, "buyer");
    const auto& seller = text_of(x, "seller");
    EXPECT_NE(buyer, seller);
    for (const auto& id : {buyer, seller}) {
      EXPECT_EQ(people_.at(id).state, "TRADE");
      EXPECT_EQ(people_.at(id).location, text_of(x, "location"));
      EXPECT_NE(before.at(id).state, "SLEEPING");
    }
    EXPECT_EQ(people_.at(buyer).money, before.at(buyer).money - price);
    EXPECT_EQ(people_.at(seller).money, before.at(seller).money + price);
    EXPECT_GE(people_.at(buyer).money, 0);
    const auto time = town_.clock().time;
    const auto open = time >= built_in_town().market_opens && time <= built_in_town().market_closes;
    EXPECT_TRUE(open || text_of(x, "location") != "Market Square") << text_of(x, "text");
  }

  void count_events(const outcome& x) {
    for (const auto& y : x.events)
      ++events_[y.event_type];
  }
};

int asleep(const watcher& x) {
  return static_cast<int>(
      std::count_if(x.people_.begin(), x.people_.end(), [](const auto& y) { return y.second.state == "SLEEPING"; }));
}

} // namespace

class town_invariants_for_seed : public testing::TestWithParam<std::uint64_t> {};

TEST_P(town_invariants_for_seed, hold_for_three_days) {
  watcher town{GetParam()};
  for (int second = 0; second < days * 86'400 && !testing::Test::HasFailure(); ++second) {
    town.watch_a_second();
    const auto share = static_cast<double>(asleep(town)) / static_cast<double>(town.people_.size());
    EXPECT_TRUE(town.town_.clock().time != 2h || share > 0.75) << share;
    EXPECT_TRUE(town.town_.clock().time != 11h || share < 0.25) << share;
  }
  EXPECT_EQ(town.events_["new_day"], 1 + days);
  EXPECT_EQ(town.events_["market_opens"], days);
  EXPECT_EQ(town.events_["market_closes"], days);
  EXPECT_EQ(town.events_["rain_begins"], town.events_["rain_ends"]);
  EXPECT_NEAR(town.events_["chat"], town.events_["chat_ended"], 16);
  for (const auto* type : {"chat", "trade", "drawing", "performance", "news", "call", "bell"})
    EXPECT_GE(town.events_[type], days) << type;
  for (const auto& [id, x] : town.people_)
    EXPECT_GE(x.slept, days * 5 * 3600) << id;
  EXPECT_EQ(town.states_.size(), 13u) << "every state is seen";
}

INSTANTIATE_TEST_SUITE_P(, town_invariants_for_seed, testing::Values(4, 5, 6));

TEST(town_invariants, somebody_is_always_on_the_way_and_something_happens) {
  simulation town{built_in_town(), 2, 24};
  std::map<std::string, std::string> states;
  int longest_lull = 0;
  int lull = 0;
  for (int i = 0; i < 2 * 8640; ++i) {
    const auto told = town.step(10s);
    for (const auto& x : told.changes)
      states[x.id.text] = *x.state;
    const auto moves = std::any_of(states.begin(), states.end(), [](const auto& x) { return x.second == "MOVE"; });
    lull = moves || !told.changes.empty() ? 0 : lull + 10;
    longest_lull = std::max(longest_lull, lull);
  }
  EXPECT_LE(longest_lull, 15 * 60);
}

TEST(town_invariants, nobody_plays_in_the_open_when_it_rains) {
  int events_in_the_rain = 0;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    simulation town{built_in_town(), seed, 40};
    bool rains = false;
    for (int i = 0; i < 3 * 1440; ++i)
      for (const auto& x : town.step(60s).events) {
        rains = x.event_type == "rain_begins" || (rains && x.event_type != "rain_ends");
        events_in_the_rain += rains ? 1 : 0;
        EXPECT_FALSE(rains && x.event_type == "performance" && text_of(x, "location") == "Fountain Court");
      }
  }
  EXPECT_GT(events_in_the_rain, 0);
}

} // namespace towncrier::town
