#include "ws/frame_queue.hpp"

#include <algorithm>
#include <utility>

namespace towncrier::ws {

namespace {

/// Frames whose memory an empty queue may keep, so that a busy one does not allocate at every turn.
constexpr std::size_t kept_capacity = 8;

} // namespace

std::span<iovec> gather(std::span<const frame_ptr> frames, std::size_t skip, std::span<iovec> into) noexcept {
  const auto count = std::min(into.size(), frames.size());
  for (std::size_t i = 0; i < count; ++i) {
    const auto& frame = *frames[i];
    into[i] = {const_cast<char*>(frame.data()) + skip, frame.size() - skip}; // an iovec serves reading, too
    skip = 0;
  }
  return into.first(count);
}

void frame_queue::push(frame_ptr frame) {
  bytes_ += frame->size();
  frames_.push_back(std::move(frame));
}

void frame_queue::push_rest(std::span<const frame_ptr> frames, std::size_t skip) {
  while (!frames.empty() && skip >= frames.front()->size()) {
    skip -= frames.front()->size();
    frames = frames.subspan(1);
  }
  frames_.reserve(frames.size());
  for (const auto& x : frames)
    push(x);
  offset_ = skip;
  bytes_ -= skip;
}

std::span<iovec> frame_queue::gather(std::span<iovec> into) const noexcept {
  return ws::gather(std::span{frames_}.subspan(head_), offset_, into);
}

void frame_queue::consume(std::size_t size) noexcept {
  bytes_ -= size;
  while (size != 0) {
    const auto rest = frames_[head_]->size() - offset_;
    if (size < rest) {
      offset_ += size;
      break;
    }
    size -= rest;
    offset_ = 0;
    frames_[head_++] = nullptr;
  }
  compact();
}

void frame_queue::compact() noexcept {
  if (empty()) {
    clear();
  } else if (head_ >= 64 && head_ * 2 >= frames_.size()) {
    frames_.erase(frames_.begin(), frames_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }
}

void frame_queue::clear() noexcept {
  if (frames_.capacity() > kept_capacity)
    frames_ = {};
  frames_.clear();
  head_ = offset_ = bytes_ = 0;
}

} // namespace towncrier::ws
