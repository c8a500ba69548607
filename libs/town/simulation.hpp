#pragma once

#include "model/client_message.hpp"
#include "town/definition.hpp"
#include "town/town_time.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace towncrier::town {

/// Simulated seconds a real second at which the built-in town is lively and calm: a walk of 300 m takes six
/// seconds, a day 36 minutes.
inline constexpr double recommended_rate = 40;

/// What one step brought, each list in the order in which it happened. Timestamps are left to the publisher.
struct outcome {
  std::vector<model::character_input> changes;
  std::vector<model::event_input> events;
};

/// The life of a town: a pure function of its definition, a seed and the number of characters.
///
/// One seed is one history. What people do and when is also independent of how the time is cut into steps,
/// to the millisecond; only the positions told of those who walk are sampled, at the end of a step and at most
/// once a simulated second. So a node that joins late reaches the present by one `skip`.
class simulation {
public:
  /// The first `characters` written ones, or all of them and as many generated ones as are missing.
  /// Precondition: `town` comes from `load_definition`, or `find_fault` finds nothing in it.
  simulation(definition town, std::uint64_t seed, std::size_t characters);
  ~simulation();
  simulation(simulation&&) noexcept;
  simulation& operator=(simulation&&) noexcept;

  /// A `character_update` for everyone as they are now; before the first step also the events that began it.
  outcome initial() const;

  /// Lets `simulated` time pass. Nothing happens when it is not positive.
  outcome step(std::chrono::duration<double> simulated);

  /// The same without telling: for a node that joins late. A day of 10,000 characters takes a second or two.
  void skip(std::chrono::duration<double> simulated);

  town_time clock() const noexcept;

  /// "sunny", "cloudy", "windy", "foggy", "rainy": today.
  std::string_view weather() const noexcept;

  std::size_t size() const noexcept;

  const definition& town() const noexcept;

  /// The whole state of one character now; empty when there is none of this id.
  std::optional<model::character_input> find(const model::character_id& id) const;

private:
  std::unique_ptr<class engine> engine_;
};

} // namespace towncrier::town
