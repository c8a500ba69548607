#include "town/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace towncrier::town {

namespace {

constexpr std::size_t plans_told = 3;

constexpr std::array<std::string_view, 13> state_words = {
    "IDLE", "MOVE", "SLEEPING", "PLAN", "ACT", "CHAT", "WORK", "USE", "TRADE", "DRAW", "SUMMARIZE", "EAT", "READ"};

constexpr std::array<std::string_view, 12> hours = {"twelve", "one",   "two",   "three", "four", "five",
                                                    "six",    "seven", "eight", "nine",  "ten",  "eleven"};

const std::vector<ending> endings = {
    {"laughing", "{0} and {1} part laughing.", 1},
    {"agreed", "{0} and {1} agree, and shake hands on it.", 1},
    {"agreed to differ", "{0} and {1} agree to differ.", 0},
    {"thoughtful", "{0} gives {1} something to think about.", 0},
    {"promised", "{0} promises {1} to come back to it.", 0},
    {"cross", "{0} and {1} part a little cross.", -1},
};

/// For what one goes somewhere, after "walking to the market".
std::string aim(const person& who, activity what) {
  switch (what) {
    case activity::eat:
      return " to eat";
    case activity::work:
      return " to work";
    case activity::shop:
      return who.wish.name.empty() ? " to look around" : fmt::format(" to buy {}", who.wish.name);
    case activity::meet:
      return " to meet people";
    case activity::read:
      return " to read";
    case activity::draw:
      return " to draw";
    case activity::cry:
      return " to cry the news";
    case activity::perform:
      return " to play";
    default:
      return "";
  }
}

/// A habit as part of a plan; empty for what goes without saying.
std::string_view plan_word(activity what) noexcept {
  switch (what) {
    case activity::work:
      return "work";
    case activity::shop:
      return "shopping";
    case activity::meet:
      return "company";
    case activity::read:
      return "a book";
    case activity::draw:
      return "drawing";
    case activity::perform:
      return "playing";
    case activity::stroll:
      return "a walk";
    case activity::cry:
      return "the news";
    default:
      return "";
  }
}

std::string plan_part(const person& who, const planned& x, const std::vector<spot>& spots) {
  const std::string word{plan_word(x.what)};
  if (x.where == nowhere || x.where == who.home || x.what == activity::stroll)
    return word;
  return fmt::format("{} {}", word, at_spot(spots[x.where]));
}

} // namespace

std::string_view to_string(doing x) noexcept { return state_words[static_cast<std::size_t>(x)]; }

std::string at_spot(const spot& x) { return fmt::format("{} {}", x.preposition, x.called); }

std::string on_the_way(const person& who, const std::vector<spot>& spots, spot_index to, activity what) {
  if (what == activity::stroll)
    return fmt::format("strolling to {}", spots[to].called);
  if (to == who.home)
    return fmt::format("walking home{}", aim(who, what));
  return fmt::format("walking to {}{}", spots[to].called, aim(who, what));
}

std::string plan_of(const person& who, const std::vector<spot>& spots) {
  std::vector<std::string> parts;
  for (std::size_t i = 1; i < who.habits.size() && parts.size() < plans_told; ++i) {
    const auto& next = who.habits[(who.habit + i) % who.habits.size()];
    if (next.what == activity::sleep)
      break;
    auto part = plan_part(who, next, spots);
    if (!plan_word(next.what).empty() && std::find(parts.begin(), parts.end(), part) == parts.end())
      parts.push_back(std::move(part));
  }
  if (parts.empty())
    return "planning a quiet day";
  return fmt::format("planning the day: {}", fmt::join(parts, ", then "));
}

std::string diary_of(const person& who, const std::vector<person>& people) {
  std::vector<std::string> parts;
  const auto& day = who.today;
  if (day.talked_to.size() == 1)
    parts.push_back(fmt::format("talked with {}", people[day.talked_to[0]].name));
  if (day.talked_to.size() > 1)
    parts.push_back(fmt::format("{} talks, the last with {}", day.talked_to.size(), people[day.talked_to.back()].name));
  if (!day.bought.empty())
    parts.push_back(fmt::format("bought {}", fmt::join(day.bought, " and ")));
  if (day.sold > 0)
    parts.push_back(fmt::format("{} {}", day.sold, day.sold == 1 ? "sale" : "sales"));
  if (day.earned > 0)
    parts.push_back(fmt::format("earned {}", pence(day.earned)));
  if (parts.empty())
    return "writing the diary: nothing much today";
  return fmt::format("writing the diary: {}", fmt::join(parts, "; "));
}

std::string_view pastime(place_kind kind, dice& chance) {
  static const std::vector<std::string_view> home = {"putting the kettle on", "tidying up", "looking out of the window",
                                                     "mending a stocking", "sitting by the stove"};
  static const std::vector<std::string_view> market = {"looking at the stalls", "trying on a hat",
                                                       "listening to the bargaining"};
  static const std::vector<std::string_view> square = {"watching people go by", "sitting on the steps"};
  static const std::vector<std::string_view> park = {"sitting on a bench", "watching the ducks",
                                                     "listening to the leaves"};
  static const std::vector<std::string_view> harbour = {"watching the boats", "counting gulls"};
  static const std::vector<std::string_view> inn = {"nursing a mug of cider", "listening to the talk",
                                                    "warming hands at the fire"};
  static const std::vector<std::string_view> elsewhere = {"having a cup of tea", "taking a breath of air",
                                                          "stretching the legs"};
  switch (kind) {
    case place_kind::home:
      return chance.pick(home);
    case place_kind::market:
      return chance.pick(market);
    case place_kind::square:
      return chance.pick(square);
    case place_kind::park:
      return chance.pick(park);
    case place_kind::harbour:
      return chance.pick(harbour);
    case place_kind::inn:
      return chance.pick(inn);
    default:
      return chance.pick(elsewhere);
  }
}

std::string_view mood_of(const person& who) noexcept {
  if (who.energy < 25)
    return "tired";
  if (who.spirits <= -1)
    return "cross";
  if (who.spirits >= 2)
    return "delighted";
  if (who.spirits == 1)
    return "cheerful";
  return who.energy > 70 ? "content" : "calm";
}

std::string_view hour_word(int hour) noexcept {
  if (hour == 0)
    return "midnight";
  if (hour == 12)
    return "noon";
  return hours[static_cast<std::size_t>(hour % 12)];
}

std::string pence(std::int64_t x) { return x == 1 ? "1 penny" : fmt::format("{} pence", x); }

std::string capitalized(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z')
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

const ending& pick_ending(dice& chance) { return chance.pick(endings); }

} // namespace towncrier::town
