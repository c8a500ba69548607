#pragma once

#include "actors/cluster/roster.hpp"
#include "flow/life_number.hpp"
#include "hosting/actor.hpp"
#include "protocol/interfaces.hpp"
#include "protocol/options.hpp"

#include <caf/send.hpp>

#include <functional>
#include <memory>

namespace towncrier::cluster {

/// What the membership needs of others.
struct membership_services {
  /// Outlives the actor. What it calls back after that is dropped.
  etcd::store* store = nullptr;
  /// Who wants views.
  std::vector<protocol::view_listener_actor> listeners;
  /// The cluster's time, in milliseconds since the Unix epoch.
  std::function<std::uint64_t()> time;
  /// Called once, when a later life of this node's id has taken the key over: this one has to end.
  std::function<void(const protocol::node_info& by)> superseded;
  /// The number of this life; nullptr: nobody keeps any.
  std::shared_ptr<const flow::life_number> life{};
  /// Whether etcd has been told of it: then it is above those of all earlier lives.
  bool claimed = false;
  /// Called once, when it turns out not to be: a life with the number `by` is known.
  std::function<void(std::uint64_t by)> outlived{};
  /// Whether `time` is known, and to be called when there is nobody to hear it from: no other node, or none that can be
  /// heard. Empty: it is known.
  std::function<bool()> time_is_known{};
  std::function<void(bool is_first)> begin_time{};
};

/// Keeps this node registered in etcd and knows the others that are. See this room's README for what is in etcd.
struct membership_state {
  static inline const char* name = "membership";
  using self_pointer = hosting::pointer<protocol::membership_actor, membership_state>;

  explicit membership_state(self_pointer ptr) : self(ptr) {}

  void tick();

  // Reading and watching.
  void read();
  void take(const model::result<etcd::snapshot>& x);
  void take(std::uint64_t watch, const std::vector<etcd::change>& xs);
  void watch_ended(std::uint64_t watch, const std::string& why);
  void lose(const std::string& why);
  void publish();

  // Being registered.
  void look_after_own_key();
  void get_lease();
  void write_own_key();
  void take(const model::result<etcd::put_result>& x);
  void keep_alive();
  bool has_its_number();
  void look_after_time();
  std::uint64_t from_now_on() const;
  void keep_number(std::uint64_t number);
  void be_superseded(const protocol::node_info& by);

  caf::result<bool> leave(const protocol::leave_request& x);
  void announce(caf::typed_response_promise<bool> promise);
  void deregister(caf::typed_response_promise<bool> promise);
  caf::result<protocol::town_update_result> update_town(const protocol::town_update& x);
  protocol::membership_status status() const;
  model::object describe() const;

  /// A callback for the store that runs `f` on this actor's turn, if the actor still lives then.
  template <class F>
  auto here(F f) {
    return [to = caf::actor_cast<caf::actor_addr>(self), f = std::make_shared<F>(std::move(f))](auto... xs) {
      if (const auto handle = caf::actor_cast<protocol::membership_actor>(to))
        caf::anon_send(handle, protocol::store_report{[f, xs...] { (*f)(xs...); }});
    };
  }

  self_pointer self;
  membership_services services;
  protocol::cluster_options options;
  protocol::node_info node;
  std::optional<roster> known;
  std::optional<protocol::cluster_view> published;

  bool reading = false;
  bool watching = false;
  /// Names the watch that counts.
  std::uint64_t watch = 0;

  std::uint64_t lease = 0;
  bool asking_lease = false;
  bool writing = false;
  /// What etcd must have told us of before our key is looked at again: our own last write of it.
  std::uint64_t written = 0;
  /// Whether the key held our present value, under our lease, when it was seen last.
  bool registered = false;
  bool superseded = false;
  bool outlived = false;
  bool keeping = false; ///< the number for the next life is being written
  bool left = false;
  std::chrono::steady_clock::time_point renewed{};
  /// When the key was seen first; empty: it was not.
  std::optional<std::chrono::steady_clock::time_point> seen_at{};
  bool renewing = false;
  std::uint64_t failures = 0;
  std::uint64_t registrations = 0;
};

protocol::membership_actor::behavior_type membership(membership_state::self_pointer self, membership_services services,
                                                     protocol::node_info node, protocol::cluster_options options);

} // namespace towncrier::cluster
