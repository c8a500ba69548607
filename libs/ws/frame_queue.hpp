#pragma once

#include "ws/session.hpp"

#include <cstddef>
#include <span>
#include <sys/uio.h>
#include <vector>

namespace towncrier::ws {

/// Fills `into` from `frames`, less their first `skip` bytes; the part that was filled. Precondition: the first frame
/// has more than `skip` bytes.
std::span<iovec> gather(std::span<const frame_ptr> frames, std::size_t skip, std::span<iovec> into) noexcept;

/// What waits to be written, in order; the first frame may be half written. Costs nothing while it is empty.
class frame_queue {
public:
  bool empty() const noexcept { return head_ == frames_.size(); }
  std::size_t bytes() const noexcept { return bytes_; }

  void push(frame_ptr frame);

  /// Pushes what is left of `frames` after their first `skip` bytes, which were written already. Precondition: empty.
  void push_rest(std::span<const frame_ptr> frames, std::size_t skip);

  /// Fills `into` from the front; the part that was filled. What it points to lives until the next `consume`.
  std::span<iovec> gather(std::span<iovec> into) const noexcept;

  /// Drops `size` bytes from the front. Precondition: `size <= bytes()`.
  void consume(std::size_t size) noexcept;

  void clear() noexcept;

private:
  void compact() noexcept;

  std::vector<frame_ptr> frames_;
  std::size_t head_ = 0;   ///< the first that is not done
  std::size_t offset_ = 0; ///< bytes of it that are
  std::size_t bytes_ = 0;
};

} // namespace towncrier::ws
