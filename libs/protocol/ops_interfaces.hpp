#pragma once

#include "protocol/edge_interfaces.hpp"
#include "tracing/span.hpp"

/// The actors that tell operators what the others do.
namespace towncrier::protocol {
// A line a message reads better than what the formatter makes of them.
// clang-format off

/// Shows what passes the connections to operators who asked, and keeps the last of it.
using debugger_actor = caf::typed_actor<
    caf::reacts_to<debug_record>,
    /// debug: on or off for this operator
    caf::reacts_to<command_order>,
    caf::replies_to<list_atom>::with<debug_log>>;

/// Counts everything that goes through the edge.
using connection_monitor_actor = caf::typed_actor<
    /// As Prometheus text.
    caf::replies_to<list_atom>::with<metrics_page>,
    /// The guide's `get_metrics`, as an answer to an operator.
    caf::reacts_to<command_order>>;

/// Carries an inspector's questions to those of other nodes.
using inspection_peers_actor = caf::typed_actor<
    caf::replies_to<peers_request>::with<peers_answer>>;

/// Answers operators: who is there, what they do, why a client saw something; and acts for them.
using inspector_actor = caf::typed_actor<
    caf::replies_to<inspect_request>::with<inspect_answer>,
    /// The cluster is there: questions about other nodes go through it from now on.
    caf::reacts_to<inspection_peers_actor>,
    /// Time for the next sample, while somebody asks for the busiest.
    caf::reacts_to<tick_atom>>;

/// Keeps what was noted of followed messages, and answers what operators ask of traces, for the whole cluster.
using tracer_actor = caf::typed_actor<
    /// What was noted in a turn of some actor.
    caf::reacts_to<tracing::report>,
    /// `op`: start, list, show, end, of an operator; begin, part, stop, of another node's tracer.
    caf::replies_to<inspect_request>::with<inspect_answer>,
    /// The cluster is there: other nodes' tracers are asked through it.
    caf::reacts_to<inspection_peers_actor>,
    /// Time to look what is over, while anything runs.
    caf::reacts_to<tick_atom>>;

} // namespace towncrier::protocol
