#include "actors/cluster/peer_links.hpp"

#include "actors/cluster/peer_link.hpp"
#include "hosting/gathering.hpp"

namespace towncrier::cluster {

namespace {

/// How long a link may take to say where it stands.
constexpr std::chrono::seconds status_patience{1};

} // namespace

void peer_links::see(const protocol::cluster_view& x, const model::position& heard, const protocol::wants& interest) {
  for (const auto& node : x.nodes) {
    if (node.id == settings_.node || node.link.empty())
      continue;
    auto& link = links_[node.id];
    if (!link)
      link = begin(node, heard.find(node.id).value_or(model::position::mark{}), interest);
    self_->send(link, node);
  }
  for (const auto& [id, link] : links_)
    if (!lives_.has(id))
      self_->send(link, protocol::stop_atom::value);
}

protocol::peer_link_actor peer_links::begin(const protocol::node_info& x, model::position::mark heard,
                                            const protocol::wants& interest) {
  auto settings = settings_;
  settings.seed = settings.seed * 31 + std::hash<std::string>{}(x.id) + ++begun_;
  auto link = hosting::spawn_on(self_->system(), nullptr, peer_link, protocol::exchange_actor{self_},
                                std::move(settings), x, heard);
  self_->monitor(link);
  lives_.link_began(x.id);
  caf::anon_send(link, protocol::own_wants{interest});
  return link;
}

void peer_links::ended(const caf::actor_addr& who) {
  std::erase_if(links_, [&](const auto& x) {
    if (x.second.address() != who)
      return false;
    lives_.link_ended(x.first);
    return true;
  });
}

void peer_links::stop() {
  for (const auto& [node, link] : links_)
    caf::anon_send_exit(link, caf::exit_reason::user_shutdown);
}

caf::result<protocol::link_reply> peer_links::greeted(protocol::link_hello& x) {
  const auto found = links_.find(x.node);
  if (found == links_.end())
    return protocol::link_reply{false, "node " + settings_.node + " does not know " + x.node + " yet", {}};
  return self_->delegate(found->second, std::move(x));
}

caf::result<protocol::link_answer> peer_links::ask(const std::string& node, protocol::link_question& x) {
  const auto found = links_.find(node);
  if (found == links_.end())
    return caf::make_error(caf::sec::cannot_connect_to_node, "no link with node " + node);
  return self_->delegate(found->second, protocol::forward_atom::value, std::move(x));
}

void peer_links::object(const std::string& node, protocol::outgoing_objection x) {
  if (const auto found = links_.find(node); found != links_.end())
    self_->send(found->second, std::move(x));
}

void peer_links::send(const protocol::outgoing_parcel& x) {
  for (const auto& [node, link] : links_)
    self_->send(link, x);
}

void peer_links::object(const protocol::outgoing_objection& x) {
  for (const auto& [node, link] : links_)
    self_->send(link, x);
}

void peer_links::tell_interest(const protocol::wants& x) {
  for (const auto& [node, link] : links_)
    caf::anon_send(link, protocol::own_wants{x});
}

caf::result<bool> peer_links::ask_to_follow(const protocol::wants& x) {
  auto promise = self_->make_response_promise<bool>();
  const auto all = hosting::gather(true, links_.size(), promise);
  for (const auto& [node, link] : links_)
    self_->request(link, caf::infinite, protocol::own_wants{x})
        .then([all](bool) { all->done(); }, [all](const caf::error&) { all->done(); });
  all->done();
  return promise;
}

caf::result<protocol::link_list> peer_links::list(std::uint64_t said) {
  auto promise = self_->make_response_promise<protocol::link_list>();
  const auto list = hosting::gather(protocol::link_list{}, links_.size(), promise);
  for (const auto& [node, link] : links_)
    self_->request(link, status_patience, protocol::list_atom::value)
        .then(
            [list, said](protocol::link_status& x) {
              x.said = said;
              list->all.links.push_back(std::move(x));
              list->done();
            },
            [list](const caf::error&) { list->done(); });
  list->done();
  return promise;
}

model::array peer_links::names() const {
  model::array result;
  for (const auto& [node, link] : links_)
    result.emplace_back(node);
  return result;
}

} // namespace towncrier::cluster
