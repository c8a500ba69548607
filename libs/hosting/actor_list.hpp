#pragma once

#include "hosting/actor_watch.hpp"

#include <caf/actor_control_block.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace towncrier::hosting {

/// One actor as it is seen from outside, at one moment.
struct actor_row {
  caf::actor_id id = 0;
  caf::actor_id parent = 0; ///< 0: the node itself
  kind_id kind = 0;
  std::string label;
  std::uint64_t mailbox = 0;
  std::uint64_t peak = 0;
  std::uint64_t handled = 0;
  std::uint64_t skipped = 0;
  std::uint64_t busy = 0;      ///< nanoseconds in handlers, that of the one that runs now among them
  std::uint64_t running = 0;   ///< nanoseconds that the present handler has taken; 0: it does nothing
  std::uint64_t last_wait = 0; ///< microseconds
  std::uint64_t restarts = 0;
  double spawned = 0; ///< seconds since the Unix epoch
};

/// What an actor has to do with others of this program. Of each list the first few, and how many there are.
struct actor_relations {
  struct list {
    std::vector<caf::actor_id> first;
    std::size_t count = 0;

    void add(caf::actor_id x, std::size_t limit) {
      if (count++ < limit)
        first.push_back(x);
    }
  };

  list children;
  list links;
  list monitors;
  list monitored_by;
  /// Monitors and links to actors of other nodes, or of CAF itself.
  std::size_t elsewhere = 0;
};

/// An actor that is no more.
struct ended_actor {
  caf::actor_id id = 0;
  kind_id kind = 0;
  std::string label;
  std::string reason; ///< empty: it simply was not needed any more
  double at = 0;      ///< seconds since the Unix epoch
};

/// What all threads did as actors of one kind, and how many of them there are.
struct kind_row {
  std::string name;
  std::uint64_t actors = 0;
  std::uint64_t mailbox = 0;
  std::uint64_t spawned = 0;
  std::uint64_t ended = 0;
  std::uint64_t restarts = 0;
  std::uint64_t handled = 0;
  std::uint64_t skipped = 0;
  std::vector<std::uint64_t> busy;
  std::vector<std::uint64_t> waited;
  double busy_seconds = 0;
  double waited_seconds = 0;
};

/// The list of all actors of this program. It is kept in parts with a lock each, which is taken when an actor begins
/// or ends and while a part is read, never for a message.
class actor_list {
public:
  /// Every actor of `system` that lives.
  static std::vector<actor_row> all(const caf::actor_system& system);

  /// One of them; nothing when it has ended.
  static std::optional<actor_row> one(const caf::actor_system& system, caf::actor_id id);

  /// Whom it spawned, monitors and is linked to: what our own actors said (`self->monitor`, `self->link_to`) and has
  /// not been taken back. Lists hold `limit` at most.
  static actor_relations relations(const caf::actor_system& system, caf::actor_id id, std::size_t limit);

  /// A handle on one of them; empty when it has ended.
  static caf::strong_actor_ptr find(const caf::actor_system& system, caf::actor_id id);

  /// What the last message of one of them was; empty when it had none.
  static std::string last_message(const caf::actor_system& system, caf::actor_id id);

  /// The last that ended, newest last.
  static std::vector<ended_actor> ended();

  static std::vector<kind_row> kinds(const caf::actor_system& system);
  static std::string kind_name(kind_id x);
  /// The names of all kinds, by number; never none.
  static std::vector<std::string> kind_names();
};

} // namespace towncrier::hosting
