#pragma once

#include "protocol/interfaces.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/changes.hpp"

#include <map>
#include <string>
#include <vector>

namespace towncrier::cluster {

/// What one viewer was told, and what it must not be told.
struct recording {
  std::map<std::string, model::character> states;
  /// By origin: the numbers of its events, as they came.
  std::map<std::string, std::vector<std::int64_t>> events;
  std::uint64_t announced = 0;
  std::vector<std::string> faults;
  /// With what was told last.
  std::string position;

  void note(const fanout::entry& x) {
    if (x.what->is_event()) {
      const auto& event = *std::get<model::event_ptr>(x.what->what());
      const auto* inside = event.data.find("number");
      events[event.event_type].push_back(static_cast<std::int64_t>((inside ? *inside : event.data).number_or(-1)));
      return;
    }
    const auto& now = *x.what->now();
    auto& known = states[now.id.text];
    if (now.rev < known.rev)
      faults.push_back(now.id.text + " went back from " + std::to_string(known.rev.epoch) + "." +
                       std::to_string(known.rev.version) + " to " + std::to_string(now.rev.epoch) + "." +
                       std::to_string(now.rev.version));
    known = now;
  }

  /// What the viewer was told, as its hub said it.
  void note(const caf::message& x) {
    using probe = support::probe<protocol::connection_actor>;
    if (probe::is<protocol::delivery>(x))
      note(*x.get_as<protocol::delivery>(0).chunk);
    else if (probe::is<protocol::replay>(x))
      note(*x.get_as<protocol::replay>(0).chunk);
    else if (probe::is<protocol::answer>(x))
      note(x.get_as<protocol::answer>(0));
  }

private:
  void note(const fanout::chunk& x) {
    for (const auto& entry : x.entries())
      note(entry);
    if (x.position())
      position = support::to_text(x.position());
  }

  void note(const protocol::answer& x) {
    if (const auto* lost = model::find(x.data, "dropped_events"); x.type == "lag" && lost != nullptr)
      announced += static_cast<std::uint64_t>(lost->number_or(0));
  }
};

} // namespace towncrier::cluster
