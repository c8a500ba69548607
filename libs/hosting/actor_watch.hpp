#pragma once

#include "hosting/actor_counters.hpp"
#include "model/value.hpp"

#include <caf/actor_control_block.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/error.hpp>
#include <caf/mailbox_element.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace caf {
class actor_system;
}

namespace towncrier::hosting {

/// Whether anything is counted (option `inspection.enabled`).
inline std::atomic<bool> counting_enabled{true};

/// Makes every actor of the kind `name` that is spawned from now on take so much longer for each message: for tests
/// that look for a slow actor. An empty name: none.
void slow_down(std::string name, std::chrono::milliseconds by);

/// How a slowed actor spends its time: it sleeps, or what a test with a clock of its own does instead; nullptr: sleeps.
void spend_time_by(void (*how)(std::chrono::milliseconds)) noexcept;

/// The number of the kind `name`.
kind_id kind_of(const char* name);

/// What this thread has done as actors of a kind.
kind_counters& counters_here(kind_id kind) noexcept;

/// That an actor has to do with another, from the side where it is noted.
struct actor_tie {
  enum class relation : std::uint8_t { monitored_by, linked, monitors_elsewhere, linked_elsewhere };

  relation what = relation::linked;
  caf::actor_id who = 0;
  std::unique_ptr<actor_tie> next{};
};

/// The part of an actor that counts what it does and makes it visible: it is in the list of all actors from its spawn
/// to its end. See `actor_list.hpp` for who reads it.
class actor_watch {
public:
  actor_watch(caf::actor_control_block& self, kind_id kind);
  ~actor_watch();
  actor_watch(const actor_watch&) = delete;
  actor_watch& operator=(const actor_watch&) = delete;

  /// A message is about to be put into the mailbox. From any thread.
  void coming(const caf::mailbox_element& x) noexcept {
    if (!counting_enabled.load(std::memory_order_relaxed))
      return;
    counters_.enqueued.fetch_add(1, std::memory_order_relaxed);
    thread_local std::uint32_t messages = 0;
    if ((++messages & 63U) == 0)
      time_wait_of(x);
  }

  /// The actor ends.
  void end(const caf::error& reason) noexcept;

  /// How people call this actor among those of its kind; at most once.
  void label(std::string x);
  /// How often others of its name ended before it.
  void restarted(std::uint32_t times) noexcept {
    restarts_.set(times);
    if (times != 0)
      counters_here(kind_).restarts.add();
  }

  /// The actor whose handler runs on this thread; 0: none.
  static caf::actor_id current() noexcept { return current_; }
  static caf::actor_id exchange_current(caf::actor_id x) noexcept { return std::exchange(current_, x); }

  /// Handles one message from its beginning to its end.
  class turn {
  public:
    turn(actor_watch& who, caf::mailbox_element& x) noexcept;
    ~turn();
    void skip() noexcept { skipped_ = true; }

  private:
    actor_watch& who_;
    caf::actor_id before_;
    std::uint64_t begin_;
    bool skipped_ = false;
  };

  /// The actor is set up: what it spawns is its own.
  class setup {
  public:
    explicit setup(const actor_watch& who) noexcept : before_(std::exchange(current_, who.id())) {}
    ~setup() { current_ = before_; }
    setup(const setup&) = delete;
    setup& operator=(const setup&) = delete;

  private:
    caf::actor_id before_;
  };

  /// A call past the mailbox, on the actor's own thread, which took until `now` (in ticks) since `since`.
  void called(std::uint64_t since, std::uint64_t now) noexcept {
    counters_.direct.add();
    counters_.busy.add(now - since);
  }

  /// Adds the memory that `called` writes to.
  void name_memory(std::vector<std::span<const std::byte>>& to) const {
    to.push_back(std::as_bytes(std::span{&counters_.direct, 1}));
    to.push_back(std::as_bytes(std::span{&counters_.busy, 1}));
  }

  /// Notes or forgets what it has to do with another. From any thread.
  void tie(actor_tie x);
  void untie(const actor_tie& x);

  caf::actor_id id() const noexcept { return self_.aid; }
  kind_id kind() const noexcept { return kind_; }
  /// How people call it; empty: it has no name of its own.
  std::string label() const {
    const auto* x = label_.load(std::memory_order_acquire);
    return x == nullptr ? std::string{} : *x;
  }
  const actor_counters& counters() const noexcept { return counters_; }

private:
  friend struct actor_shard;
  friend class actor_list;

  void time_wait_of(const caf::mailbox_element& x) noexcept;
  void note_wait(std::uint64_t now) noexcept;
  void unlink() noexcept;

  static inline thread_local caf::actor_id current_ = 0;

  caf::actor_control_block& self_;
  actor_counters counters_;
  caf::actor_id parent_;
  actor_watch* next_ = nullptr;
  actor_watch** back_ = nullptr; ///< what points here; nullptr: in no list
  std::atomic<const std::string*> label_{nullptr};
  std::unique_ptr<actor_tie> ties_; ///< under the lock of its shard
  cell<std::uint32_t> restarts_;
  kind_id kind_;
  bool slow_ = false;
  bool ended_ = false;
};

/// What is spawned while this lives is `parent`'s, where no actor's handler runs.
class parent_scope {
public:
  explicit parent_scope(caf::actor_id parent) noexcept;
  ~parent_scope();
  parent_scope(const parent_scope&) = delete;
  parent_scope& operator=(const parent_scope&) = delete;

private:
  caf::actor_id before_;
};

/// Asks any of our actors what it is about; it answers with a `state_answer` out of its own thread, though its
/// interface does not say so.
struct state_request {};
struct state_answer {
  model::object state;
};

} // namespace towncrier::hosting

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(towncrier::hosting::state_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(towncrier::hosting::state_answer)
