#pragma once

#include "fanout/chunk.hpp"
#include "flow/interest.hpp"
#include "flow/state_table.hpp"
#include "protocol/wants.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What one viewer sees, asked of the interest of all of them. Functions without a state.
namespace towncrier::edge {

using slot_type = flow::interest::slot;
using latest_states = flow::state_table<fanout::item_ptr>;

/// How a viewer is shown what a change means to it.
fanout::shape shape_of(flow::effect x) noexcept;

/// Whether a viewer is shown every change as it is.
bool watches_world(const flow::interest& interest, slot_type slot);

/// Whether a viewer has subscribed to nothing.
bool watches_nothing(const flow::interest& interest, slot_type slot);

/// A change as a viewer is shown it; nothing when it does not concern the viewer.
std::optional<fanout::entry> seen_by(const flow::interest& interest, slot_type slot, const fanout::item_ptr& x);

/// The latest state of every character that a viewer sees, in no order.
std::vector<fanout::item_ptr> visible_now(const latest_states& latest, const flow::interest& interest, slot_type slot);

/// What a viewer has to be told when its interest has changed: the characters that it saw before (`visible_before`) and
/// does not see any more, and those that it sees and did not see before.
std::vector<fanout::entry> difference(const std::vector<fanout::item_ptr>& visible_before, const latest_states& latest,
                                      const flow::interest& interest, slot_type slot);

/// Why a viewer does not see something: a word of the operators' API.
std::string_view unseen_reason(const flow::interest& interest, slot_type slot);

/// The subscriptions of a viewer as clients are told them: `channels`, and `area` where it has one.
model::object interest_object(const flow::interest& interest, slot_type slot);

/// What the peers have to send for a viewer. An area is not told to them: it wants everything.
protocol::wants wants_of(const flow::interest& interest, slot_type slot);

/// The same for what a viewer asks for.
protocol::wants wants_of(const std::vector<std::string>& channels, const std::optional<model::area>& area);

/// What the peers have to send for all viewers: everything when somebody watches the world or an area, or when the
/// channels are more than is worth telling.
protocol::wants wants_of(const flow::interest& interest);

/// The codec lets only channels through that can be read; an unreadable one is left out.
std::vector<flow::channel> parse_channels(const std::vector<std::string>& texts);

} // namespace towncrier::edge
