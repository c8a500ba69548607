#pragma once

#include "model/result.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

/// What Towncrier asks of etcd, so that those who ask can be tested with something else.
namespace towncrier::etcd {

struct entry {
  std::string key;
  std::string value;
  /// The revision at which it was written.
  std::uint64_t revision = 0;
};

/// Everything under a prefix.
struct snapshot {
  /// The store's revision at which this was so.
  std::uint64_t revision = 0;
  std::vector<entry> entries;
};

/// A key was written, or deleted: then `value` is empty.
struct change {
  std::string key;
  std::optional<std::string> value;
  std::uint64_t revision = 0;
};

/// A write that is done only if the key is as expected.
struct put_request {
  std::string key;
  std::string value;
  /// The lease that the key goes with; 0: none.
  std::uint64_t lease = 0;
  /// The revision of the entry that is replaced; 0: there must be none.
  std::uint64_t expected_revision = 0;
};

struct put_result {
  bool done = false;
  /// When done: the revision of the write.
  std::uint64_t revision = 0;
  /// When not done: what is there instead, if anything.
  std::optional<entry> current;
};

/// Called once, on a thread of the store's: the answer, or why there is none.
template <class T>
using answer = std::function<void(model::result<T>)>;

class store {
public:
  virtual ~store() = default;

  /// Gives the number of a new lease.
  virtual void grant(std::chrono::seconds ttl, answer<std::uint64_t> done) = 0;

  /// Begins the lease's time anew; false when there is no such lease any more.
  virtual void keep_alive(std::uint64_t lease, answer<bool> done) = 0;

  /// Ends a lease and deletes what goes with it; true also when there was none.
  virtual void revoke(std::uint64_t lease, answer<bool> done) = 0;

  virtual void put(put_request what, answer<put_result> done) = 0;

  virtual void read(std::string prefix, answer<snapshot> done) = 0;

  /// Calls `changed` for what happens under `prefix` from revision `from` on, in order, and `ended` once when that has
  /// come to an end. There is one watch: a new one replaces the one before, of which nothing more is heard.
  virtual void watch(std::string prefix, std::uint64_t from, std::function<void(std::vector<change>)> changed,
                     std::function<void(std::string why)> ended) = 0;
};

} // namespace towncrier::etcd
