#pragma once

#include "protocol/cluster.hpp"
#include "protocol/edge_interfaces.hpp"

/// The actors that say what happens: characters, events, the built-in town.
namespace towncrier::protocol {
// A line a message reads better than what the formatter makes of them.
// clang-format off

/// Collects changes into batches: full at `max_size` or 64 KiB, or due `max_wait` after the first.
using batcher_actor = caf::typed_actor<
    /// A change to go out with the next batch.
    caf::reacts_to<outgoing_change>,
    /// The batch that was begun has waited long enough (the number tells which one).
    caf::reacts_to<due_atom, std::uint64_t>>;

/// One character: gives each change its epoch, version and time, and knows the latest state.
using character_publisher_actor = caf::typed_actor<
    /// Something is said of the character.
    caf::reacts_to<character_order>,
    /// Hold back what is said from now on, or give it out as one change.
    caf::reacts_to<pause_order>,
    /// End after everything that was said so far; the directory begins another, which goes on.
    caf::reacts_to<stop_atom>>;

/// Knows the publisher of every character that this node owns; begins one for a character that is new here.
using character_directory_actor = caf::typed_actor<
    /// Things said of characters, in order.
    caf::reacts_to<character_job>,
    /// Others own them now.
    caf::reacts_to<overtaken>,
    /// Restart, pause or resume a character's publisher, as an operator wishes.
    caf::replies_to<character_act>::with<inspect_answer>>;

/// Gives events their time and sends them on.
using event_notifier_actor = caf::typed_actor<
    /// Events, in order.
    caf::reacts_to<event_job>>;

/// Ticks the built-in town.
using world_actor = caf::typed_actor<
    /// pause, resume, step, set_rate, status
    caf::reacts_to<command_order>,
    /// The nodes that live: they share the characters.
    caf::reacts_to<cluster_view>,
    caf::reacts_to<tick_atom>>;

} // namespace towncrier::protocol
