#pragma once

#include "model/trace.hpp"
#include "tracing/about.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/fwd.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace towncrier::tracing {

/// What became of a message at one step.
enum class outcome : std::uint8_t {
  passed,    ///< it went on; of a viewer: it waits for the socket
  written,   ///< the viewer's socket took it
  conflated, ///< a later state took its place
  filtered,  ///< the viewer does not watch it
  dropped,   ///< it ended here
  held,      ///< it is kept back for now
};

inline constexpr std::size_t outcome_count = 6;

std::string_view to_string(outcome x) noexcept;

/// One step of a followed message: an actor had it. Times in nanoseconds; `start` since the Unix epoch.
struct span {
  std::uint64_t id = 0;
  std::uint64_t parent = 0;
  std::uint64_t actor = 0;
  std::string kind;
  std::string label;
  std::string_view step;
  std::int64_t start = 0;
  std::int64_t mailbox = 0; ///< waited before `start`
  std::int64_t handler = 0; ///< in handlers, after `start`
  std::int64_t kept = 0;    ///< waited with the actor besides, after `start`: in its window, in its queue
  outcome result = outcome::passed;
  std::string reason;
  /// A further turn of a step that was told of before, under the same id.
  bool more = false;
};

/// What was noted of one message in one turn.
struct message_notes {
  model::trace_ptr mark;
  std::optional<about> what;
  std::vector<span> spans;
  /// By outcome, how many viewers more than before; `passed`: they wait.
  std::array<std::int64_t, outcome_count> receivers{};
  std::uint64_t left_off = 0;
};

/// What was noted in one turn, or several that were one within the other.
struct report {
  std::vector<message_notes> messages;
};

/// Of a message and a node.
inline constexpr std::size_t max_spans = 1000;

} // namespace towncrier::tracing

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(towncrier::tracing::report)
