#pragma once

#include "actors/edge/flush_window.hpp"
#include "actors/edge/viewers.hpp"
#include "model/batch.hpp"
#include "tracing/span.hpp"

#include <optional>
#include <vector>

/// What a hub notes of followed messages. All of it costs nothing while nobody follows any.
namespace towncrier::edge {

/// A followed change has come. `item` is what came of it; nullptr: it was left out. Gives what is to be followed on.
std::optional<fanout::followed_item> note_arrival(const model::batch& x, const model::marked_change& marked,
                                                  const fanout::item_ptr& item);

/// Notes what became of the followed items for the viewers that were not shown them: they do not watch them, or will be
/// given them when they are caught up.
void note_flush(gathered& x, viewers& of, const flow::interest& interest);

/// `xs` waited for a viewer, which does not see them.
void note_unseen(const viewer& x, const std::vector<fanout::followed_item>& xs, std::string_view reason);

/// `xs` waited for a viewer, which is given a snapshot instead.
void note_given_up(const viewer& x, const std::vector<fanout::followed_item>& xs);

} // namespace towncrier::edge
