#pragma once

#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

namespace towncrier::flow {

/// A queue that costs 32 bytes while it is empty (a std::deque costs 600, and there is more than one of these
/// a client) and whose elements lie side by side, oldest first. All operations are O(1) amortised.
template <class T>
class fifo {
public:
  bool empty() const noexcept { return head_ == items_.size(); }
  std::size_t size() const noexcept { return items_.size() - head_; }

  /// Precondition of the four: the queue, or the index, holds something.
  T& front() noexcept { return items_[head_]; }
  const T& front() const noexcept { return items_[head_]; }
  T& back() noexcept { return items_.back(); }
  const T& back() const noexcept { return items_.back(); }

  auto begin() const noexcept { return items_.begin() + static_cast<std::ptrdiff_t>(head_); }
  auto end() const noexcept { return items_.end(); }
  auto rbegin() const noexcept { return std::make_reverse_iterator(end()); }
  auto rend() const noexcept { return std::make_reverse_iterator(begin()); }

  void push(T x) { items_.push_back(std::move(x)); }

  /// Takes the oldest away and gives it. Precondition: not empty.
  T pop() {
    auto x = std::move(items_[head_]);
    ++head_;
    compact();
    return x;
  }

  /// Gives the memory back, too.
  void clear() noexcept {
    items_ = {};
    head_ = 0;
  }

private:
  static constexpr std::size_t worth_freeing = 64;

  void compact() {
    if (empty() && items_.capacity() > worth_freeing)
      return clear();
    if (head_ * 2 < items_.size())
      return;
    items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }

  std::vector<T> items_;
  std::size_t head_ = 0;
};

} // namespace towncrier::flow
