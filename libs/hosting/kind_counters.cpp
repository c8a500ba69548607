#include "hosting/actor_shard.hpp"

#include <algorithm>
#include <array>
#include <mutex>
#include <thread>

namespace towncrier::hosting {

namespace {

struct thread_counters {
  std::array<std::atomic<kind_counters*>, max_kinds> kinds{};
};

struct kind_table {
  std::mutex mutex;
  std::vector<std::string> names;
  /// Of threads that have ended, too: what they counted stays.
  std::vector<thread_counters*> threads;
  std::string slow_kind;
};

/// Never destroyed: threads may count until the very end.
kind_table& table() {
  static auto* all = new kind_table;
  return *all;
}

std::atomic<std::int64_t> slow_milliseconds{0};

void sleep_for(std::chrono::milliseconds x) { std::this_thread::sleep_for(x); }
std::atomic<void (*)(std::chrono::milliseconds)> spend_time{sleep_for};

thread_counters& thread_here() {
  thread_local thread_counters* mine = nullptr;
  if (mine == nullptr) {
    mine = new thread_counters;
    const std::lock_guard guard{table().mutex};
    table().threads.push_back(mine);
  }
  return *mine;
}

void add(kind_row& to, const kind_counters& x) {
  to.spawned += x.spawned.get();
  to.ended += x.ended.get();
  to.restarts += x.restarts.get();
  to.handled += x.handled.get();
  to.skipped += x.skipped.get();
  to.busy_seconds += static_cast<double>(x.busy.sum()) / 1e9;
  to.waited_seconds += static_cast<double>(x.waited.sum()) / 1e9;
  for (std::size_t i = 0; i < duration_histogram::buckets; ++i) {
    to.busy[i] += x.busy.count(i);
    to.waited[i] += x.waited.count(i);
  }
}

} // namespace

kind_id kind_of(const char* name) {
  const std::lock_guard guard{table().mutex};
  auto& names = table().names;
  const auto at = std::find(names.begin(), names.end(), name);
  if (at != names.end())
    return static_cast<kind_id>(at - names.begin());
  if (names.size() == max_kinds)
    return max_kinds - 1;
  names.emplace_back(name);
  return static_cast<kind_id>(names.size() - 1);
}

kind_counters& counters_here(kind_id kind) noexcept {
  auto& slot = thread_here().kinds[kind];
  auto* found = slot.load(std::memory_order_relaxed);
  if (found == nullptr) {
    found = new kind_counters;
    slot.store(found, std::memory_order_release);
  }
  return *found;
}

std::chrono::milliseconds slowness_of(kind_id kind) {
  const std::chrono::milliseconds by{slow_milliseconds.load(std::memory_order_relaxed)};
  return by.count() != 0 && actor_list::kind_name(kind) == table().slow_kind ? by : std::chrono::milliseconds{0};
}

void spend_slowly(std::chrono::milliseconds x) { spend_time.load(std::memory_order_relaxed)(x); }

void spend_time_by(void (*how)(std::chrono::milliseconds)) noexcept {
  spend_time.store(how == nullptr ? sleep_for : how, std::memory_order_relaxed);
}

void slow_down(std::string name, std::chrono::milliseconds by) {
  const std::lock_guard guard{table().mutex};
  table().slow_kind = std::move(name);
  slow_milliseconds.store(by.count(), std::memory_order_relaxed);
}

std::vector<std::string> actor_list::kind_names() {
  const std::lock_guard guard{table().mutex};
  return table().names.empty() ? std::vector<std::string>{"other"} : table().names;
}

std::string actor_list::kind_name(kind_id x) {
  const std::lock_guard guard{table().mutex};
  return x < table().names.size() ? table().names[x] : "other";
}

std::vector<kind_row> actor_list::kinds(const caf::actor_system& system) {
  std::vector<kind_row> result;
  {
    const std::lock_guard guard{table().mutex};
    for (std::size_t kind = 0; kind < table().names.size(); ++kind) {
      auto& row = result.emplace_back();
      row.name = table().names[kind];
      row.busy.resize(duration_histogram::buckets);
      row.waited.resize(duration_histogram::buckets);
      for (const auto* thread : table().threads)
        if (const auto* x = thread->kinds[kind].load(std::memory_order_acquire))
          add(row, *x);
    }
  }
  for (std::size_t i = 0; i < actor_shard::count; ++i)
    actor_shard::of(i).for_each(system, [&](const actor_watch& x) {
      ++result[x.kind_].actors;
      result[x.kind_].mailbox += x.counters_.depth();
    });
  return result;
}

} // namespace towncrier::hosting
