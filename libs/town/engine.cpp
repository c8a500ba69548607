#include "town/engine.hpp"

#include "town/wording.hpp"

#include <algorithm>
#include <cmath>

namespace towncrier::town {

using namespace std::chrono_literals;

namespace {

/// The longest step, seconds: 366 days.
constexpr double longest_step = 366.0 * 24 * 3600;

/// How energy changes in an hour, of 100.
double energy_an_hour(doing state) noexcept {
  switch (state) {
    case doing::sleeping:
      return 10;
    case doing::eat:
      return 12;
    case doing::idle:
    case doing::read:
    case doing::plan:
    case doing::summarize:
      return -0.5;
    case doing::move:
    case doing::work:
    case doing::use:
      return -4;
    default:
      return -2;
  }
}

double to_decimetre(double x) noexcept { return std::round(x * 10) / 10; }

} // namespace

engine::engine(definition town, std::uint64_t seed, std::size_t characters)
    : town_(std::move(town)), seed_(seed), chance_(seed), streets_(town_.streets) {
  auto made = populate(town_, streets_, characters, chance_);
  spots_ = std::move(made.spots);
  people_ = std::move(made.people);
  outings_ = std::move(made.outings);
  by_kind_ = std::move(made.by_kind);
  now_ = town_.starts_at;
  sky_ = foretell(seed_, 1);
  for (const auto& x : agenda_of(town_, 1, sky_))
    if (x.at > now_)
      agenda_.push_back(x);
  announce(town_event::new_day);
  for (person_index i = 0; i < people_.size(); ++i) {
    by_id_.emplace(people_[i].id, i);
    settle_in(i);
  }
  out_.changes.clear();
}

outcome engine::initial() const {
  outcome result;
  result.changes.reserve(people_.size());
  for (const auto& x : people_)
    result.changes.push_back(describe(x));
  if (!stepped_)
    result.events = out_.events;
  return result;
}

outcome engine::step(std::chrono::duration<double> simulated) {
  stepped_ = true;
  out_ = {};
  if (!(simulated.count() > 0))
    return {};
  remainder_ += std::min(simulated.count(), longest_step);
  // The small summand undoes that 0.3 is a little less than three times 0.1.
  const auto whole = std::floor(remainder_ * 1000 + 1e-6);
  remainder_ = std::max(0.0, remainder_ - whole / 1000);
  run_until(now_ + instant{static_cast<instant::rep>(whole)});
  tell_walkers();
  return std::move(out_);
}

bool engine::agenda_is_next(instant end) const noexcept {
  const auto at = agenda_.front().at;
  return at <= end && (appointments_.empty() || at <= appointments_.top().at);
}

void engine::run_until(instant end) {
  for (;;) {
    if (agenda_.empty()) {
      ++agenda_day_;
      const auto items = agenda_of(town_, agenda_day_, foretell(seed_, agenda_day_));
      agenda_.assign(items.begin(), items.end());
    }
    if (agenda_is_next(end)) {
      const auto item = agenda_.front();
      agenda_.pop_front();
      now_ = item.at;
      announce(item.what);
    } else if (!appointments_.empty() && appointments_.top().at <= end) {
      const auto next = appointments_.top();
      appointments_.pop();
      if (people_[next.who].ticket != next.ticket)
        continue;
      now_ = next.at;
      keep_appointment(next.who);
    } else
      break;
  }
  now_ = end;
}

void engine::appoint(person_index i, instant at) {
  people_[i].ticket = next_ticket_++;
  appointments_.push({std::max(at, now_ + 1ms), people_[i].ticket, i});
}

void engine::keep_appointment(person_index i) {
  auto& x = people_[i];
  if (x.under_way)
    return arrive(i);
  if (x.partner != nobody)
    end_encounter(i);
  go_on(i);
}

void engine::live(person& x) {
  const auto hours = std::chrono::duration<double, std::ratio<3600>>(now_ - x.since).count();
  x.energy = std::clamp(x.energy + hours * energy_an_hour(x.state), 5.0, 100.0);
  x.since = now_;
}

void engine::enter(person_index i, doing state, std::string goal, instant lasting) {
  enter_until(i, state, std::move(goal), std::min(now_ + lasting, std::max(people_[i].next_start, now_ + 1s)));
}

void engine::enter_until(person_index i, doing state, std::string goal, instant end) {
  auto& x = people_[i];
  live(x);
  set_sociable(i, false);
  x.state = state;
  x.goal = std::move(goal);
  tell(i);
  appoint(i, end);
}

model::point engine::position_of(const person& x) const {
  if (!x.under_way) {
    const auto& at = spots_[x.at].at;
    return {to_decimetre(at.x + x.offset.x), to_decimetre(at.y + x.offset.y)};
  }
  const auto& way = x.under_way->way;
  const auto gone = x.pace * std::chrono::duration<double>(now_ - x.under_way->began).count();
  const auto next = std::upper_bound(way.begin(), way.end(), gone,
                                     [](double metres, const waypoint& y) { return metres < y.distance; });
  if (next == way.begin() || next == way.end())
    return {to_decimetre(way.back().at.x), to_decimetre(way.back().at.y)};
  const auto& last = *(next - 1);
  const auto share = (gone - last.distance) / (next->distance - last.distance);
  return {to_decimetre(last.at.x + share * (next->at.x - last.at.x)),
          to_decimetre(last.at.y + share * (next->at.y - last.at.y))};
}

const std::string& engine::location_of(const person& x) const {
  if (!x.under_way)
    return spots_[x.at].name;
  const auto& way = x.under_way->way;
  const auto gone = x.pace * std::chrono::duration<double>(now_ - x.under_way->began).count();
  const auto next = std::upper_bound(way.begin(), way.end(), gone,
                                     [](double metres, const waypoint& y) { return metres < y.distance; });
  return town_.streets[next == way.end() ? way.back().street : next->street].name;
}

model::object engine::all_attributes(const person& x) const {
  return {{"job", x.trade->name},
          {"home", spots_[x.home].name},
          {"goal", x.goal},
          {"mood", mood_of(x)},
          {"energy", static_cast<int>(std::lround(x.energy))},
          {"money", x.money}};
}

model::object engine::changed_attributes(person& x) const {
  const auto energy = static_cast<int>(std::lround(x.energy));
  model::object result;
  if (x.last.goal != x.goal)
    result.emplace_back("goal", x.goal);
  if (x.last.mood != mood_of(x))
    result.emplace_back("mood", mood_of(x));
  if (x.last.energy != energy)
    result.emplace_back("energy", energy);
  if (x.last.money != x.money)
    result.emplace_back("money", x.money);
  x.last = {x.state, x.goal, mood_of(x), energy, x.money};
  return result;
}

model::character_input engine::describe(const person& x) const {
  return {
      model::change_kind::update, x.id,        x.name, std::string{to_string(x.state)}, location_of(x), position_of(x),
      all_attributes(x),          std::nullopt};
}

void engine::tell(person_index i) {
  auto& x = people_[i];
  const auto same_state = x.state == x.last.state && x.state != doing::move;
  auto changed = changed_attributes(x);
  if (same_state && changed.empty())
    return;
  auto change = whereabouts(x);
  if (!changed.empty())
    change.attributes = std::move(changed);
  out_.changes.push_back(std::move(change));
}

model::character_input engine::whereabouts(const person& x) const {
  return {model::change_kind::state_change,
          x.id,
          std::nullopt,
          std::string{to_string(x.state)},
          location_of(x),
          position_of(x),
          std::nullopt,
          std::nullopt};
}

std::optional<model::character_input> engine::find(const model::character_id& id) const {
  const auto found = by_id_.find(id);
  if (found == by_id_.end())
    return {};
  return describe(people_[found->second]);
}

} // namespace towncrier::town
