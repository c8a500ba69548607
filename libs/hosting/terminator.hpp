#pragma once

#include <caf/fwd.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace towncrier::hosting {

/// How the actors of a system ended.
struct termination {
  /// `kind label #id` of those that did not end in time and were killed.
  std::vector<std::string> killed;
  /// `kind label #id` of those that did not end even so: they hang in a handler.
  std::vector<std::string> stuck;
  /// Kinds that no stage names; they ended after the last stage.
  std::vector<std::string> unlisted;
};

/// Ends all our actors of a system, stage by stage: each is sent an exit message, and a stage begins when the down
/// message of every actor of the stage before has come. An actor handles what is in its mailbox before it ends; so
/// what it passes on still reaches the actors of later stages. Stages name kinds of actors, and whoever lives is found
/// in the list of all actors (`actor_list.hpp`): an actor that somebody spawned and nobody remembers ends as well.
class terminator {
public:
  /// Kinds that end together: the names of their state classes.
  using stage = std::vector<std::string_view>;

  struct limits {
    /// How long all stages together may take before actors are killed.
    std::chrono::milliseconds patience{5000};
    /// How long those who were killed may take, and a stage that begins when the patience is over.
    std::chrono::milliseconds grace{500};
  };

  terminator(caf::actor_system& system, std::vector<stage> order, limits x)
      : system_(system), order_(std::move(order)), limits_(x) {}
  terminator(caf::actor_system& system, std::vector<stage> order) : terminator(system, std::move(order), limits{}) {}

  /// Blocks until all have ended, or are known to be stuck. The threads that they live on must be running. Not from an
  /// actor.
  termination run();

private:
  caf::actor_system& system_;
  std::vector<stage> order_;
  limits limits_;
};

} // namespace towncrier::hosting
