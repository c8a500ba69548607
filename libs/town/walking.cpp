#include "town/engine.hpp"
#include "town/wording.hpp"

#include <cmath>

namespace towncrier::town {

using namespace std::chrono_literals;

namespace {

/// How often the position of somebody who walks is told, at most.
constexpr instant position_interval = 1s;

} // namespace

void engine::head_for(person_index i, spot_index to) {
  const auto& x = people_[i];
  if (x.at == to)
    return pursue(i);
  set_out(i, to, on_the_way(x, spots_, to, x.habits[x.habit].what));
}

void engine::set_out(person_index i, spot_index to, std::string goal) {
  auto& x = people_[i];
  const auto start = spots_[x.at].at;
  const auto end = spots_[to].at;
  auto way = streets_.find_route({start.x + x.offset.x, start.y + x.offset.y}, spots_[x.at].door, spots_[to].door,
                                 {end.x + x.offset.x, end.y + x.offset.y});
  const auto takes = instant{static_cast<instant::rep>(std::ceil(way.back().distance / x.pace * 1000))};
  set_sociable(i, false);
  x.under_way = walk{std::move(way), now_, to, now_, walkers_.size()};
  walkers_.push_back(i);
  enter_until(i, doing::move, std::move(goal), now_ + takes);
}

void engine::leave_streets(person_index i) {
  auto& x = people_[i];
  const auto slot = x.under_way->slot;
  walkers_[slot] = walkers_.back();
  people_[walkers_[slot]].under_way->slot = slot;
  walkers_.pop_back();
  x.under_way.reset();
}

void engine::arrive(person_index i) {
  auto& x = people_[i];
  x.at = x.under_way->to;
  leave_streets(i);
  go_on(i);
}

// Nothing is drawn by chance here: how often a step ends must not change what happens.
void engine::tell_walkers() {
  for (const auto i : walkers_) {
    auto& x = people_[i];
    if (now_ - x.under_way->last_told < position_interval)
      continue;
    x.under_way->last_told = now_;
    out_.changes.push_back(whereabouts(x));
  }
}

} // namespace towncrier::town
