#pragma once

#include "hosting/actor.hpp"
#include "protocol/interfaces.hpp"
#include "protocol/options.hpp"

#include <map>
#include <optional>
#include <unordered_map>

namespace towncrier::edge {

/// Counts clients against the cap and knows each by its id, from its knock until its actor has ended.
struct admission_state {
  static inline const char* name = "admission";
  using self_pointer = hosting::pointer<protocol::admission_actor, admission_state>;

  explicit admission_state(self_pointer self);

  protocol::admission_result enter(const protocol::enter_request& x);
  void left(const caf::down_msg& x);
  void review(const protocol::grants_changed& x) const;
  caf::result<bool> stop();
  void close_wave();
  protocol::connection_list list() const;
  protocol::found_connection find(const protocol::find_connection& x) const;
  model::object describe() const;

  struct client {
    protocol::connection_actor who;
    protocol::connection_info info;
    std::string group; ///< see `address_group`; empty where addresses are not counted
  };

  self_pointer self;
  protocol::edge_options options;
  std::map<protocol::connection_id, client> clients;
  std::unordered_map<caf::actor_addr, protocol::connection_id> ids;
  std::unordered_map<std::string, std::size_t> by_address; ///< clients of each, where they are limited
  protocol::connection_id last_id = 0;
  /// Up to which id a stopping node has told its clients to go.
  std::optional<protocol::connection_id> told;
  std::vector<caf::typed_response_promise<bool>> waiting_for_end;
};

protocol::admission_actor::behavior_type admission(admission_state::self_pointer self, protocol::edge_options options);

} // namespace towncrier::edge
