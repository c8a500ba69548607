#pragma once

#include "flow/fifo.hpp"

#include <cstddef>
#include <cstdint>
#include <unordered_set>

namespace towncrier::flow {

/// The last `capacity` keys that were seen: 40 bytes each.
class recent {
public:
  explicit recent(std::size_t capacity = 64 * 1024) noexcept : capacity_(capacity) {}

  /// Whether `key` is new among them; it is one of them from now on.
  bool add(std::uint64_t key) {
    if (!keys_.insert(key).second)
      return false;
    order_.push(key);
    if (order_.size() > capacity_)
      keys_.erase(order_.pop());
    return true;
  }

private:
  std::size_t capacity_;
  std::unordered_set<std::uint64_t> keys_;
  fifo<std::uint64_t> order_;
};

} // namespace towncrier::flow
