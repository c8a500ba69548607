#include "hosting/actor_shard.hpp"
#include "model/wall_clock.hpp"

#include <caf/actor_system.hpp>
#include <caf/atom.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cxxabi.h>
#include <deque>
#include <memory>
#include <mutex>

namespace towncrier::hosting {

namespace {

constexpr std::size_t max_ended = 256;

struct ended_list {
  std::mutex mutex;
  std::deque<ended_actor> last;
};

ended_list& the_ended() {
  static auto* all = new ended_list;
  return *all;
}

std::string readable(const std::type_info* type, std::uint64_t atom) {
  if (type == nullptr)
    return {};
  if (*type == typeid(caf::atom_value))
    return caf::to_string(static_cast<caf::atom_value>(atom));
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> name{abi::__cxa_demangle(type->name(), nullptr, nullptr, &status),
                                                    std::free};
  const std::string whole = name ? name.get() : type->name();
  const auto colon = whole.find('<') == std::string::npos ? whole.rfind(':') : std::string::npos;
  return colon == std::string::npos ? whole : whole.substr(colon + 1);
}

} // namespace

std::uint32_t milliseconds_up() {
  static const auto begin = std::chrono::steady_clock::now();
  return static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin).count());
}

void remember_ended(ended_actor x) {
  auto& all = the_ended();
  const std::lock_guard guard{all.mutex};
  all.last.push_back(std::move(x));
  if (all.last.size() > max_ended)
    all.last.pop_front();
}

actor_row actor_shard::row_of(const actor_watch& x, double began) {
  const auto& from = x.counters_;
  const auto since = from.running_since.get();
  const auto now = ticks();
  const auto running = since == 0 || since > now ? 0 : now - since;
  actor_row row;
  row.id = x.id();
  row.parent = x.parent_;
  row.kind = x.kind_;
  if (const auto* name = x.label_.load(std::memory_order_acquire))
    row.label = *name;
  row.mailbox = from.depth();
  row.peak = std::max<std::uint64_t>(from.peak.get(), row.mailbox);
  row.handled = from.consumed.get() + from.direct.get();
  row.skipped = from.skipped.get();
  row.busy = nanoseconds_of(from.busy.get() + running);
  row.running = nanoseconds_of(running);
  row.last_wait = from.last_wait.get();
  row.restarts = x.restarts_.get();
  row.spawned = began + from.spawned / 1e3;
  return row;
}

namespace {

/// When the program began, in seconds since the Unix epoch.
double program_began() { return model::wall_clock() - milliseconds_up() / 1e3; }

} // namespace

std::vector<actor_row> actor_list::all(const caf::actor_system& system) {
  static std::atomic<std::size_t> last_size{0}; // there are about as many as last time
  std::vector<actor_row> rows;
  rows.reserve(last_size.load(std::memory_order_relaxed) * 9 / 8);
  const auto began = program_began();
  for (std::size_t i = 0; i < actor_shard::count; ++i)
    actor_shard::of(i).for_each(system, [&](const actor_watch& x) { rows.push_back(actor_shard::row_of(x, began)); });
  last_size.store(rows.size(), std::memory_order_relaxed);
  return rows;
}

std::optional<actor_row> actor_list::one(const caf::actor_system& system, caf::actor_id id) {
  std::optional<actor_row> result;
  actor_shard::of(id).for_each(system, [&](const actor_watch& x) {
    if (x.id() == id)
      result = actor_shard::row_of(x, program_began());
  });
  return result;
}

actor_relations actor_list::relations(const caf::actor_system& system, caf::actor_id id, std::size_t limit) {
  using relation = actor_tie::relation;
  actor_relations result;
  for (std::size_t i = 0; i < actor_shard::count; ++i)
    actor_shard::of(i).for_each(system, [&](const actor_watch& x) {
      if (x.parent_ == id)
        result.children.add(x.id(), limit);
      for (const auto* tie = x.ties_.get(); tie != nullptr; tie = tie->next.get()) {
        if (tie->who == id && tie->what == relation::monitored_by)
          result.monitors.add(x.id(), limit);
        else if (tie->who == id && tie->what == relation::linked)
          result.links.add(x.id(), limit);
        if (x.id() == id && tie->what == relation::monitored_by)
          result.monitored_by.add(tie->who, limit);
        else if (x.id() == id && tie->what != relation::linked)
          ++result.elsewhere;
      }
    });
  return result;
}

std::string actor_list::last_message(const caf::actor_system& system, caf::actor_id id) {
  std::string result;
  actor_shard::of(id).for_each(system, [&](const actor_watch& x) {
    if (x.id() == id)
      result = readable(x.counters_.last_type.get(), x.counters_.last_atom.get());
  });
  return result;
}

caf::strong_actor_ptr actor_list::find(const caf::actor_system& system, caf::actor_id id) {
  caf::strong_actor_ptr result;
  actor_shard::of(id).for_each(system, [&](const actor_watch& x) {
    if (x.id() == id && caf::intrusive_ptr_upgrade_weak(&x.self_))
      result = caf::strong_actor_ptr{&x.self_, false};
  });
  return result;
}

std::vector<ended_actor> actor_list::ended() {
  auto& all = the_ended();
  const std::lock_guard guard{all.mutex};
  return {all.last.begin(), all.last.end()};
}

} // namespace towncrier::hosting
