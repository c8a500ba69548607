#include "actors/cluster/roster.hpp"

#include "actors/cluster/node_json.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>

namespace towncrier::cluster {

roster::roster(std::string prefix, std::string own, std::chrono::milliseconds lease)
    : prefix_(std::move(prefix)), own_(std::move(own)), own_key_(key_of(own_)), lease_(lease) {}

bool roster::read(const etcd::snapshot& x, time_point now) {
  const bool fell = x.revision < store_revision_;
  const bool doubtful = ever_read_ && (!reachable_ || fell);
  auto before = std::exchange(nodes_, {});
  town_.reset();
  town_revision_ = own_revision_ = 0;
  life_ = {};
  for (const auto& one : x.entries)
    remember(one.key, one.value, one.revision);
  if (doubtful) {
    before.insert(kept_.begin(), kept_.end());
    kept_until_ = now + lease_;
    keep(before, now);
  }
  std::erase_if(kept_, [&](const auto& kept) { return nodes_.contains(kept.first); });
  store_revision_ = x.revision;
  revision_ = std::max(revision_, x.revision);
  reachable_ = ever_read_ = true;
  return fell;
}

void roster::remember(const std::string& key, const std::string& value, std::uint64_t revision) {
  if (key == town_key()) {
    town_ = value;
    town_revision_ = revision;
    return;
  }
  if (key == life_key()) {
    life_ = {};
    std::from_chars(value.data(), value.data() + value.size(), life_.kept);
    life_.revision = revision;
    return;
  }
  if (key == own_key_)
    own_revision_ = revision;
  if (!key.starts_with(key_of("")))
    return;
  auto node = parse_node(value);
  if (node && key_of(node->id) != key)
    node = model::failure{"it names " + node->id};
  if (node) {
    nodes_.insert_or_assign(key, registered{std::move(*node), revision});
    return;
  }
  spdlog::warn("what etcd holds under {} is not understood: {}", key, node.error());
  nodes_.erase(key);
}

void roster::keep(const std::map<std::string, registered>& before, time_point now) {
  for (const auto& [key, was] : before)
    if (now < kept_until_ && key != own_key_ && was.node.active_until == 0 && !nodes_.contains(key))
      kept_.insert_or_assign(key, was);
}

void roster::apply(const etcd::change& x, time_point now) {
  store_revision_ = std::max(store_revision_, x.revision);
  // Nobody's view is another because of them.
  if (!x.key.starts_with(lives()))
    revision_ = std::max(revision_, x.revision);
  if (x.value) {
    remember(x.key, *x.value, x.revision);
    kept_.erase(x.key);
    return;
  }
  if (x.key == town_key()) {
    town_.reset();
    town_revision_ = 0;
  }
  if (x.key == own_key_)
    own_revision_ = 0;
  if (x.key == life_key())
    life_ = {};
  if (const auto gone = nodes_.extract(x.key))
    keep({{gone.key(), gone.mapped()}}, now);
}

void roster::forget(time_point now) {
  if (reachable_ && now >= kept_until_)
    kept_.clear();
}

protocol::cluster_view roster::view() const {
  protocol::cluster_view result{revision_, {}, town_, town_revision_, reachable_};
  for (const auto& all : {&nodes_, &kept_})
    for (const auto& [key, one] : *all)
      result.nodes.push_back(one.node);
  std::sort(result.nodes.begin(), result.nodes.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return result;
}

const roster::registered* roster::own() const {
  const auto found = nodes_.find(own_key_);
  return found == nodes_.end() ? nullptr : &found->second;
}

std::uint64_t roster::own_revision() const { return own_revision_; }

} // namespace towncrier::cluster
