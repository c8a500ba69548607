#pragma once

#include "hosting/actor.hpp"
#include "protocol/interfaces.hpp"

namespace towncrier::cluster {

/// Carries the questions of inspectors over the links, as MessagePack: both those of this node and those of others.
using inspection_bridge_actor = caf::typed_actor<
    /// This node's inspector asks others.
    caf::replies_to<protocol::peers_request>::with<protocol::peers_answer>,
    /// Another node's inspector asks this one.
    caf::replies_to<protocol::link_question>::with<protocol::link_answer>,
    /// Who answers, and who knows the links.
    caf::reacts_to<protocol::inspector_actor>, caf::reacts_to<protocol::exchange_actor>>;

class inspection_bridge_state {
public:
  static inline const char* name = "inspection_bridge";
  using self_pointer = hosting::pointer<inspection_bridge_actor, inspection_bridge_state>;

  explicit inspection_bridge_state(self_pointer self) : self_(self) {}

  caf::result<protocol::peers_answer> ask(const protocol::peers_request& x);
  caf::result<protocol::link_answer> answer(const protocol::link_question& x);
  void ask_for_peers(const protocol::inspector_actor& x) { inspector_ = x; }
  void use_links_of(const protocol::exchange_actor& x) { exchange_ = x; }
  model::object describe() const { return {{"asked", asked_}, {"answered", answered_}}; }

private:
  void ask_nodes(const std::vector<std::string>& nodes, const model::value& question,
                 caf::typed_response_promise<protocol::peers_answer> promise);

  self_pointer self_;
  protocol::exchange_actor exchange_;
  protocol::inspector_actor inspector_;
  std::uint64_t asked_ = 0;
  std::uint64_t answered_ = 0;
};

inspection_bridge_actor::behavior_type inspection_bridge(inspection_bridge_state::self_pointer self);

} // namespace towncrier::cluster
