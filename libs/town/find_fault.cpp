#include "model/limits.hpp"
#include "town/definition.hpp"
#include "town/fields.hpp"
#include "town/names.hpp"
#include "town/street_map.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace towncrier::town {

namespace {

constexpr std::size_t min_names = 10;

template <class T>
std::string names_of(const std::vector<T>& xs) {
  std::vector<std::string_view> names;
  for (const auto& x : xs)
    names.emplace_back(x.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

template <class T>
const T* find_named(const std::vector<T>& xs, std::string_view name) noexcept {
  const auto found = std::find_if(xs.begin(), xs.end(), [&](const auto& x) { return x.name == name; });
  return found == xs.end() ? nullptr : &*found;
}

/// Looks through a definition and notes what does not hold together.
class examiner {
public:
  examiner(const definition& town, first_fault& fault) : town_(town), fault_(fault) {}

  void examine() {
    examine_town();
    examine_names(town_.places, "place");
    examine_names(town_.streets, "street");
    examine_names(town_.jobs, "job");
    examine_names(town_.routines, "routine");
    examine_streets();
    if (fault_.what())
      return;
    examine_places();
    for (const auto& x : town_.jobs)
      examine_job(x);
    if (std::all_of(town_.jobs.begin(), town_.jobs.end(), [](const job& x) { return x.share == 0; }))
      fault_.note(1, "job.share: at least one job has to have one from 1 to 1000, for generated people");
    for (const auto& x : town_.routines)
      examine_habits(x.habits, x.line, "routine.habits");
    examine_residents();
  }

private:
  void examine_town() {
    if (town_.market_opens >= town_.market_closes)
      fault_.note(1, "town.market_closes: has to be later than town.market_opens");
    if (town_.topics.empty())
      fault_.note(1, "town.topics: has to have at least one text");
    if (town_.books.empty())
      fault_.note(1, "town.books: has to have at least one text");
    examine_name_list(town_.first_names, "names.first");
    examine_name_list(town_.last_names, "names.last");
  }

  // With fewer, ten thousand people would need absurdly long names.
  void examine_name_list(const std::vector<std::string>& xs, std::string_view key) {
    if (xs.size() < min_names)
      fault_.note(1, fmt::format("{}: there are {}; there have to be at least {}", key, xs.size(), min_names));
    for (const auto& x : xs)
      if (id_from_name(x).empty())
        fault_.note(1, fmt::format("{}: \"{}\" has to have a letter from a to z", key, x));
  }

  template <class T>
  void examine_names(const std::vector<T>& xs, std::string_view what) {
    if (xs.empty())
      fault_.note(1, fmt::format("{}: there has to be at least one, headed [[{}]]", what, what));
    for (const auto& x : xs) {
      if (find_named(xs, x.name) != &x)
        fault_.note(x.line, fmt::format("{}.name: \"{}\" is there twice; names are unique", what, x.name));
      if (x.name.size() > model::max_name_size)
        fault_.note(x.line, fmt::format("{}.name: has {} bytes; allowed: at most {}", what, x.name.size(),
                                        model::max_name_size));
    }
  }

  bool on_the_map(const model::point& x) const noexcept {
    return x.x >= 0 && x.y >= 0 && x.x <= town_.width && x.y <= town_.height;
  }

  void examine_street(const street& x) {
    if (x.points.size() < 2)
      fault_.note(x.line, fmt::format("street.points: \"{}\" has to have at least 2 points", x.name));
    for (std::size_t i = 0; i < x.points.size(); ++i) {
      if (!on_the_map(x.points[i]))
        fault_.note(x.line, fmt::format("street.points: \"{}\" leaves the map at [{}, {}]; allowed: 0 to {}, 0 to {}",
                                        x.name, x.points[i].x, x.points[i].y, town_.width, town_.height));
      if (i > 0 && distance(x.points[i - 1], x.points[i]) < 0.1)
        fault_.note(x.line, fmt::format("street.points: \"{}\" has the same point twice in a row", x.name));
    }
  }

  void examine_streets() {
    std::size_t points = 0;
    for (const auto& x : town_.streets) {
      examine_street(x);
      points += x.points.size();
    }
    if (points > max_street_points)
      fault_.note(1, fmt::format("street.points: {} in all; allowed: up to {}", points, max_street_points));
    if (fault_.what())
      return;
    if (const auto lost = street_map{town_.streets}.unreachable_street()) {
      const auto& x = town_.streets[*lost];
      fault_.note(x.line, fmt::format("street.points: \"{}\" cannot be reached from \"{}\"; streets meet where they "
                                      "have exactly the same point",
                                      x.name, town_.streets.front().name));
    }
  }

  void examine_places() {
    const street_map streets{town_.streets};
    for (const auto& x : town_.places) {
      if (!on_the_map(x.at))
        fault_.note(x.line, fmt::format("place.x, place.y: \"{}\" is off the map; allowed: 0 to {}, 0 to {}", x.name,
                                        town_.width, town_.height));
      const auto metres = distance(streets.nearest(x.at).foot, x.at);
      if (metres > max_distance_to_street)
        fault_.note(x.line, fmt::format("place.x, place.y: \"{}\" is {:.0f} m from the nearest street; allowed: up to "
                                        "{} m",
                                        x.name, metres, max_distance_to_street));
    }
  }

  void examine_place(std::string_view name, std::uint32_t line, std::string_view key) {
    if (!find_named(town_.places, name))
      fault_.note(line, fmt::format("{}: there is no place \"{}\"; there are: {}", key, name, names_of(town_.places)));
  }

  void examine_job(const job& x) {
    if (x.tasks.empty())
      fault_.note(x.line, fmt::format("job.tasks: \"{}\" has to have at least one", x.name));
    if (x.roams && x.errands.size() < 2)
      fault_.note(x.line, fmt::format("job.errands: \"{}\" roams, so there have to be at least two", x.name));
    for (const auto& y : x.errands)
      examine_place(y.where, y.line, "job.errands");
    for (const auto& y : x.workplaces)
      examine_place(y, x.line, "job.workplaces");
    if (x.share > 0 && !find_named(town_.routines, x.routine))
      fault_.note(x.line, fmt::format("job.routine: there is no routine \"{}\"; there are: {}", x.routine,
                                      names_of(town_.routines)));
  }

  void examine_where(const habit& x, std::string_view key) {
    const auto kind = parse_place_kind(x.where);
    const auto of_kind = [&](const place& y) { return y.kind == kind; };
    if (x.where.empty() || find_named(town_.places, x.where))
      return;
    if (!kind || std::none_of(town_.places.begin(), town_.places.end(), of_kind))
      fault_.note(x.line, fmt::format("{}: there is no place \"{}\", nor is any of that kind; there are: {}", key,
                                      x.where, names_of(town_.places)));
  }

  // A day may begin anywhere in the list, but goes round the clock only once.
  void examine_habits(const std::vector<habit>& xs, std::uint32_t line, std::string_view key) {
    const auto has = [&](activity y) {
      return std::any_of(xs.begin(), xs.end(), [&](auto& x) { return x.what == y; });
    };
    if (!has(activity::wake) || !has(activity::sleep))
      return fault_.note(line, fmt::format("{}: there have to be a \"wake\" and a \"sleep\"", key));
    std::size_t midnights = 0;
    for (std::size_t i = 0; i < xs.size(); ++i) {
      examine_where(xs[i], key);
      const auto& next = xs[(i + 1) % xs.size()];
      midnights += next.at <= xs[i].at ? 1 : 0;
      if (next.at == xs[i].at)
        fault_.note(next.line, fmt::format("{}: two habits begin at the same time", key));
    }
    if (midnights != 1)
      fault_.note(line, fmt::format("{}: have to be in the order of the day", key));
  }

  void examine_resident(const resident& x) {
    if (!find_named(town_.jobs, x.job))
      fault_.note(x.line,
                  fmt::format("character.job: there is no job \"{}\"; there are: {}", x.job, names_of(town_.jobs)));
    examine_place(x.home, x.line, "character.home");
    if (!x.workplace.empty())
      examine_place(x.workplace, x.line, "character.workplace");
    examine_habits(x.habits, x.line, "character.habits");
  }

  void examine_residents() {
    std::set<std::string> ids;
    for (const auto& x : town_.residents) {
      examine_resident(x);
      const auto id = id_from_name(x.name);
      if (id.empty())
        fault_.note(x.line, fmt::format("character.name: \"{}\" has to have a letter from a to z", x.name));
      if (!ids.insert(id).second)
        fault_.note(x.line, fmt::format("character.name: \"{}\" is there twice; names are unique", x.name));
    }
  }

  const definition& town_;
  first_fault& fault_;
};

} // namespace

std::optional<model::failure> find_fault(const definition& x) {
  first_fault fault;
  examiner{x, fault}.examine();
  return fault.what();
}

} // namespace towncrier::town
