#pragma once

#include "flow/life_number.hpp"
#include "hosting/actor.hpp"
#include "model/result.hpp"
#include "protocol/interfaces.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace towncrier::world {

using life_keeper_actor = caf::typed_actor<
    /// Look whether what is kept has to be moved on.
    caf::reacts_to<protocol::tick_atom>>;

/// Keeps, outside the process, a number above all epochs that this life of the node may have given.
struct life_keeper_state {
  static inline const char* name = "life_keeper";

  life_keeper_state() = default; // not an aggregate: CAF would take it for one to be made from the actor
  model::object describe() const { return {{"kept", kept}, {"error", error}}; }

  std::uint64_t kept = 0;
  /// Why it could not be kept the last time; empty: it could.
  std::string error;
};

using life_keeper_pointer = hosting::pointer<life_keeper_actor, life_keeper_state>;

/// `kept` is what is kept now; `keep` gives why it cannot.
life_keeper_actor::behavior_type life_keeper(life_keeper_pointer self, std::shared_ptr<const flow::life_number> life,
                                             std::uint64_t kept,
                                             std::function<std::optional<model::failure>(std::uint64_t)> keep);

} // namespace towncrier::world
