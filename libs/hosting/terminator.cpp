#include "hosting/terminator.hpp"

#include "hosting/actor_list.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <functional>
#include <set>
#include <thread>

namespace towncrier::hosting {

namespace {

using clock = std::chrono::steady_clock;

/// How often the list of actors is read again while one that is in it cannot be reached: it is just ending.
constexpr std::chrono::milliseconds pause{1};

std::string name_of(const actor_row& x) {
  return actor_list::kind_name(x.kind) + (x.label.empty() ? "" : " " + x.label) + " #" + std::to_string(x.id);
}

/// Sees a group of actors to their end.
class ending {
public:
  using chooses = std::function<bool(const std::string& kind)>;

  ending(caf::actor_system& system, chooses which) : system_(system), self_(system), which_(std::move(which)) {}

  std::vector<actor_row> alive() const {
    auto rows = actor_list::all(system_);
    std::erase_if(rows, [this](const actor_row& x) { return !which_(actor_list::kind_name(x.kind)); });
    return rows;
  }

  /// Tells all to exit, and those that they spawn meanwhile; false: some are left at `deadline`.
  bool by_exit(clock::time_point deadline) {
    std::set<caf::actor_id> told;
    for (;;) {
      const auto rows = alive();
      if (rows.empty() && awaited_.empty())
        return true;
      for (const auto& x : rows)
        if (!told.contains(x.id))
          if (const auto who = actor_list::find(system_, x.id)) {
            told.insert(x.id);
            awaited_.insert(x.id);
            self_->monitor(caf::actor_cast<caf::actor>(who));
            caf::anon_send_exit(who, caf::exit_reason::user_shutdown);
          }
      if (!wait(deadline))
        return false;
    }
  }

  /// Kills those that are left, past whatever waits in their mailboxes.
  bool by_force(clock::time_point deadline) {
    for (const auto& x : alive())
      if (const auto who = actor_list::find(system_, x.id))
        who->enqueue(nullptr, caf::make_message_id(caf::message_priority::high),
                     caf::make_message(caf::exit_msg{who->address(), caf::exit_reason::kill}), nullptr);
    while (!awaited_.empty() || !alive().empty())
      if (!wait(deadline))
        return false;
    return true;
  }

private:
  /// Until all those that are awaited have ended; false: `deadline` came first.
  bool wait(clock::time_point deadline) {
    if (awaited_.empty())
      std::this_thread::sleep_for(pause);
    while (!awaited_.empty() && clock::now() < deadline)
      self_->receive([this](const caf::down_msg& x) { awaited_.erase(x.source.id()); },
                     caf::after(deadline - clock::now()) >> [] {});
    return awaited_.empty() && clock::now() < deadline;
  }

  caf::actor_system& system_;
  caf::scoped_actor self_;
  chooses which_;
  std::set<caf::actor_id> awaited_;
};

} // namespace

termination terminator::run() {
  termination result;
  const auto patient_until = clock::now() + limits_.patience;
  const auto end = [&](const ending::chooses& which) {
    ending all{system_, which};
    const auto at_least = std::min(limits_.grace, limits_.patience);
    if (all.by_exit(std::max(patient_until, clock::now() + at_least)))
      return;
    for (const auto& x : all.alive())
      result.killed.push_back(name_of(x));
    if (all.by_force(clock::now() + limits_.grace))
      return;
    for (const auto& x : all.alive())
      result.stuck.push_back(name_of(x));
  };
  std::set<std::string> passed; // those that are stuck are not waited for again
  for (const auto& kinds : order_) {
    end([&](const std::string& kind) { return std::find(kinds.begin(), kinds.end(), kind) != kinds.end(); });
    passed.insert(kinds.begin(), kinds.end());
  }
  std::set<std::string> unlisted;
  for (const auto& x : actor_list::all(system_))
    if (auto kind = actor_list::kind_name(x.kind); !passed.contains(kind))
      unlisted.insert(std::move(kind));
  result.unlisted = {unlisted.begin(), unlisted.end()};
  if (!unlisted.empty())
    end([&](const std::string& kind) { return !passed.contains(kind); });
  return result;
}

} // namespace towncrier::hosting
