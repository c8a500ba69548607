#pragma once

#include "actors/ops/trace_merge.hpp"
#include "actors/ops/trace_record.hpp"
#include "hosting/actor.hpp"
#include "protocol/interfaces.hpp"
#include "tracing/board.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <string>

namespace towncrier::ops {

/// What a tracer knows of its node.
struct tracer_services {
  std::string node;
  /// Where it says what is followed, and from where it is told what was noted.
  tracing::board_ptr board;
};

/// Follows messages for operators: of its own node, and, through the tracers of the others, over the whole cluster. A
/// trace that is asked of it begins on all nodes; what they noted is put together when somebody asks, and twice a
/// second, until its messages are complete or its time is over.
///
/// tracer.cpp: what operators ask, and time; tracer_peers.cpp: what the tracers of all nodes do for each other.
struct tracer_state {
  static inline const char* name = "tracer";
  using self_pointer = hosting::pointer<protocol::tracer_actor, tracer_state>;
  using promise = caf::typed_response_promise<protocol::inspect_answer>;

  /// Of all nodes; more are refused.
  static constexpr std::size_t max_running = 8;
  /// Those that are over among them: the oldest are forgotten.
  static constexpr std::size_t max_kept = 32;
  /// How many messages are looked at on one node, between two ticks, to find those that a connection is shown.
  static constexpr std::int64_t looked_at_per_tick = 10;
  static constexpr std::chrono::milliseconds tick_interval{500};

  enum class progress { following, complete, ended };
  static std::string_view name_of(progress x) noexcept;

  struct trace {
    std::uint64_t id = 0;
    std::string subject;
    /// Where it was asked for.
    std::string node;
    std::uint64_t count = 1;
    std::chrono::steady_clock::time_point until;
    double began = 0;
    progress state = progress::following;
    /// Messages that may yet begin here.
    std::shared_ptr<std::atomic<std::int64_t>> left;
    trace_part noted;
    /// Of all nodes, where somebody asked here.
    trace_merge all;

    bool of_connection() const { return subject.starts_with("connection:"); }
  };

  explicit tracer_state(self_pointer self);

  void take(const tracing::report& x);
  void ask(const protocol::inspect_request& x, promise to);
  void tick();

  // -- for operators

  void start(const model::object& question, promise to);
  void show(const model::object& question, promise to);
  void end(const model::object& question, promise to);
  model::object list() const;

  // -- for other nodes, and what they are told

  /// nullptr: there is no room.
  trace* begin(std::uint64_t id, const model::object& question);
  model::object part(const model::object& question);
  /// Asks all nodes for their parts of `x`, and puts them together; then calls `done`.
  void gather(std::uint64_t id, std::function<void()> done);
  void tell_peers(model::object question);

  void gathered(trace& x);
  void finish(trace& x, progress how);
  void watch();
  trace* find(std::uint64_t id);
  model::object summary(const trace& x) const;
  /// What other nodes have to know of a trace to begin it.
  model::object order(std::string_view op, const trace& x) const;
  std::size_t running() const;
  model::object describe() const;

  self_pointer self;
  tracer_services services;
  protocol::inspection_peers_actor peers;
  /// Oldest first.
  std::list<trace> traces;
  bool ticking = false;
};

protocol::tracer_actor::behavior_type tracer(tracer_state::self_pointer self, tracer_services services);

} // namespace towncrier::ops
