#pragma once

#include "model/character.hpp"
#include "model/result.hpp"
#include "town/town_time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace towncrier::town {

/// What a place is for.
enum class place_kind : std::uint8_t {
  home,
  market,
  shop,
  inn,
  workshop,
  square,
  park,
  hall,
  school,
  church,
  harbour,
  library,
  infirmary,
  field,
};

/// What a habit is about.
enum class activity : std::uint8_t {
  wake,    ///< rises and plans the day, at home
  sleep,   ///< writes the diary, then sleeps, at home
  eat,     ///< at home, or somewhere else; at an inn the meal is bought
  work,    ///< at the workplace, or going about from it
  shop,    ///< buys from whoever sells there
  meet,    ///< looks for company and talks
  read,    ///< with a book
  draw,    ///< draws the place
  perform, ///< plays or recites for whoever is there
  stroll,  ///< walks from one fine place to the next
  rest,    ///< does nothing, gladly
  cry,     ///< cries the news
};

/// A place in town. `x` grows to the east and `y` to the south, in metres.
struct place {
  std::string name;
  place_kind kind = place_kind::home;
  model::point at;
  /// The place in a sentence: "the forge". Its name when the text gives none.
  std::string called;
  /// How somebody is there: "at", "in", "by".
  std::string preposition = "at";
  std::uint32_t line = 0;
};

/// A street: a line through two or more points. Streets meet where they have a point in common.
struct street {
  std::string name;
  std::vector<model::point> points;
  std::uint32_t line = 0;
};

/// Something that is sold, with its article ("a loaf of bread"), and its price in pence.
struct goods {
  std::string name;
  std::int64_t price = 0;
};

/// A way to somewhere that belongs to a job: "fetching flour" at "Watermill".
struct errand {
  std::string purpose;
  std::string where;
  std::uint32_t line = 0;
};

/// What somebody does from a time of day on, until the next habit.
struct habit {
  time_of_day at{0};
  activity what = activity::rest;
  /// A place, or a kind of place (then one of that kind is chosen each time); empty: where one does such things.
  std::string where;
  std::uint32_t line = 0;
};

/// What is done for a living.
struct job {
  std::string name;
  /// What one is seen doing: "shoeing a horse".
  std::vector<std::string> tasks;
  /// What one uses: "the bellows".
  std::vector<std::string> tools;
  /// What people of this job talk about.
  std::vector<std::string> talk;
  std::vector<goods> sells;
  std::vector<errand> errands;
  /// Whether the work is nothing but errands: the post, the watch.
  bool roams = false;
  /// What is called out once an hour on the way, with `{hour}`; empty: nothing.
  std::string call;
  /// Pence for an hour of work.
  std::int64_t wage = 0;
  /// Where generated people of this job work.
  std::vector<std::string> workplaces;
  /// The routine that generated people of this job follow.
  std::string routine;
  /// How common the job is among generated people; 0: nobody.
  std::uint32_t share = 0;
  std::uint32_t line = 0;
};

/// Habits that generated people share.
struct routine {
  std::string name;
  std::vector<habit> habits;
  std::uint32_t line = 0;
};

/// Somebody who lives in the town and is written down.
struct resident {
  std::string name;
  std::string job;
  std::string home;
  /// Empty: works at home.
  std::string workplace;
  std::vector<habit> habits;
  std::uint32_t line = 0;
};

/// A town, as it is written in its file.
struct definition {
  std::string name;
  /// The map's size, metres.
  double width = 0;
  double height = 0;
  /// When day 1 begins for those who watch.
  time_of_day starts_at{0};
  time_of_day market_opens{0};
  time_of_day market_closes{0};
  std::vector<place> places;
  std::vector<street> streets;
  std::vector<job> jobs;
  std::vector<routine> routines;
  std::vector<resident> residents;
  /// Of which the names of generated people are made.
  std::vector<std::string> first_names;
  std::vector<std::string> last_names;
  /// What anybody may talk about.
  std::vector<std::string> topics;
  /// What there is to read.
  std::vector<std::string> books;
};

/// How far from a street a place may be, metres.
inline constexpr double max_distance_to_street = 60;

/// How many distinct points the streets may have together.
inline constexpr std::size_t max_street_points = 400;

/// Reads a town from TOML and checks it. An error names the line, the key and what is allowed.
model::result<definition> load_definition(std::string_view toml_text);

/// The first thing that does not hold together (a name that nothing has, a street that leads nowhere);
/// nothing when all is well. `load_definition` asks this itself.
std::optional<model::failure> find_fault(const definition& x);

/// The words of the file for the enumerations.
std::string_view to_string(place_kind x) noexcept;
std::string_view to_string(activity x) noexcept;
std::optional<place_kind> parse_place_kind(std::string_view text) noexcept;
std::optional<activity> parse_activity(std::string_view text) noexcept;

/// All words for places and for activities, joined by commas: for error messages.
std::string place_kind_words();
std::string activity_words();

} // namespace towncrier::town
