#pragma once

#include "actors/cluster/peer_link.hpp"
#include "flow/send_log.hpp"
#include "flow/state_table.hpp"
#include "hosting/actor.hpp"
#include "protocol/interfaces.hpp"

#include <map>

namespace towncrier::cluster {

struct exchange_settings {
  std::string node;
  std::uint64_t incarnation = 0;
  /// What this node said, kept for peers.
  std::size_t log_bytes = 64 * 1024 * 1024;
  std::chrono::milliseconds log_age{120'000};
  /// How long a node is away until positions do not name it any more. Well above all ages of logs and histories in the
  /// cluster together: nobody who may come back then has anything of it left to get.
  std::chrono::milliseconds forget_age{300'000};
  /// For each link, of which there is none without a dialer: the node is alone.
  link_settings link;
};

/// Hands every batch to all hubs of this node, and those of this node to every peer. Knows the latest state of every
/// character, whoever said it, and what this node said lately.
///
/// exchange.cpp: batches; exchange_peers.cpp: the view and the links; exchange_missed.cpp: what peers have missed;
/// exchange_rounds.cpp: what all links are asked.
struct exchange_state {
  static inline const char* name = "exchange";
  using self_pointer = hosting::pointer<protocol::exchange_actor, exchange_state>;

  explicit exchange_state(self_pointer self);

  // -- batches

  void outgoing(const protocol::outgoing_batch& x);
  void from_peer(const protocol::peer_batch& x);
  bool is_new(const protocol::peer_batch& x) const;
  /// What came of it when a batch was taken in.
  struct conflicts {
    protocol::overtaken lost;
    std::vector<model::change> objections;
  };

  /// Gives for each change of this node's the state before, where the character was elsewhere; or nothing at all.
  std::vector<model::character_ptr> keep(const model::batch& x, protocol::parcel_kind kind, bool own);
  model::character_ptr keep_own(const model::character_change& x, std::uint64_t sequence, conflicts& to);
  void keep_foreign(const model::character_change& x, bool is_objection, conflicts& to);
  /// Whether the life of the node that wrote this is over, so that nobody will tell of it.
  bool is_orphan(const model::revision& x) const;
  bool knows_orphans() const;
  protocol::lookup_answer look_up(const protocol::lookup_request& x) const;
  void tick();

  // -- peers

  void see(const protocol::cluster_view& x);
  void note_gone(const std::map<std::string, std::uint64_t>& before);
  void restate_gone();
  void restate(const std::string& node) const;
  void forget_absent();
  protocol::peer_link_actor& link_to(const protocol::node_info& x);
  caf::result<protocol::link_reply> greeted(protocol::link_hello& x);
  protocol::log_answer missed(const protocol::log_request& x) const;
  protocol::log_answer conflated(const protocol::log_request& x, std::uint64_t upto, protocol::parcel_kind kind) const;
  void add_hub(const protocol::hub_actor& x);
  caf::result<bool> want(const protocol::hub_wants& x);
  protocol::wants wanted() const;
  void list_links(caf::typed_response_promise<protocol::link_list> promise);
  caf::result<protocol::link_answer> ask(const std::string& node, protocol::link_question& x);
  void link_ended(const caf::actor_addr& who);

  model::object describe() const;
  bool is_alone() const noexcept { return !settings.link.dialer; }
  flow::time_point now() const;

  /// The latest of a character.
  struct known_state {
    model::character_ptr now;
    /// This node's batch that it went out with; 0 when another node said it.
    std::uint64_t sequence = 0;
  };

  self_pointer self;
  exchange_settings settings;
  std::vector<protocol::hub_actor> hubs;
  /// What each hub wants of the peers; everything where it has not said.
  std::map<caf::actor_addr, protocol::wants> wanted_by;
  protocol::character_directory_actor directory;
  flow::state_table<known_state> latest;
  /// Characters of this node that left, for peers that missed it: with the batch that said so.
  flow::fifo<std::pair<std::uint64_t, model::character_ptr>> removed;
  flow::send_log<protocol::parcel_ptr> said;
  /// How far it has come in what the peers said.
  model::position heard;
  std::map<std::string, protocol::peer_link_actor> links;
  /// The incarnations of the nodes in the view.
  std::map<std::string, std::uint64_t> lives;
  /// Nodes whose lives ended, and when the peers are told what each said last: some may have heard less of it.
  std::map<std::string, flow::time_point> gone;
  /// Nodes that left the view, and when the hubs forget them.
  std::map<std::string, flow::time_point> absent;
  std::uint64_t links_begun = 0;
};

protocol::exchange_actor::behavior_type exchange(exchange_state::self_pointer self, exchange_settings settings);

} // namespace towncrier::cluster
