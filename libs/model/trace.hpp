#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace towncrier::model {

/// Takes in what is noted of followed messages: of this node, and opaque here.
class trace_sink {
public:
  virtual ~trace_sink() = default;
};

/// Goes with a message that an operator follows, through every actor and node. A message that nobody follows has none,
/// or, where its publisher sent a `traceparent`, one without a sink, which only holds what that said.
struct trace_mark {
  /// The message, by the W3C's Trace Context: the first and the last 8 bytes of its trace id. Never all 0.
  std::array<std::uint64_t, 2> id{};
  /// The step that it comes from; 0: this is its beginning.
  std::uint64_t parent = 0;
  /// What the publisher called its own span; 0: it said nothing.
  std::uint64_t publisher = 0;
  /// When the message began, in nanoseconds since the Unix epoch by the clock of its origin.
  std::int64_t began = 0;
  /// When it was handed on to who has it now, by the clock of this node.
  std::int64_t sent = 0;
  /// The traces that it is part of.
  std::vector<std::uint64_t> asked{};
  /// Who takes in what is noted of it; nullptr: nobody.
  std::shared_ptr<trace_sink> sink{};
};

using trace_ptr = std::shared_ptr<const trace_mark>;

/// A change of a batch that is followed.
struct marked_change {
  /// Its index in the batch.
  std::uint32_t change = 0;
  trace_ptr mark;
};

/// Whether somebody takes in what is noted of a message.
inline bool followed(const trace_ptr& x) noexcept { return x != nullptr && x->sink != nullptr; }

} // namespace towncrier::model
