#include "town/population.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace towncrier::town {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t people_per_house = 4;
constexpr double house_to_street = 9;
/// How far from a place's middle people stand, metres, along each axis.
constexpr double elbow_room = 6;
/// How much earlier or later than the routine of their job generated people live.
constexpr instant habit_spread{30min};

bool sells_at(place_kind x) noexcept {
  return x == place_kind::market || x == place_kind::shop || x == place_kind::inn;
}

/// Where one goes for something when no place is given; home for whatever is not listed.
place_kind usual_kind(activity x) noexcept {
  switch (x) {
    case activity::shop:
      return place_kind::market;
    case activity::meet:
    case activity::perform:
    case activity::cry:
      return place_kind::square;
    case activity::stroll:
      return place_kind::park;
    default:
      return place_kind::home;
  }
}

class builder {
public:
  builder(const definition& town, const street_map& streets, dice& chance)
      : town_(town), streets_(streets), chance_(chance), names_(town.first_names, town.last_names) {}

  population build(std::size_t count) {
    add_places();
    add_outings();
    for (const auto& x : town_.residents) {
      names_.take(x.name);
      if (made_.people.size() < count)
        add_resident(x);
    }
    if (made_.people.size() < count)
      add_generated(count - made_.people.size());
    for (auto& x : made_.people)
      offer_goods(x);
    return std::move(made_);
  }

private:
  void add_places() {
    for (const auto& x : town_.places) {
      const auto index = static_cast<spot_index>(made_.spots.size());
      made_.by_kind[x.kind].push_back(index);
      made_.spots.push_back({x.name, x.called, x.preposition, x.kind, x.at, streets_.nearest(x.at), {}, {}, {}});
    }
  }

  void add_outings() {
    for (const auto& x : town_.jobs) {
      auto& outings = made_.outings.emplace_back();
      for (const auto& y : x.errands)
        outings.push_back({y.purpose, place_named(y.where)});
    }
  }

  spot_index place_named(std::string_view name) const noexcept {
    const auto& xs = town_.places;
    const auto found = std::find_if(xs.begin(), xs.end(), [&](const place& x) { return x.name == name; });
    return found == xs.end() ? nowhere : static_cast<spot_index>(found - xs.begin());
  }

  std::size_t job_named(std::string_view name) const noexcept {
    const auto& xs = town_.jobs;
    return static_cast<std::size_t>(std::find_if(xs.begin(), xs.end(), [&](const job& x) { return x.name == name; }) -
                                    xs.begin());
  }

  planned look_up(const habit& x, const person& of) const {
    planned result{x.at, x.what, place_named(x.where), usual_kind(x.what)};
    if (result.where != nowhere)
      return result;
    if (const auto kind = parse_place_kind(x.where); kind && *kind != place_kind::home)
      result.kind = *kind;
    else if (x.what == activity::work)
      result.where = of.workplace;
    if (result.kind == place_kind::home || !made_.by_kind.contains(result.kind))
      result.where = result.where == nowhere ? of.home : result.where;
    return result;
  }

  /// What everybody has. The order of these draws is part of what a seed means.
  person make(std::string name, std::size_t job_index, spot_index home, spot_index workplace) {
    person x;
    x.id.text = id_from_name(name);
    x.name = std::move(name);
    x.trade = &town_.jobs[job_index];
    x.outings = &made_.outings[job_index];
    x.home = home;
    x.workplace = workplace == nowhere ? home : workplace;
    x.offset = {chance_.between(-elbow_room, elbow_room), chance_.between(-elbow_room, elbow_room)};
    x.pace = chance_.between(1.15, 1.55);
    x.energy = chance_.between(60, 95);
    x.money = static_cast<std::int64_t>(40 + chance_.below(120));
    return x;
  }

  void add_resident(const resident& x) {
    auto made = make(x.name, job_named(x.job), place_named(x.home), place_named(x.workplace));
    for (const auto& y : x.habits)
      made.habits.push_back(look_up(y, made));
    made_.people.push_back(std::move(made));
  }

  void add_generated(std::size_t count) {
    auto trades = jobs_by_share();
    const auto houses = (count + people_per_house - 1) / people_per_house;
    std::vector<std::uint32_t> numbers(town_.streets.size(), 0);
    for (std::size_t i = 0; i < houses; ++i) {
      const auto home = add_house(i, houses, numbers);
      const auto family = chance_.below(town_.last_names.size());
      for (std::size_t j = i * people_per_house; j < std::min(count, (i + 1) * people_per_house); ++j)
        add_one_of(family, home, trades);
    }
  }

  /// Every job as often as its share says.
  std::vector<std::size_t> jobs_by_share() const {
    std::vector<std::size_t> result;
    for (std::size_t i = 0; i < town_.jobs.size(); ++i)
      result.insert(result.end(), town_.jobs[i].share, i);
    return result;
  }

  spot_index add_house(std::size_t i, std::size_t houses, std::vector<std::uint32_t>& numbers) {
    const auto metres = streets_.length() * (static_cast<double>(i) + 0.5) / static_cast<double>(houses);
    const auto door = streets_.at(metres);
    const auto left = streets_.leftwards(door);
    const auto side = i % 2 == 0 ? house_to_street : -house_to_street;
    const auto street = streets_.street_of(door);
    const auto address = fmt::format("{} {}", ++numbers[street], town_.streets[street].name);
    const model::point at{std::clamp(door.foot.x + side * left.x, 0.0, town_.width),
                          std::clamp(door.foot.y + side * left.y, 0.0, town_.height)};
    made_.spots.push_back({address, address, "at", place_kind::home, at, door, {}, {}, {}});
    return static_cast<spot_index>(made_.spots.size() - 1);
  }

  void add_one_of(std::size_t family, spot_index home, const std::vector<std::size_t>& trades) {
    const auto job_index = chance_.pick(trades);
    const auto& trade = town_.jobs[job_index];
    const auto workplace = trade.workplaces.empty() ? home : place_named(chance_.pick(trade.workplaces));
    auto made = make(names_.invent(family), job_index, home, workplace);
    const auto shift = std::chrono::floor<time_of_day>(chance_.between(-habit_spread, habit_spread));
    for (const auto& x : habits_of(trade.routine)) {
      auto y = look_up(x, made);
      y.at = (y.at + shift + 24h) % 24h;
      made.habits.push_back(y);
    }
    made_.people.push_back(std::move(made));
  }

  const std::vector<habit>& habits_of(std::string_view name) const noexcept {
    return std::find_if(town_.routines.begin(), town_.routines.end(), [&](const routine& x) { return x.name == name; })
        ->habits;
  }

  void offer_goods(const person& x) {
    auto& where = made_.spots[x.workplace];
    const auto known = [&](const goods& y) {
      return std::any_of(where.on_offer.begin(), where.on_offer.end(), [&](auto& z) { return z.name == y.name; });
    };
    if (!sells_at(where.kind))
      return;
    for (const auto& y : x.trade->sells)
      if (!known(y))
        where.on_offer.push_back(y);
  }

  const definition& town_;
  const street_map& streets_;
  dice& chance_;
  name_book names_;
  population made_;
};

} // namespace

population populate(const definition& town, const street_map& streets, std::size_t count, dice& chance) {
  return builder{town, streets, chance}.build(count);
}

} // namespace towncrier::town
