#include "actors/cluster/exchange.hpp"

#include "tracing/notes.hpp"

#include <algorithm>

namespace towncrier::cluster {

namespace {

constexpr std::chrono::seconds tick_interval{1};

/// The heap that the changes of one message about a node that is gone hold, about.
constexpr std::size_t objection_bytes = 128 * 1024;

} // namespace

exchange_state::parts::parts(self_pointer self, const exchange_settings& x)
    : lives({.node = x.node, .incarnation = x.incarnation, .forget_age = x.forget_age}), characters(x.node, lives),
      said({x.node, x.incarnation, x.log_bytes, x.log_age, x.link.window_bytes}), links(self, x.link, lives) {}

void exchange_state::start(exchange_settings settings) {
  settings_ = std::move(settings);
  parts_.emplace(self_, settings_);
  if (!is_alone())
    self_->delayed_send(self_, tick_interval, protocol::tick_atom::value);
}

void exchange_state::stop(const caf::exit_msg& x) {
  parts_->links.stop();
  self_->quit(x.reason);
}

// -- batches

void exchange_state::outgoing(const protocol::outgoing_batch& x) {
  ownership::conflicts found;
  auto before = parts_->characters.take_own(*x.batch, found);
  settle(std::move(found), settings_.node);
  const auto batch = tracing::note_batch(x.batch, {"exchanged"});
  for (const auto& hub : hubs_)
    self_->send(hub.who, protocol::outgoing_batch{batch, x.receipts});
  if (!is_alone() && batch->stamp.sequence != 0)
    parts_->links.send({parts_->said.append(batch, std::move(before), now()), x.receipts});
}

void exchange_state::from_peer(const protocol::peer_batch& x) {
  const auto is_objection = x.kind == protocol::parcel_kind::objection;
  if (!is_objection && !is_new(x.batch->stamp)) {
    tracing::note_batch(x.batch,
                        {.name = "exchanged", .result = tracing::outcome::dropped, .reason = "it came before"});
    return;
  }
  if (!is_objection)
    heard_.advance(x.batch->stamp);
  ownership::conflicts found;
  parts_->characters.take_foreign(*x.batch, is_objection, found);
  settle(std::move(found), x.batch->stamp.origin);
  auto passed_on = x;
  passed_on.batch = tracing::note_batch(x.batch, {"exchanged"});
  for (const auto& hub : hubs_)
    self_->send(hub.who, passed_on);
}

bool exchange_state::is_new(const model::origin_position& x) const {
  const auto known = heard_.find(x.origin);
  return !known || model::position::mark{x.incarnation, x.sequence} > *known;
}

void exchange_state::settle(ownership::conflicts x, const std::string& origin) {
  if (!x.lost.characters.empty() && directory_)
    self_->send(directory_, std::move(x.lost));
  if (!x.objections.empty())
    parts_->links.object(
        origin, {std::make_shared<const model::batch>(model::batch{parts_->said.stamp(), std::move(x.objections)})});
}

protocol::log_answer exchange_state::missed(const protocol::log_request& x) const {
  return parts_->said.missed(x, parts_->characters);
}

// -- hubs and what their viewers watch

void exchange_state::add_hub(const protocol::hub_actor& x) {
  hubs_.push_back({x, {}});
  if (is_alone())
    return;
  self_->send(x, caf::actor_cast<protocol::wants_keeper_actor>(protocol::exchange_actor{self_}));
  parts_->links.tell_interest(interest());
}

caf::result<bool> exchange_state::tell_interest(const protocol::hub_wants& x) {
  const auto who = caf::actor_cast<caf::actor_addr>(self_->current_sender());
  for (auto& hub : hubs_)
    if (hub.who.address() == who)
      hub.interest = x.what;
  return parts_->links.ask_to_follow(interest());
}

/// What the viewers of all hubs watch. An edge that nobody watches at takes everything: the viewers of another edge may
/// go there next. Where there are no hubs, none will ever come.
protocol::wants exchange_state::interest() const {
  protocol::wants result{false, {}};
  for (const auto& hub : hubs_)
    result = merged(result, hub.interest);
  return result.channels.empty() && !hubs_.empty() ? protocol::wants{} : result;
}

// -- nodes

void exchange_state::see(const protocol::cluster_view& x) {
  if (is_alone())
    return;
  parts_->lives.see(x, now());
  parts_->links.see(x, heard_, interest());
}

void exchange_state::tick() {
  parts_->said.evict(now());
  for (const auto& node : parts_->lives.take_settled(now()))
    tell_what_was_said_last_by(node);
  for (const auto& node : parts_->lives.take_forgotten(now()))
    for (const auto& hub : hubs_)
      self_->send(hub.who, protocol::forget_origin{node});
  self_->delayed_send(self_, tick_interval, protocol::tick_atom::value);
}

/// The peers may each hold less of what `node` said before its end, each something else: afterwards all hold the
/// latest.
void exchange_state::tell_what_was_said_last_by(const std::string& node) {
  std::vector<model::change> changes;
  std::size_t size = 0;
  const auto tell = [&] {
    parts_->links.object(
        {std::make_shared<const model::batch>(model::batch{parts_->said.stamp(), std::exchange(changes, {})})});
    size = 0;
  };
  parts_->characters.for_each_orphan_of(node, [&](model::change x) {
    size += model::estimated_size(x);
    changes.push_back(std::move(x));
    if (size >= objection_bytes)
      tell();
  });
  if (!changes.empty())
    tell();
}

model::object exchange_state::describe() const {
  return {{"hubs", std::uint64_t{hubs_.size()}},
          {"characters", std::uint64_t{parts_->characters.size()}},
          {"peers", parts_->links.names()},
          {"said", parts_->said.last()},
          {"log_bytes", std::uint64_t{parts_->said.bytes()}},
          {"heard", heard_.to_string()}};
}

protocol::exchange_actor::behavior_type exchange(exchange_state::self_pointer self, exchange_settings settings) {
  auto& state = self->state;
  state.start(std::move(settings));
  self->set_down_handler([&state](caf::down_msg& x) { state.links().ended(x.source); });
  self->set_exit_handler([&state](caf::exit_msg& x) { state.stop(x); });
  return {
      [&state](const protocol::outgoing_batch& x) { state.outgoing(x); },
      [&state](const protocol::peer_batch& x) { state.from_peer(x); },
      [&state](const protocol::hub_actor& x) { state.add_hub(x); },
      [&state](const protocol::hub_wants& x) { return state.tell_interest(x); },
      [&state](const protocol::character_directory_actor& x) { state.serve(x); },
      [&state](const protocol::lookup_request& x) { return state.look_up(x); },
      [&state](const protocol::cluster_view& x) { state.see(x); },
      [&state](protocol::link_hello& x) { return state.links().greeted(x); },
      [&state](const protocol::log_request& x) { return state.missed(x); },
      [&state](protocol::list_atom) { return state.list_links(); },
      [&state](const std::string& node, protocol::link_question& x) { return state.links().ask(node, x); },
      [&state](protocol::tick_atom) { state.tick(); },
  };
}

} // namespace towncrier::cluster
