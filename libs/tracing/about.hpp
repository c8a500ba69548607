#pragma once

#include "model/batch.hpp"
#include "model/client_message.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace towncrier::tracing {

/// What a followed message is about.
struct about {
  /// `character:ID` or `event:TYPE`.
  std::string subject;
  /// As in the protocol: `character_update`, `event_notification`, ...
  std::string_view type;
  /// Of a character's state; 0: not known yet, or an event.
  std::uint64_t epoch = 0;
  std::uint64_t version = 0;
  /// Of an event: its place in what its node said; empty: not known yet.
  std::string event_id{};
};

about about_of(const model::character_input& x);
about about_of(const model::event_input& x);
about about_of(const model::change& x);

/// The same, and the place of an event.
about about_of(const model::batch& x, std::size_t index);

} // namespace towncrier::tracing
