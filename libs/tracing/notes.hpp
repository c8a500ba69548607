#pragma once

#include "hosting/traced_turn.hpp"
#include "tracing/span.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace towncrier::tracing {

/// What is said of a followed message in the turn of an actor.
struct step {
  /// `batched`, `fan_out`, ...: text that stays.
  std::string_view name;
  outcome result = outcome::passed;
  /// A word or a sentence; empty: it goes without saying.
  std::string reason{};
  /// Where more is known of the message than before.
  std::optional<about> what{};
  /// Waited with the actor before this turn, in nanoseconds.
  std::int64_t kept = 0;
  /// The step's number where it is agreed on; 0: a new one.
  std::uint64_t id = 0;
  /// Of whom it is said; nullptr: of the actor whose turn it is.
  const hosting::actor_watch* who = nullptr;
};

/// Notes a step of a message and gives the mark to pass on; nullptr when nobody follows it. Costs nothing then.
model::trace_ptr note(const model::trace_ptr& x, step what);

/// The actor has a message again that it noted in an earlier turn: the time between was spent with it. `x` is what
/// `note` gave then.
model::trace_ptr note_again(const model::trace_ptr& x);

/// Notes what became of a message for one viewer, which is counted among its receivers; `before`: what was told of the
/// same viewer before.
void note_receiver(const model::trace_ptr& x, step what, std::optional<outcome> before = std::nullopt);

/// Notes a step of every change of `x` that is followed, and gives the batch to pass on: `x` itself when there is none.
/// `id` makes the number of a step out of the one before it; may be nullptr.
model::batch_ptr note_batch(const model::batch_ptr& x, const step& what,
                            std::uint64_t (*id)(std::uint64_t parent, std::string_view text) = nullptr,
                            std::string_view text = {});

} // namespace towncrier::tracing
