#include "actors/cluster/exchange.hpp"

#include <algorithm>

namespace towncrier::cluster {

namespace {

/// How long after a node's end what it said last is told again: by then others have taken over what they are to.
constexpr std::chrono::seconds settling_time{2};

/// The heap that the changes of one message about such a node hold, about.
constexpr std::size_t restated_bytes = 128 * 1024;

/// Only what was said shortly before a node's end may have reached some and not others.
constexpr std::size_t max_restated_removals = 1000;

} // namespace

void exchange_state::see(const protocol::cluster_view& x) {
  if (is_alone())
    return;
  const auto has = [&](const std::string& id) {
    return std::any_of(x.nodes.begin(), x.nodes.end(), [&](const auto& node) { return node.id == id; });
  };
  const auto before = std::exchange(lives, {});
  for (const auto& node : x.nodes)
    lives[node.id] = node.incarnation;
  note_gone(before);
  for (const auto& node : x.nodes)
    if (node.id != settings.node && !node.link.empty())
      self->send(link_to(node), node);
  for (const auto& [id, link] : links)
    if (!has(id))
      self->send(link, protocol::stop_atom::value);
}

void exchange_state::note_gone(const std::map<std::string, std::uint64_t>& before) {
  for (const auto& [id, life] : before)
    if (const auto at = lives.find(id); id != settings.node && (at == lives.end() || at->second != life))
      gone[id] = now() + settling_time;
  for (const auto& [id, life] : before)
    if (id != settings.node && !lives.contains(id))
      absent.try_emplace(id, now() + settings.forget_age);
}

void exchange_state::restate_gone() {
  std::erase_if(gone, [&](const auto& x) {
    const auto& [id, due] = x;
    // While there is a link, the node may still speak.
    if (now() < due || (links.contains(id) && !lives.contains(id)))
      return false;
    restate(id);
    return true;
  });
}

/// The peers may hold less of what `node` said before its end, each something else: now all hold the latest of it.
void exchange_state::restate(const std::string& node) const {
  std::vector<model::change> changes;
  std::size_t size = 0;
  const auto tell = [&] {
    const auto batch = std::make_shared<const model::batch>(
        model::batch{{settings.node, settings.incarnation, said.last()}, std::exchange(changes, {})});
    for (const auto& [id, link] : links)
      self->send(link, protocol::outgoing_objection{batch});
    size = 0;
  };
  const auto add = [&](model::change_kind kind, model::character_ptr last) {
    changes.push_back(model::character_change{kind, std::move(last), {}, kind == model::change_kind::update});
    size += model::estimated_size(changes.back());
    if (size >= restated_bytes)
      tell();
  };
  const auto is_of_it = [&](const model::revision& x) { return x.owner == node && is_orphan(x); };
  latest.for_each([&](const auto&, const known_state& x) {
    if (is_of_it(x.now->rev))
      add(model::change_kind::update, x.now);
  });
  latest.for_each_removed(max_restated_removals, [&](const model::character_id& id, const model::revision& rev) {
    if (is_of_it(rev))
      add(model::change_kind::removed,
          std::make_shared<const model::character>(model::character{id, {}, {}, {}, {}, {}, rev, 0}));
  });
  if (!changes.empty())
    tell();
}

/// Positions would only grow by nodes that come no more.
void exchange_state::forget_absent() {
  // While there is a link, the node may still speak.
  for (auto& [id, due] : absent)
    if (links.contains(id))
      due = now() + settings.forget_age;
  std::erase_if(absent, [&](const auto& x) {
    const auto& [id, due] = x;
    if (lives.contains(id))
      return true;
    if (now() < due)
      return false;
    for (const auto& hub : hubs)
      self->send(hub, protocol::forget_origin{id});
    return true;
  });
}

protocol::peer_link_actor& exchange_state::link_to(const protocol::node_info& x) {
  auto& link = links[x.id];
  if (link)
    return link;
  auto own = settings.link;
  own.seed = own.seed * 31 + std::hash<std::string>{}(x.id) + ++links_begun;
  link = hosting::spawn_on(self->system(), nullptr, peer_link, protocol::exchange_actor{self}, std::move(own), x,
                           heard.find(x.id).value_or(model::position::mark{}));
  self->monitor(link);
  caf::anon_send(link, protocol::own_wants{wanted()});
  return link;
}

void exchange_state::link_ended(const caf::actor_addr& who) {
  std::erase_if(links, [&](const auto& x) { return x.second.address() == who; });
}

caf::result<protocol::link_reply> exchange_state::greeted(protocol::link_hello& x) {
  const auto at = links.find(x.node);
  if (at == links.end())
    return protocol::link_reply{false, "node " + settings.node + " does not know " + x.node + " yet", {}};
  return self->delegate(at->second, std::move(x));
}

caf::result<protocol::link_answer> exchange_state::ask(const std::string& node, protocol::link_question& x) {
  const auto at = links.find(node);
  if (at == links.end())
    return caf::make_error(caf::sec::cannot_connect_to_node, "no link with node " + node);
  return self->delegate(at->second, protocol::forward_atom::value, std::move(x));
}

} // namespace towncrier::cluster
