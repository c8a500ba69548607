#include "hosting/actor_list.hpp"

#include <caf/actor_system.hpp>
#include <caf/atom.hpp>
#include <caf/exit_reason.hpp>

#include <algorithm>
#include <cxxabi.h>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

namespace towncrier::hosting {

// -- the clock

namespace {

/// Nanoseconds a tick, times 2^32.
std::uint64_t measure_clock() noexcept {
  using clock = std::chrono::steady_clock;
  const auto begin = clock::now();
  const auto first = ticks();
  while (clock::now() - begin < std::chrono::milliseconds{4}) {
  }
  const auto nanoseconds = static_cast<double>((clock::now() - begin).count());
  return static_cast<std::uint64_t>(nanoseconds / static_cast<double>(ticks() - first) * 4294967296.0);
}

double wall_clock() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::uint32_t milliseconds_up() {
  static const auto begin = std::chrono::steady_clock::now();
  return static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin).count());
}

} // namespace

std::uint64_t nanoseconds_of(std::uint64_t x) noexcept {
  static const auto factor = measure_clock();
  __extension__ using wide = unsigned __int128;
  return static_cast<std::uint64_t>((static_cast<wide>(x) * factor) >> 32U);
}

// -- kinds

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

thread_counters& thread_here() {
  thread_local thread_counters* mine = nullptr;
  if (mine == nullptr) {
    mine = new thread_counters;
    const std::lock_guard guard{table().mutex};
    table().threads.push_back(mine);
  }
  return *mine;
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

void slow_down(std::string name, std::chrono::milliseconds by) {
  const std::lock_guard guard{table().mutex};
  table().slow_kind = std::move(name);
  slow_milliseconds.store(by.count(), std::memory_order_relaxed);
}

std::string actor_list::kind_name(kind_id x) {
  const std::lock_guard guard{table().mutex};
  return x < table().names.size() ? table().names[x] : "other";
}

// -- the list

struct actor_shard {
  std::mutex mutex;
  actor_watch* first = nullptr;

  static constexpr std::size_t count = 16;
  static constexpr std::size_t max_ended = 256;

  static actor_shard& of(caf::actor_id id) {
    static auto* all = new std::array<actor_shard, count>;
    return (*all)[id % count];
  }

  template <class F>
  void for_each(const caf::actor_system& system, F f) {
    const std::lock_guard guard{mutex};
    for (auto* x = first; x != nullptr; x = x->next_)
      if (x->self_.home_system == &system)
        f(*x);
  }

  void link(actor_watch& x) {
    const std::lock_guard guard{mutex};
    x.next_ = first;
    x.back_ = &first;
    if (first != nullptr)
      first->back_ = &x.next_;
    first = &x;
  }
};

namespace {

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

actor_watch::actor_watch(caf::actor_control_block& self, kind_id kind) : self_(self), parent_(current_), kind_(kind) {
  counters_.spawned = milliseconds_up();
  if (slow_milliseconds.load(std::memory_order_relaxed) != 0)
    slow_ = actor_list::kind_name(kind) == table().slow_kind;
  counters_here(kind).spawned.add();
  actor_shard::of(id()).link(*this);
}

actor_watch::~actor_watch() {
  unlink();
  delete label_.load(std::memory_order_relaxed);
}

void actor_watch::unlink() noexcept {
  const std::lock_guard guard{actor_shard::of(id()).mutex};
  if (back_ == nullptr)
    return;
  *back_ = next_;
  if (next_ != nullptr)
    next_->back_ = back_;
  back_ = nullptr;
}

void actor_watch::end(const caf::error& reason) noexcept {
  if (std::exchange(ended_, true))
    return;
  unlink();
  counters_here(kind_).ended.add();
  const auto* name = label_.load(std::memory_order_relaxed);
  std::string why;
  if (reason && reason != caf::exit_reason::unreachable)
    why = self_.home_system->render(reason);
  ended_actor x{id(), kind_, name == nullptr ? "" : *name, std::move(why), wall_clock()};
  auto& all = the_ended();
  const std::lock_guard guard{all.mutex};
  all.last.push_back(std::move(x));
  if (all.last.size() > actor_shard::max_ended)
    all.last.pop_front();
}

void actor_watch::label(std::string x) {
  if (label_.load(std::memory_order_relaxed) == nullptr)
    label_.store(new std::string{std::move(x)}, std::memory_order_release);
}

// -- messages

void actor_watch::time_wait_of(const caf::mailbox_element& x) noexcept {
  // Marked as taken until the time stands there.
  const void* none = nullptr;
  if (!counters_.sample.compare_exchange_strong(none, this, std::memory_order_relaxed))
    return;
  counters_.sampled_at.store(ticks(), std::memory_order_relaxed);
  counters_.sample.store(&x, std::memory_order_release);
}

void actor_watch::note_wait(std::uint64_t now) noexcept {
  const auto nanoseconds = nanoseconds_of(now - counters_.sampled_at.load(std::memory_order_relaxed));
  counters_.sample.store(nullptr, std::memory_order_relaxed);
  counters_.last_wait.set(static_cast<std::uint32_t>(std::min<std::uint64_t>(nanoseconds / 1000, UINT32_MAX)));
  counters_here(kind_).waited.add(nanoseconds);
}

actor_watch::turn::turn(actor_watch& who, caf::mailbox_element& x) noexcept
    : who_(who), before_(std::exchange(current_, who.id())), begin_(ticks()) {
  auto& mine = who.counters_;
  mine.running_since.set(begin_);
  if (const auto depth = mine.depth(); depth > mine.peak.get())
    mine.peak.set(static_cast<std::uint32_t>(std::min<std::uint64_t>(depth, UINT32_MAX)));
  if (mine.sample.load(std::memory_order_acquire) == &x)
    who.note_wait(begin_);
  const auto& content = x.content();
  if (content.size() != 0) {
    const auto type = content.type(0);
    if (type.second == nullptr) {
      mine.last_type.set(&typeid(caf::atom_value));
      mine.last_atom.set(type.first == caf::type_nr<caf::atom_value>::value
                             ? static_cast<std::uint64_t>(content.get_as<caf::atom_value>(0))
                             : 0);
    } else {
      mine.last_type.set(type.second);
    }
  }
  if (who.slow_)
    std::this_thread::sleep_for(std::chrono::milliseconds{slow_milliseconds.load(std::memory_order_relaxed)});
}

actor_watch::turn::~turn() {
  const auto spent = ticks() - begin_;
  current_ = before_;
  auto& mine = who_.counters_;
  auto& kind = counters_here(who_.kind_);
  mine.busy.add(spent);
  mine.running_since.set(0);
  kind.busy.add(nanoseconds_of(spent));
  if (skipped_) {
    mine.skipped.add();
    kind.skipped.add();
  } else {
    mine.consumed.add();
    kind.handled.add();
  }
}

parent_scope::parent_scope(caf::actor_id parent) noexcept : before_(actor_watch::exchange_current(parent)) {}
parent_scope::~parent_scope() { actor_watch::exchange_current(before_); }

// -- looking

std::vector<actor_row> actor_list::all(const caf::actor_system& system) {
  std::vector<actor_row> rows;
  const auto began = wall_clock() - milliseconds_up() / 1e3;
  for (std::size_t i = 0; i < actor_shard::count; ++i)
    actor_shard::of(i).for_each(system, [&](const actor_watch& x) {
      const auto& from = x.counters_;
      const auto since = from.running_since.get();
      const auto now = ticks();
      const auto running = since == 0 || since > now ? 0 : now - since;
      auto& row = rows.emplace_back();
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
    });
  return rows;
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

namespace {

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
