#pragma once

#include "flow/interest.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace towncrier::edge {

/// The channels that one connection may have.
inline constexpr std::size_t max_channels = 10'000;

/// Up to so many channels in force are listed to a client that changed them; of more it is told how many.
inline constexpr std::size_t max_listed_channels = 100;

/// Why `more` channels cannot be added to those that `who` has; nothing when they can.
std::optional<std::string> too_many_channels(const flow::interest& all, flow::interest::slot who,
                                             std::span<const flow::channel> more);

/// The data that answers a `subscribe` (`change`: "added") or an `unsubscribe` ("removed"): the `channels` in force or,
/// where they are many, their `count` and how many this changed; and the `area`. So subscribing to many channels, part
/// after part, costs what the parts cost.
model::object subscription_answer(const flow::interest& all, flow::interest::slot who, std::string_view change,
                                  std::size_t changed);

} // namespace towncrier::edge
