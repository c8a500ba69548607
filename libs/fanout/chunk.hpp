#pragma once

#include "codec/frame.hpp"
#include "fanout/item.hpp"

#include <array>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace towncrier::fanout {

/// How an item is told to a viewer.
enum class shape : std::uint8_t {
  as_is,         ///< the change itself
  update,        ///< the whole state: the character came into view
  left_area,     ///< `character_removed`, reason `left_area`
  left_location, ///< `character_removed`, reason `left_location`
  snapshot,      ///< the whole state, to a viewer that may know the character already
};

struct entry {
  item_ptr what;
  fanout::shape shape = shape::as_is;

  friend bool operator==(const entry&, const entry&) = default;
};

/// How a connection wants its frames.
struct encoding {
  codec::format format = codec::format::json;
  /// The deflate window that was agreed on, 9 to 15 bits; 0: no compression.
  int window_bits = 0;

  friend bool operator==(const encoding&, const encoding&) = default;
};

/// Messages below this size, in bytes, are not worth compressing.
inline constexpr std::size_t compression_threshold = 128;

/// A message grows to about this size, in bytes, before another is begun: clients limit what they take (Python's
/// `websockets` to 1 MiB).
inline constexpr std::size_t max_message_size = 256 * 1024;

/// What some viewers are told at once, as frames that are made once an encoding and shared by all of them. Lives on
/// one I/O thread.
class chunk {
public:
  /// `position` (may be empty) is what a viewer has seen when it has all of this; `timestamp` is the time of sending,
  /// in seconds since the Unix epoch.
  chunk(std::vector<entry> entries, std::string position, double timestamp);

  const std::vector<entry>& entries() const noexcept { return entries_; }
  const std::string& position() const noexcept { return position_; }

  /// The frames to write, in order. The last one carries the position.
  std::span<const codec::frame_ptr> frames(encoding how) const;

private:
  struct made {
    encoding how;
    std::vector<codec::frame_ptr> frames;
  };

  std::vector<entry> entries_;
  std::string position_;
  double timestamp_;
  mutable std::vector<made> made_;
};

using chunk_ptr = std::shared_ptr<const chunk>;

/// One message as one frame, compressed where that was agreed on and pays.
codec::frame_ptr frame_message(encoding how, std::string_view message);

} // namespace towncrier::fanout
