#include "actors/cluster/exchange.hpp"

#include "codec/batch.hpp"
#include "tracing/notes.hpp"

#include <algorithm>

namespace towncrier::cluster {

namespace {

constexpr std::chrono::seconds tick_interval{1};

/// Removals that are remembered for peers.
constexpr std::size_t max_removed = 100'000;

std::uint64_t count_events(const model::batch& x) {
  return static_cast<std::uint64_t>(std::count_if(x.changes.begin(), x.changes.end(), [](const auto& change) {
    return std::holds_alternative<model::event_ptr>(change);
  }));
}

} // namespace

exchange_state::exchange_state(self_pointer ptr) : self(ptr), said({}) {}

void exchange_state::outgoing(const protocol::outgoing_batch& x) {
  auto before = keep(*x.batch, protocol::parcel_kind::exact, true);
  const auto batch = tracing::note_batch(x.batch, {"exchanged"});
  for (const auto& hub : hubs)
    self->send(hub, protocol::outgoing_batch{batch, x.receipts});
  if (is_alone() || batch->stamp.sequence == 0)
    return;
  const auto parcel = std::make_shared<const protocol::parcel>(
      protocol::parcel{batch, codec::encode_batch(*batch), count_events(*batch), std::move(before)});
  const auto held = parcel->bytes.size() + model::estimated_size(*batch);
  said.append(batch->stamp.sequence, parcel, held, parcel->events, now());
  for (const auto& [node, link] : links)
    self->send(link, protocol::outgoing_parcel{parcel, x.receipts});
}

void exchange_state::from_peer(const protocol::peer_batch& x) {
  const auto is_batch = x.kind != protocol::parcel_kind::objection;
  if (is_batch && !is_new(x)) {
    tracing::note_batch(x.batch,
                        {.name = "exchanged", .result = tracing::outcome::dropped, .reason = "it came before"});
    return;
  }
  if (is_batch)
    heard.advance(x.batch->stamp);
  keep(*x.batch, x.kind, false);
  auto passed_on = x;
  passed_on.batch = tracing::note_batch(x.batch, {"exchanged"});
  for (const auto& hub : hubs)
    self->send(hub, passed_on);
}

bool exchange_state::is_new(const protocol::peer_batch& x) const {
  const auto& stamp = x.batch->stamp;
  const auto known = heard.find(stamp.origin);
  return !known || model::position::mark{stamp.incarnation, stamp.sequence} > *known;
}

std::vector<model::character_ptr> exchange_state::keep(const model::batch& x, protocol::parcel_kind kind, bool own) {
  conflicts found;
  std::vector<model::character_ptr> before;
  for (std::size_t i = 0; i < x.changes.size(); ++i) {
    const auto* of_character = std::get_if<model::character_change>(&x.changes[i]);
    if (of_character == nullptr)
      continue;
    if (!own) {
      keep_foreign(*of_character, kind == protocol::parcel_kind::objection, found);
    } else if (auto was = keep_own(*of_character, x.stamp.sequence, found)) {
      before.resize(x.changes.size());
      before[i] = std::move(was);
    }
  }
  if (!found.lost.characters.empty() && directory)
    self->send(directory, std::move(found.lost));
  if (const auto peer = links.find(x.stamp.origin); !found.objections.empty() && peer != links.end())
    self->send(peer->second, protocol::outgoing_objection{std::make_shared<const model::batch>(model::batch{
                                 {settings.node, settings.incarnation, said.last()}, std::move(found.objections)})});
  return before;
}

model::character_ptr exchange_state::keep_own(const model::character_change& x, std::uint64_t sequence, conflicts& to) {
  const auto done = latest.apply(x, {x.now, sequence});
  if (!done.accepted) {
    // Somebody else's is the later one: the publisher here is not the owner any more.
    const auto above = *latest.last_revision(x.now->id);
    to.lost.characters.push_back({x.now->id, above, is_orphan(above) ? x.now : nullptr});
    return nullptr;
  }
  const auto& was = done.previous.now;
  if (x.kind != model::change_kind::removed)
    return was && was->location != x.now->location ? was : nullptr;
  removed.push({sequence, x.now});
  if (removed.size() > max_removed)
    removed.pop();
  return was;
}

void exchange_state::keep_foreign(const model::character_change& x, bool is_objection, conflicts& to) {
  const auto done = latest.apply(x, {x.now, 0});
  const auto& id = x.now->id;
  if (done.accepted && done.previous.sequence != 0)
    to.lost.characters.push_back({id, x.now->rev, is_objection ? done.previous.now : nullptr});
  if (done.accepted || is_objection)
    return;
  // Its owner would tell the peer, if it could.
  const auto above = *latest.last_revision(id);
  if (above == x.now->rev || !is_orphan(above))
    return;
  if (const auto* known = latest.find(id)) {
    to.objections.push_back(model::character_change{model::change_kind::update, known->now, {}, true});
  } else {
    auto last = std::make_shared<model::character>(*x.now);
    last->rev = above;
    to.objections.push_back(model::character_change{model::change_kind::removed, std::move(last), {}, false});
  }
}

bool exchange_state::is_orphan(const model::revision& x) const {
  if (x.owner == settings.node)
    return x.epoch < settings.incarnation;
  if (!links.contains(x.owner))
    return true;
  // Epochs of a life are not below its beginning.
  const auto life = lives.find(x.owner);
  return life != lives.end() && x.epoch < life->second;
}

protocol::lookup_answer exchange_state::look_up(const protocol::lookup_request& x) const {
  protocol::lookup_answer result;
  for (const auto& id : x.ids) {
    const auto* known = latest.find(id);
    result.entries.push_back({latest.last_revision(id).value_or(model::revision{}), known ? known->now : nullptr});
  }
  return result;
}

void exchange_state::tick() {
  said.evict(now());
  restate_gone();
  forget_absent();
  self->delayed_send(self, tick_interval, protocol::tick_atom::value);
}

model::object exchange_state::describe() const {
  model::array peers;
  for (const auto& [node, link] : links)
    peers.emplace_back(node);
  return {{"hubs", std::uint64_t{hubs.size()}},
          {"characters", std::uint64_t{latest.size()}},
          {"peers", std::move(peers)},
          {"said", said.last()},
          {"log_bytes", std::uint64_t{said.bytes()}},
          {"heard", heard.to_string()}};
}

flow::time_point exchange_state::now() const { return self->clock().now(); }

protocol::exchange_actor::behavior_type exchange(exchange_state::self_pointer self, exchange_settings settings) {
  auto& state = self->state;
  state.settings = std::move(settings);
  state.said = flow::send_log<protocol::parcel_ptr>{{state.settings.log_bytes, state.settings.log_age}};
  if (!state.is_alone())
    self->delayed_send(self, tick_interval, protocol::tick_atom::value);
  self->set_down_handler([self](caf::down_msg& x) { self->state.link_ended(x.source); });
  self->set_exit_handler([self](caf::exit_msg& x) {
    for (const auto& [node, link] : self->state.links)
      caf::anon_send_exit(link, caf::exit_reason::user_shutdown);
    self->quit(x.reason);
  });
  return {
      [self](const protocol::outgoing_batch& x) { self->state.outgoing(x); },
      [self](const protocol::peer_batch& x) { self->state.from_peer(x); },
      [self](const protocol::hub_actor& x) { self->state.add_hub(x); },
      [self](const protocol::hub_wants& x) { return self->state.want(x); },
      [self](const protocol::character_directory_actor& x) { self->state.directory = x; },
      [self](const protocol::lookup_request& x) { return self->state.look_up(x); },
      [self](const protocol::cluster_view& x) { self->state.see(x); },
      [self](protocol::link_hello& x) { return self->state.greeted(x); },
      [self](const protocol::log_request& x) { return self->state.missed(x); },
      [self](protocol::list_atom) -> caf::result<protocol::link_list> {
        auto promise = self->make_response_promise<protocol::link_list>();
        self->state.list_links(promise);
        return promise;
      },
      [self](const std::string& node, protocol::link_question& x) { return self->state.ask(node, x); },
      [self](protocol::tick_atom) { self->state.tick(); },
  };
}

} // namespace towncrier::cluster
