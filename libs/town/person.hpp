#pragma once

#include "model/character.hpp"
#include "town/definition.hpp"
#include "town/street_map.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace towncrier::town {

/// What a viewer sees a character do: its `state`.
enum class doing : std::uint8_t {
  idle,
  move,
  sleeping,
  plan,
  act,
  chat,
  work,
  use,
  trade,
  draw,
  summarize,
  eat,
  read,
};

/// `IDLE`, `MOVE`, ...
std::string_view to_string(doing x) noexcept;

using person_index = std::uint32_t;
using spot_index = std::uint32_t;

/// No person, no spot, no position in a list.
inline constexpr std::uint32_t nobody = std::numeric_limits<std::uint32_t>::max();
inline constexpr std::uint32_t nowhere = nobody;

/// A place, or the house of generated people.
struct spot {
  std::string name;
  std::string called;
  std::string preposition;
  place_kind kind = place_kind::home;
  model::point at;
  anchor door;
  /// Who is here, awake, and open to a talk.
  std::vector<person_index> sociable;
  /// Who is here to sell.
  std::vector<person_index> sellers;
  /// What people who work here sell.
  std::vector<goods> on_offer;
};

/// A habit whose place was looked up.
struct planned {
  time_of_day at;
  activity what;
  /// `nowhere`: one of `kind`.
  spot_index where = nowhere;
  place_kind kind = place_kind::home;
};

/// An errand whose place was looked up.
struct outing {
  std::string purpose;
  spot_index where = nowhere;
};

/// A walk that somebody is on.
struct walk {
  route way;
  instant began{0};
  spot_index to = nowhere;
  instant last_told{0};
  /// Where this walker stands in the list of all walkers.
  std::size_t slot = 0;
};

/// What was last said of somebody, so that only what changed is said again.
struct told {
  doing state = doing::idle;
  std::string goal;
  std::string_view mood;
  int energy = -1;
  std::int64_t money = -1;
};

/// What a day brought, for the diary.
struct diary {
  std::vector<person_index> talked_to;
  std::vector<std::string> bought;
  std::uint32_t sold = 0;
  std::int64_t earned = 0;
};

/// Somebody in town.
struct person {
  model::character_id id;
  std::string name;
  const job* trade = nullptr;
  /// Where the errands of the job lead; shared by all of the job.
  const std::vector<outing>* outings = nullptr;
  spot_index home = nowhere;
  spot_index workplace = nowhere;
  std::vector<planned> habits;
  /// Where this one stands in a place, from its middle, metres.
  model::point offset;
  /// Metres a second.
  double pace = 1.3;

  doing state = doing::idle;
  std::string goal;
  /// Where this one is, or came from.
  spot_index at = nowhere;
  std::optional<walk> under_way;
  instant since{0};

  std::size_t habit = 0;
  instant habit_began{0};
  /// When the next habit begins: by the timetable, and today.
  instant next_nominal{0};
  instant next_start{0};
  spot_index heading = nowhere;
  /// How far the habit has come; what it means is the habit's matter.
  std::uint32_t step = 0;
  const outing* out_for = nullptr;
  /// What this one would like to buy.
  goods wish;
  std::string bought;
  /// The hour, since the beginning, that was last called out.
  std::int64_t last_call = -1;

  /// With whom a talk or a trade is under way.
  person_index partner = nobody;
  person_index last_partner = nobody;
  std::string about;
  std::uint32_t sociable_slot = nobody;
  std::uint32_t seller_slot = nobody;

  double energy = 80;
  /// -2 (cross) to 2 (delighted).
  int spirits = 0;
  std::int64_t money = 0;
  diary today;
  told last;
  /// Only the latest appointment counts.
  std::uint64_t ticket = 0;
};

} // namespace towncrier::town
