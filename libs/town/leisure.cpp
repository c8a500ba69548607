#include "town/engine.hpp"
#include "town/wording.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace towncrier::town {

using namespace std::chrono_literals;

namespace {

/// How often somebody tries to buy something before giving up.
constexpr std::uint32_t max_tries = 4;

constexpr double another_purchase = 0.35;

/// How likely somebody who could begin a talk does.
constexpr double talkativeness = 0.4;

const std::vector<place_kind>& places_to_stroll_to() {
  static const std::vector<place_kind> kinds = {place_kind::park, place_kind::square, place_kind::harbour};
  return kinds;
}

bool is_even(std::uint32_t x) noexcept { return x % 2 == 0; }

} // namespace

void engine::rise(person_index i) {
  auto& x = people_[i];
  if (x.step++ > 0)
    return keep_company(i);
  x.today = {};
  x.spirits = std::clamp(x.spirits, -1, 1) / 2;
  enter(i, doing::plan, plan_of(x, spots_), chance_.between(instant{6min}, instant{15min}));
}

void engine::go_to_sleep(person_index i) {
  auto& x = people_[i];
  if (x.step++ == 0)
    return enter(i, doing::summarize, diary_of(x, people_), chance_.between(instant{8min}, instant{16min}));
  enter(i, doing::sleeping, "fast asleep", 24h);
}

void engine::eat(person_index i) {
  auto& x = people_[i];
  if (x.step == 0) {
    x.bought.clear();
    x.step = 1;
    if (!x.wish.name.empty() && try_to_buy(i))
      return;
  }
  if (x.step++ > 1)
    return keep_company(i);
  const auto& where = spots_[x.at];
  auto goal = x.bought.empty() ? fmt::format("eating {}", x.at == x.home ? "at home" : "what was in the bag")
                               : fmt::format("having {} {}", x.bought, at_spot(where));
  enter(i, doing::eat, std::move(goal), chance_.between(instant{20min}, instant{35min}));
}

void engine::shop(person_index i) {
  auto& x = people_[i];
  if (x.wish.name.empty() && x.step > 0 && x.step < max_tries && chance_.chance(another_purchase))
    choose_wish(x);
  if (x.wish.name.empty() || x.step >= max_tries)
    return keep_company(i);
  ++x.step;
  if (!try_to_buy(i))
    queue_up(i);
}

void engine::queue_up(person_index i) {
  auto& x = people_[i];
  const auto& where = spots_[x.at];
  auto goal = !is_open(where)          ? fmt::format("finding {} closed", where.called)
              : where.sellers.empty()  ? fmt::format("finding nobody who sells {}", x.wish.name)
              : x.money < x.wish.price ? fmt::format("too short of money for {}", x.wish.name)
                                       : fmt::format("queueing for {}", x.wish.name);
  enter(i, doing::idle, std::move(goal), chance_.between(instant{2min}, instant{5min}));
}

void engine::keep_company(person_index i) {
  // After a talk one takes breath, though somebody else may begin the next.
  const auto talks = people_[i].state != doing::chat && chance_.chance(talkativeness);
  const auto other = talks ? find_company(i) : nobody;
  if (other != nobody)
    start_chat(i, other);
  else
    linger(i);
}

void engine::linger(person_index i) {
  const auto& where = spots_[people_[i].at];
  const auto kind = is_open(where) ? where.kind : place_kind::square;
  enter(i, doing::idle, std::string{pastime(kind, chance_)}, chance_.between(instant{6min}, instant{14min}));
  set_sociable(i, true);
}

const std::string& engine::something_new(const person& x, const std::vector<std::string>& xs) {
  const auto chosen = chance_.below(xs.size());
  return xs[chosen] == x.goal ? xs[(chosen + 1) % xs.size()] : xs[chosen];
}

void engine::read(person_index i) {
  auto& x = people_[i];
  if (!is_even(x.step++))
    return keep_company(i);
  enter(i, doing::read, fmt::format("reading {}", chance_.pick(town_.books)),
        chance_.between(instant{30min}, instant{60min}));
}

void engine::draw(person_index i) {
  auto& x = people_[i];
  if (!is_even(x.step++)) {
    publish_drawing(i);
    return keep_company(i);
  }
  enter(i, doing::draw, fmt::format("drawing {}", spots_[x.at].called),
        chance_.between(instant{25min}, instant{50min}));
}

void engine::perform(person_index i) {
  auto& x = people_[i];
  if (!is_even(x.step++))
    return keep_company(i);
  enter(i, doing::act, something_new(x, x.trade->tasks), chance_.between(instant{15min}, instant{30min}));
  publish_performance(i);
}

void engine::stroll(person_index i) {
  auto& x = people_[i];
  if (is_even(x.step++))
    return keep_company(i);
  const auto next = any_spot(chance_.pick(places_to_stroll_to()), x.at);
  x.heading = next == nowhere ? x.at : out_of_the_rain(next, activity::stroll);
  head_for(i, x.heading);
}

void engine::cry(person_index i) {
  if (people_[i].step++ > 0)
    return keep_company(i);
  enter(i, doing::act, "crying the news", chance_.between(instant{6min}, instant{10min}));
  publish_news(i);
}

} // namespace towncrier::town
