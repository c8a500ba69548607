#include "actors/world/town_share.hpp"

#include "codec/json.hpp"
#include "flow/rendezvous.hpp"

#include <algorithm>
#include <iterator>
#include <map>

namespace towncrier::world {

namespace {

/// A node that was away for longer, in ticks, does not tell what it missed step by step.
constexpr std::uint64_t max_steps = 240;

/// Names an event of the town on every node that lives through it: what it is, when, and which of several alike.
std::uint64_t key_of(const model::event_input& x, std::uint64_t at, std::map<std::string, int>& alike) {
  std::string text = x.event_type;
  codec::append_json(text, x.data);
  const auto count = alike[text]++;
  return std::max<std::uint64_t>(1, flow::claim(text, std::to_string(at) + "/" + std::to_string(count)));
}

} // namespace

town_share::town_share(std::string node, std::uint64_t tick, std::uint64_t repeat)
    : node_(std::move(node)), tick_(tick), repeat_(repeat) {}

void town_share::run_by(const shared_clock& x, std::uint64_t now) {
  while (!clocks_.empty() && clocks_.back().wall >= x.wall)
    clocks_.pop_back();
  clocks_.push_back(x);
  if (begun())
    return;
  town_ = std::make_unique<town::simulation>(*definition_, x.seed, x.characters);
  for (const auto& input : town_->initial().changes)
    everybody_.push_back(input.id);
  last_ = now / tick_;
  catch_up(last_ * tick_);
}

town::outcome town_share::advance(std::uint64_t now) {
  town::outcome out;
  const auto present = now / tick_;
  if (present > last_ + max_steps) {
    last_ = present;
    catch_up(present * tick_);
    owned_.clear(); // whoever is this node's is told anew
    nodes_.clear();
    change_hands(active_at(present * tick_), present * tick_, out);
  }
  while (last_ < present)
    step(++last_ * tick_, out);
  while (clocks_.size() > 1 && clocks_[1].wall <= last_ * tick_)
    clocks_.pop_front();
  return out;
}

double town_share::simulated_at(std::uint64_t at) const {
  auto counts = clocks_.begin();
  while (std::next(counts) != clocks_.end() && std::next(counts)->wall <= at)
    ++counts;
  return counts->simulated_at(at);
}

void town_share::catch_up(std::uint64_t at) {
  const auto target = simulated_at(at);
  town_->skip(std::chrono::duration<double>{target - simulated_});
  simulated_ = std::max(simulated_, target);
}

void town_share::step(std::uint64_t at, town::outcome& out) {
  const auto target = simulated_at(at);
  auto happened = town_->step(std::chrono::duration<double>{target - simulated_});
  simulated_ = std::max(simulated_, target);
  for (auto& change : happened.changes)
    if (owned_.contains(change.id))
      out.changes.push_back(std::move(change));
  if (auto nodes = active_at(at); nodes != nodes_)
    change_hands(std::move(nodes), at, out);
  take_events(happened.events, at, out);
}

/// The characters that this node owns from this tick on are told whole, so that everybody knows whose they are.
void town_share::change_hands(std::vector<std::string> nodes, std::uint64_t at, town::outcome& out) {
  const auto before = std::exchange(nodes_, std::move(nodes));
  for (const auto& id : everybody_) {
    if (!owns(nodes_, id.text))
      owned_.erase(id);
    else if (owned_.insert(id).second)
      if (auto whole = town_->find(id))
        out.changes.push_back(std::move(*whole));
  }
  for (const auto& x : events_) {
    const auto key = std::to_string(x.what.key);
    // Who has announced that it goes has told its events.
    const auto teller = flow::rendezvous(before, key);
    const auto vanished = std::none_of(view_.nodes.begin(), view_.nodes.end(),
                                       [&](const protocol::node_info& node) { return node.id == teller; });
    if (vanished && x.at + repeat_ >= at && owns(nodes_, key))
      out.events.push_back(x.what);
  }
}

void town_share::take_events(std::vector<model::event_input>& events, std::uint64_t at, town::outcome& out) {
  std::map<std::string, int> alike;
  for (auto& event : events) {
    event.key = key_of(event, at, alike);
    events_.push_back({at, event});
    if (owns(nodes_, std::to_string(event.key)))
      out.events.push_back(std::move(event));
  }
  while (!events_.empty() && events_.front().at + repeat_ < at)
    events_.pop_front();
}

bool town_share::owns(const std::vector<std::string>& nodes, std::string_view key) const {
  return flow::rendezvous(nodes, key) == node_;
}

std::vector<std::string> town_share::active_at(std::uint64_t at) const {
  std::vector<std::string> result;
  for (const auto& x : view_.nodes) {
    const auto is_world = std::find(x.roles.begin(), x.roles.end(), "world") != x.roles.end();
    if (is_world && x.active_from <= at && (x.active_until == 0 || at < x.active_until))
      result.push_back(x.id);
  }
  return result;
}

} // namespace towncrier::world
