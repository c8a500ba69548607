#include "actors/world/shared_world.hpp"

#include "protocol/replies.hpp"

#include <spdlog/spdlog.h>

namespace towncrier::world {

namespace {

/// How long etcd may take.
constexpr std::chrono::seconds patience{5};

/// A change of the town's clock counts a little later than now.
constexpr std::uint64_t behind_at_most = 5'000;

} // namespace

shared_world_state::shared_world_state(self_pointer ptr) : self(ptr) {}

void shared_world_state::see(const protocol::cluster_view& x) {
  membership = caf::actor_cast<protocol::membership_actor>(self->current_sender());
  share->see(x);
  record = x.town;
  record_revision = x.town_revision;
  store_reachable = x.store_reachable;
  go_by_the_record();
}

/// Goes by the record that the view has, as soon as the cluster's time is known.
void shared_world_state::go_by_the_record() {
  if (sharing.time_is_known && !sharing.time_is_known())
    return;
  if (record && record_revision > town_revision)
    run_by(*record, record_revision);
  else if (!record && store_reachable && !share->begun())
    found_town();
}

/// The first world node says which town it is; the others take what they find.
void shared_world_state::found_town() {
  if (std::exchange(founding, true))
    return;
  const shared_clock first{options.seed, options.characters, options.rate, false, time(), 0};
  self->request(membership, patience, protocol::town_update{first.to_json(), std::nullopt})
      .then(
          [this](const protocol::town_update_result& x) {
            founding = false;
            if (x.revision > town_revision)
              run_by(x.current, x.revision);
          },
          [this](const caf::error&) { founding = false; });
}

void shared_world_state::run_by(const std::string& text, std::uint64_t revision) {
  const auto clock = shared_clock::parse(text);
  if (!clock)
    return spdlog::error("the town's record in etcd cannot be read: {}", text);
  town_revision = revision;
  if (!share->begun() && (clock->seed != options.seed || clock->characters != options.characters))
    spdlog::info("the cluster's town has {} characters and seed {}", clock->characters, clock->seed);
  // All nodes were down, and the clock of the one that was first again is behind: the town would stand still.
  if (!share->begun() && sharing.raise_time && clock->wall > time() + behind_at_most) {
    spdlog::warn("the cluster's time is {} s behind the town's record in etcd and goes on from there: is the clock of "
                 "this machine right?",
                 (clock->wall - time()) / 1000);
    sharing.raise_time(clock->wall);
  }
  share->run_by(*clock, time());
}

void shared_world_state::tick() {
  const auto step = static_cast<std::uint64_t>(options.tick.count());
  self->delayed_send(self, std::chrono::milliseconds{step - time() % step}, protocol::tick_atom::value);
  if (!share->begun())
    go_by_the_record();
  if (!share->begun() || !on_its_way.expired())
    return;
  on_its_way = services.tell(self, share->advance(time()));
}

void shared_world_state::command(const protocol::command_order& x, int tries) {
  using kind = town_command::kind;
  if (!share->begun())
    return refuse(self, x, "the town waits for etcd: try again when the cluster is up");
  auto clock = share->clock().from(next_change());
  const auto read = read_town_command(x, clock.rate);
  if (!read)
    return refuse(self, x, read.error());
  switch (read->what) {
    case kind::status:
      return reply(self, x, status());
    case kind::pause:
    case kind::resume:
      clock.paused = read->what == kind::pause;
      break;
    case kind::step:
      clock.simulated += read->number;
      break;
    case kind::set_rate:
      clock.rate = read->number;
      break;
  }
  change_clock(x, clock, tries - 1);
}

/// Once more from what it is now, when others changed it meanwhile.
void shared_world_state::change_clock(const protocol::command_order& x, const shared_clock& to, int tries) {
  self->request(membership, patience, protocol::town_update{to.to_json(), town_revision})
      .then(
          [this, x, tries](const protocol::town_update_result& done) {
            if (done.revision > town_revision) // the view may have told it first
              run_by(done.current, done.revision);
            if (!done.done && done.error.empty() && tries > 0)
              return command(x, tries);
            if (done.done)
              reply(self, x, status());
            else
              refuse(self, x,
                     done.error.empty() ? "somebody else changed the town's clock just now: try again"
                                        : "the town's clock is kept in etcd, which gave no answer: " + done.error);
          },
          [this, x](const caf::error&) {
            refuse(self, x, "the town's clock is kept in etcd, which gave no answer: try again");
          });
}

model::object shared_world_state::status() const {
  const auto& clock = share->clock();
  const auto now = share->town().clock();
  return {{"paused", clock.paused},
          {"rate", clock.rate},
          {"characters", std::uint64_t{share->town().size()}},
          {"owned", std::uint64_t{share->owned()}},
          {"day", std::uint64_t{now.day}},
          {"time", now.hour_and_minute()}};
}

model::object shared_world_state::describe() const {
  return share->begun() ? status() : model::object{{"waits_for", "the town's record in etcd"}};
}

/// The first tick that all nodes will know of a change before.
std::uint64_t shared_world_state::next_change() const {
  const auto step = static_cast<std::uint64_t>(options.tick.count());
  return (time() + static_cast<std::uint64_t>(sharing.lead.count()) + step - 1) / step * step;
}

protocol::world_actor::behavior_type shared_world(shared_world_state::self_pointer self, world_services services,
                                                  std::shared_ptr<const town::definition> town,
                                                  protocol::world_options options, sharing with) {
  auto& state = self->state;
  state.services = std::move(services);
  state.options = std::move(options);
  state.share.emplace(with.node, static_cast<std::uint64_t>(state.options.tick.count()),
                      static_cast<std::uint64_t>(with.repeat.count()));
  state.share->use(std::move(town));
  state.sharing = std::move(with);
  self->send(self, protocol::tick_atom::value);
  return {
      [self](const protocol::command_order& x) { self->state.command(x); },
      [self](const protocol::cluster_view& x) { self->state.see(x); },
      [self](protocol::tick_atom) { self->state.tick(); },
  };
}

} // namespace towncrier::world
