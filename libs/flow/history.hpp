#pragma once

#include "flow/fifo.hpp"
#include "flow/origin_log.hpp"
#include "flow/time.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace towncrier::flow {

struct history_options {
  std::size_t max_bytes = 64 * 1024 * 1024;
  duration max_age = std::chrono::minutes{2};
};

/// The recent batches of all origins, each as a `Payload` (cheap to copy, such as a shared pointer), in the order in
/// which they arrived, so that a client that comes back is given exactly what it missed. Bounded by bytes and by age.
template <class Payload>
class history {
public:
  using options = history_options;

  explicit history(options x) noexcept : options_(x) {}

  /// Keeps `x`, which holds `bytes`, and evicts what is too old or too much for it. False, and nothing done, for one
  /// that is not newer than the last of its origin: it was seen already. One that skips sequences is kept, and what
  /// lies before the gap counts as evicted. `stands_for`: how many batches up to `stamp` it is given instead of.
  bool append(const model::origin_position& stamp, Payload x, std::size_t bytes, time_point now,
              std::uint64_t stands_for = 1) {
    if (!log_.note(stamp, stands_for))
      return false;
    records_.push({stamp, std::move(x), bytes, now, stands_for});
    bytes_ += bytes;
    while (bytes_ > options_.max_bytes)
      drop_oldest();
    evict(now);
    return true;
  }

  /// Everything of its origin up to `stamp` was told in another form, and cannot be given again.
  void skip(const model::origin_position& stamp) {
    if (log_.note(stamp))
      log_.forget(stamp);
  }

  /// The origin is gone for good, and positions do not name it any more. Should it come back, it is as one that is new.
  void erase(std::string_view origin) {
    for (auto left = records_.size(); left > 0; --left) {
      auto x = records_.pop();
      if (x.stamp.origin == origin)
        bytes_ -= x.bytes;
      else
        records_.push(std::move(x));
    }
    log_.erase(origin);
  }

  /// Drops what is older than `max_age`.
  void evict(time_point now) {
    while (!records_.empty() && now - records_.front().at > options_.max_age)
      drop_oldest();
  }

  /// The batches after `from`, up to `current` (what the caller has handed on to its clients, normally all that was
  /// appended), in the order in which they arrived. Empty optional when any of them is missing or cannot be known:
  /// - some were evicted, or never came;
  /// - `from` is ahead of `current`, or names an origin or a life that was never seen here;
  /// - an origin restarted, and `from` is not at the very end of its life before, or the new life is not
  ///   complete from its first batch.
  /// A position that equals `current` has missed nothing, whatever is kept. O(batches since `from`).
  std::optional<std::vector<Payload>> since(const model::position& from, const model::position& current) const {
    auto left = log_.missed(from, current);
    if (!left)
      return std::nullopt;
    std::vector<Payload> out;
    out.reserve(std::min(*left, records_.size()));
    // Backwards, as most clients that come back missed little of a long history.
    for (auto at = records_.rbegin(); *left > 0; ++at)
      if (is_between(at->stamp, from, current)) {
        out.push_back(at->payload);
        *left -= std::min<std::size_t>(at->stands_for, sequences_after(from, at->stamp));
      }
    std::reverse(out.begin(), out.end());
    return out;
  }

  std::size_t bytes() const noexcept { return bytes_; }
  std::size_t size() const noexcept { return records_.size(); }

private:
  struct record {
    model::origin_position stamp;
    Payload payload;
    std::size_t bytes = 0;
    time_point at;
    std::uint64_t stands_for = 1;
  };

  void drop_oldest() {
    const auto x = records_.pop();
    bytes_ -= x.bytes;
    log_.forget(x.stamp);
  }

  options options_;
  fifo<record> records_;
  origin_log log_;
  std::size_t bytes_ = 0;
};

} // namespace towncrier::flow
