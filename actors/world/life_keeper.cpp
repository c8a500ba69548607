#include "actors/world/life_keeper.hpp"

#include <spdlog/spdlog.h>

namespace towncrier::world {

namespace {

constexpr std::chrono::seconds tick_interval{30};

} // namespace

life_keeper_actor::behavior_type life_keeper(life_keeper_pointer self, std::shared_ptr<const flow::life_number> life,
                                             std::uint64_t kept,
                                             std::function<std::optional<model::failure>(std::uint64_t)> keep) {
  self->state.kept = kept;
  self->delayed_send(self, tick_interval, protocol::tick_atom::value);
  return {
      [self, life, keep = std::move(keep)](protocol::tick_atom) {
        self->delayed_send(self, tick_interval, protocol::tick_atom::value);
        const auto now = self->clock().now();
        if (!life->is_due(self->state.kept, now))
          return;
        const auto next = life->reserve(now);
        const auto failed = keep(next);
        if (!failed)
          self->state.kept = next;
        else if (self->state.error != failed->message)
          spdlog::error("{}", failed->message);
        self->state.error = failed ? failed->message : std::string{};
      },
  };
}

} // namespace towncrier::world
