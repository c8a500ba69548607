#pragma once

#include "tracing/span.hpp"

#include <caf/actor_addr.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace towncrier::tracing {

/// Something that an operator follows.
struct watched {
  /// Names the trace in every mark.
  std::uint64_t asked = 0;
  /// `character:ID`, `event:TYPE` or `connection:ID`; of connections those of this node alone.
  std::string subject;
  /// Messages that may still begin on this node.
  std::shared_ptr<std::atomic<std::int64_t>> left;
  /// Every message is followed, to find those that the connection is shown.
  bool everything = false;
};

/// What is followed on one node, for the actors where messages come in. Any thread.
class board final : public model::trace_sink, public std::enable_shared_from_this<board> {
public:
  board() = default;
  ~board() override;
  board(const board&) = delete;
  board& operator=(const board&) = delete;

  /// Whether anything is: one relaxed load.
  bool on() const noexcept { return on_.load(std::memory_order_relaxed); }

  /// What is followed from now on.
  void watch(std::vector<watched> x);

  /// Who is told what was noted, before anything is watched.
  void tell(caf::actor_addr tracer) { tracer_ = std::move(tracer); }

  /// The mark of a message that begins here; nullptr: nobody follows it. `from`: the connection that it came by, as
  /// `c17`; empty: by none. `given`: what its publisher says that it is part of; may be nullptr.
  model::trace_ptr begin(const about& what, std::string_view from, const model::trace_ptr& given);

  /// A mark out of a batch of a peer, which speaks of another node's clock; nullptr while nothing is followed here.
  model::trace_ptr adopt(const model::trace_ptr& x, std::uint64_t parent);

  void take(report x) const;

private:
  std::atomic<bool> on_{false};
  std::mutex mutex_;
  std::vector<watched> watched_;
  caf::actor_addr tracer_;
};

using board_ptr = std::shared_ptr<board>;

/// Whether anybody follows anything on the node of `x`, which may be nullptr.
inline bool is_on(const board_ptr& x) noexcept { return x != nullptr && x->on(); }

/// A number that nothing else has, about; never 0.
std::uint64_t random_id();

/// The same number on both sides: names a step that two nodes speak of.
std::uint64_t derived_id(std::uint64_t from, std::string_view text) noexcept;

} // namespace towncrier::tracing
