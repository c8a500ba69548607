#include "town/engine.hpp"

#include <algorithm>
#include <cmath>

namespace towncrier::town {

using namespace std::chrono_literals;

namespace {

/// How much earlier or later than by the timetable somebody does something, at most.
constexpr instant unpunctuality = 10min;

instant since(time_of_day from, time_of_day to) noexcept { return (to - from + 24h) % 24h; }

bool outdoors(place_kind x) noexcept {
  return x == place_kind::square || x == place_kind::park || x == place_kind::harbour || x == place_kind::field;
}

bool shuns_rain(activity x) noexcept { return x == activity::meet || x == activity::stroll || x == activity::perform; }

} // namespace

void engine::settle_in(person_index i) {
  auto& x = people_[i];
  const auto elapsed = [&](const planned& y) { return since(y.at, town_.starts_at); };
  const auto current = std::min_element(x.habits.begin(), x.habits.end(),
                                        [&](const planned& a, const planned& b) { return elapsed(a) < elapsed(b); });
  x.habit = static_cast<std::size_t>(current - x.habits.begin());
  const auto& next = x.habits[(x.habit + 1) % x.habits.size()];
  x.next_nominal = now_ - elapsed(*current) + since(current->at, next.at);
  set_next_start(x);
  x.habit_began = now_;
  x.since = now_;
  x.heading = destination(x);
  x.at = x.heading;
  choose_wish(x);
  // Nobody begins the first morning with the diary of the evening before.
  x.step = current->what == activity::sleep ? 1 : 0;
  pursue(i);
}

void engine::set_next_start(person& x) {
  const auto& now = x.habits[x.habit];
  const auto& next = x.habits[(x.habit + 1) % x.habits.size()];
  const auto& after = x.habits[(x.habit + 2) % x.habits.size()];
  const auto slack = std::min({unpunctuality, since(now.at, next.at) / 3, since(next.at, after.at) / 3});
  x.next_start = std::max(x.next_nominal + chance_.between(-slack, slack), now_ + 1s);
}

void engine::leave_habit(person_index i) {
  auto& x = people_[i];
  close_stall(i);
  if (x.habits[x.habit].what != activity::work)
    return;
  const auto hours = std::chrono::duration<double, std::ratio<3600>>(now_ - x.habit_began).count();
  const auto wage = std::llround(hours * static_cast<double>(x.trade->wage));
  x.money += wage;
  x.today.earned += wage;
}

void engine::next_habit(person_index i) {
  leave_habit(i);
  auto& x = people_[i];
  x.habit = (x.habit + 1) % x.habits.size();
  x.habit_began = now_;
  const auto& next = x.habits[(x.habit + 1) % x.habits.size()];
  x.next_nominal += since(x.habits[x.habit].at, next.at);
  set_next_start(x);
  x.step = 0;
  x.out_for = nullptr;
  x.heading = destination(x);
  choose_wish(x);
  head_for(i, x.heading);
}

void engine::go_on(person_index i) {
  if (now_ >= people_[i].next_start)
    next_habit(i);
  else
    pursue(i);
}

spot_index engine::any_spot(place_kind kind, spot_index except) {
  const auto found = by_kind_.find(kind);
  if (found == by_kind_.end())
    return except;
  const auto& spots = found->second;
  const auto chosen = chance_.below(spots.size());
  return spots[chosen] == except ? spots[(chosen + 1) % spots.size()] : spots[chosen];
}

spot_index engine::out_of_the_rain(spot_index where, activity what) {
  if (!sky_.raining(now_) || !shuns_rain(what) || !outdoors(spots_[where].kind) || !by_kind_.contains(place_kind::inn))
    return where;
  return any_spot(place_kind::inn, nowhere);
}

spot_index engine::destination(const person& x) {
  const auto& habit = x.habits[x.habit];
  const auto where = habit.where == nowhere ? any_spot(habit.kind, nowhere) : habit.where;
  return out_of_the_rain(where, habit.what);
}

void engine::choose_wish(person& x) {
  const auto what = x.habits[x.habit].what;
  x.wish = {};
  if (what != activity::shop && what != activity::eat)
    return;
  std::vector<goods> wanted;
  for (const auto& y : spots_[x.heading].on_offer)
    if (std::find(x.today.bought.begin(), x.today.bought.end(), y.name) == x.today.bought.end())
      wanted.push_back(y);
  if (!wanted.empty())
    x.wish = chance_.pick(wanted);
}

void engine::pursue(person_index i) {
  auto& x = people_[i];
  const auto what = x.habits[x.habit].what;
  if (const auto shelter = out_of_the_rain(x.at, what); shelter != x.at) {
    x.heading = shelter;
    return head_for(i, shelter);
  }
  switch (what) {
    case activity::wake:
      return rise(i);
    case activity::sleep:
      return go_to_sleep(i);
    case activity::eat:
      return eat(i);
    case activity::work:
      return work(i);
    case activity::shop:
      return shop(i);
    case activity::meet:
      return keep_company(i);
    case activity::read:
      return read(i);
    case activity::draw:
      return draw(i);
    case activity::perform:
      return perform(i);
    case activity::stroll:
      return stroll(i);
    case activity::rest:
      return linger(i);
    case activity::cry:
      return cry(i);
  }
}

} // namespace towncrier::town
