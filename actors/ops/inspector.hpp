#pragma once

#include "actors/ops/actor_view.hpp"
#include "hosting/actor.hpp"
#include "hosting/actor_list.hpp"
#include "protocol/interfaces.hpp"

#include <functional>

namespace towncrier::ops {

/// What an inspector needs of its node.
struct inspector_services {
  std::string node;
  protocol::admission_actor admission;
  protocol::character_directory_actor characters;
  /// Sets the level of the log; false: there is no such level.
  std::function<bool(const std::string&)> set_log_level;
  /// Answers questions about traces; empty: there is none.
  protocol::tracer_actor tracer{};
};

/// Answers operators' questions, for its own node or, through `peers`, for all. A question is an object with `what`:
/// nodes, actors, actor, top, kinds, ended, why, trace, act; nodes/API.md says the rest.
///
/// inspector.cpp: questions about actors, and those of other nodes. inspector_states.cpp: what actors say they are
/// about. inspector_top.cpp: the busiest. inspector_acts.cpp: why, and acts.
struct inspector_state {
  static inline const char* name = "inspector";
  using self_pointer = hosting::pointer<protocol::inspector_actor, inspector_state>;
  using promise = caf::typed_response_promise<protocol::inspect_answer>;

  explicit inspector_state(self_pointer self);

  void ask(const protocol::inspect_request& x, promise to);
  /// For this node alone.
  void answer(const model::object& question, promise to);
  void ask_peers(const std::string& node, model::object question, model::value mine, promise to);
  model::object actors(const model::object& question) const;
  model::object nodes() const;
  model::object kinds() const;
  model::object ended() const;
  void actors_with_states(const model::object& question, promise to);
  void actor(const model::object& question, promise to);
  /// Gives `then` the members `state` and, where it is not known, `note`.
  void ask_state(caf::actor_id id, std::function<void(model::object)> then);
  void ask_subscriptions(const caf::strong_actor_ptr& connection, model::value state,
                         std::function<void(model::object)> then);
  void top(const model::object& question, promise to);
  void why(const model::object& question, promise to);
  void trace(const model::object& question, promise to);
  void act(const model::object& question, promise to);
  void close(const std::string& connection, promise to);

  /// What was counted of each actor at one moment.
  struct sample {
    struct one {
      caf::actor_id id = 0;
      std::uint64_t handled = 0;
      std::uint64_t busy = 0;
    };
    std::chrono::steady_clock::time_point at;
    std::vector<one> actors; ///< by id
  };
  struct waiting {
    model::object question;
    promise to;
  };

  void tick();
  void take_sample();
  rates rates_of(const hosting::actor_row& x, double window) const;
  model::object busiest(const model::object& question) const;
  model::object describe() const;

  self_pointer self;
  inspector_services services;
  protocol::inspection_peers_actor peers;
  sample before;
  std::vector<hosting::actor_row> latest;
  std::chrono::steady_clock::time_point latest_at;
  std::chrono::steady_clock::time_point asked_at;
  bool ticking = false;
  bool has_window = false;
  std::vector<waiting> waiting_for_window;
};

protocol::inspector_actor::behavior_type inspector(inspector_state::self_pointer self, inspector_services services);

} // namespace towncrier::ops
