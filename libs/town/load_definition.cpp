#include "town/definition.hpp"
#include "town/fields.hpp"

#include <fmt/format.h>

#include <functional>

namespace towncrier::town {

namespace {

constexpr double max_map_size = 100'000;
constexpr std::string_view habit_form = "a habit is \"HH:MM activity\" or \"HH:MM activity at somewhere\"";

constexpr std::string_view separator = " at ";

/// Splits where ` at ` was found; the second part is empty when it was not.
std::pair<std::string, std::string> split(std::string_view text, std::size_t found) {
  if (found == std::string_view::npos)
    return {std::string{text}, {}};
  return {std::string{text.substr(0, found)}, std::string{text.substr(found + separator.size())}};
}

std::vector<habit> read_habits(fields& from, std::string_view key) {
  std::vector<habit> result;
  for (const auto& [text, line] : from.lines(key)) {
    const auto at = parse_time_of_day(std::string_view{text}.substr(0, 5));
    if (!at || text.size() < 7 || text[5] != ' ') {
      from.fault(line, key, fmt::format("\"{}\" cannot be read; {}", text, habit_form));
      continue;
    }
    const auto rest = std::string_view{text}.substr(6);
    const auto [word, where] = split(rest, rest.find(separator));
    const auto what = parse_activity(word);
    if (!what)
      from.fault(line, key, fmt::format("\"{}\" is no activity; allowed: {}", word, activity_words()));
    result.push_back({*at, what.value_or(activity::rest), where, line});
  }
  return result;
}

std::vector<errand> read_errands(fields& from) {
  std::vector<errand> result;
  for (const auto& [text, line] : from.lines("errands")) {
    // The last one: a purpose may have one of its own ("looking at a burnt thumb at Forge").
    auto [purpose, where] = split(text, text.rfind(separator));
    if (where.empty())
      from.fault(line, "errands", fmt::format("\"{}\" names no place; an errand is \"fetching flour at Mill\"", text));
    result.push_back({std::move(purpose), std::move(where), line});
  }
  return result;
}

place read_place(fields& from) {
  place x;
  x.line = from.line();
  x.name = from.text("name");
  const auto word = from.text("kind");
  const auto kind = parse_place_kind(word);
  if (!kind)
    from.fault(from.line(), "kind", fmt::format("\"{}\" is no kind of place; allowed: {}", word, place_kind_words()));
  x.kind = kind.value_or(place_kind::home);
  x.at = {from.number("x", 0, max_map_size), from.number("y", 0, max_map_size)};
  x.called = from.text_or("called", x.name);
  x.preposition = from.text_or("preposition", "at");
  return x;
}

street read_street(fields& from) { return {from.text("name"), from.points("points"), from.line()}; }

job read_job(fields& from) {
  job x;
  x.line = from.line();
  x.name = from.text("name");
  x.tasks = from.texts("tasks");
  x.tools = from.texts("tools");
  x.talk = from.texts("talk");
  for (auto& [name, price] : from.prices("sells"))
    x.sells.push_back({std::move(name), price});
  x.errands = read_errands(from);
  x.roams = from.flag_or("roams", false);
  x.call = from.text_or("call", "");
  x.wage = from.whole_or("wage", 0, 0, 1'000'000);
  x.workplaces = from.texts("workplaces");
  x.routine = from.text_or("routine", "");
  x.share = static_cast<std::uint32_t>(from.whole_or("share", 0, 0, 1000));
  return x;
}

routine read_routine(fields& from) { return {from.text("name"), read_habits(from, "habits"), from.line()}; }

resident read_resident(fields& from) {
  resident x;
  x.line = from.line();
  x.name = from.text("name");
  x.job = from.text("job");
  x.home = from.text("home");
  x.workplace = from.text_or("workplace", "");
  x.habits = read_habits(from, "habits");
  return x;
}

template <class T>
std::vector<T> read_all(fields& from, std::string_view key, T (*read)(fields&)) {
  std::vector<T> result;
  for (auto& element : from.tables(key)) {
    result.push_back(read(element));
    element.refuse_others();
  }
  return result;
}

void read_town(fields& root, definition& into) {
  auto from = root.table("town");
  into.name = from.text("name");
  into.width = from.number("width", 1, max_map_size);
  into.height = from.number("height", 1, max_map_size);
  into.starts_at = from.time("starts_at");
  into.market_opens = from.time("market_opens");
  into.market_closes = from.time("market_closes");
  into.topics = from.texts("topics");
  into.books = from.texts("books");
  from.refuse_others();
}

void read_names(fields& root, definition& into) {
  auto from = root.table("names");
  into.first_names = from.texts("first");
  into.last_names = from.texts("last");
  from.refuse_others();
}

definition read_definition(const toml_node& tree, first_fault& fault) {
  fields root{tree, "", fault};
  definition result;
  read_town(root, result);
  read_names(root, result);
  result.places = read_all<place>(root, "place", read_place);
  result.streets = read_all<street>(root, "street", read_street);
  result.jobs = read_all<job>(root, "job", read_job);
  result.routines = read_all<routine>(root, "routine", read_routine);
  result.residents = read_all<resident>(root, "character", read_resident);
  root.refuse_others();
  return result;
}

} // namespace

model::result<definition> load_definition(std::string_view toml_text) {
  const auto tree = parse_toml(toml_text);
  if (!tree)
    return model::failure{tree.error()};
  first_fault fault;
  auto read = read_definition(*tree, fault);
  if (fault.what())
    return *fault.what();
  if (auto found = find_fault(read))
    return *found;
  return read;
}

} // namespace towncrier::town
