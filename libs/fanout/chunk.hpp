#pragma once

#include "codec/frame.hpp"
#include "fanout/item.hpp"
#include "fanout/trail.hpp"
#include "model/trace.hpp"

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

/// Stands where a position would: a client that was cut between two messages that make sense only together, and
/// comes back with this, is given a snapshot. No position reads like it.
inline constexpr std::string_view unresumable = "-";

/// An item of a chunk whose message is followed.
struct followed_item {
  item_ptr what;
  model::trace_ptr mark;
  /// Whether it was held back from who is shown it now.
  bool was_held = false;
};

/// After the first `entries` entries of a chunk a viewer has seen the first `batches` batches of its trail.
struct boundary {
  std::size_t entries = 0;
  std::size_t batches = 0;
};

/// What some viewers are told at once, as frames that are made once an encoding and shared by all of them. Lives on
/// one I/O thread.
class chunk {
public:
  /// `position` (may be none) is what a viewer has seen when it has all of this: a client that has only some of its
  /// messages cannot resume. `timestamp` is the time of sending, in seconds since the Unix epoch.
  chunk(std::vector<entry> entries, position_text position, double timestamp);

  /// A stretch of the stream along `way`: it is cut into messages at `boundaries` alone, so that a client can resume
  /// after each. The last boundary is the end, of the entries and of the way.
  chunk(std::vector<entry> entries, std::vector<boundary> boundaries, trail_ptr way, double timestamp);

  const std::vector<entry>& entries() const noexcept { return entries_; }
  const position_text& position() const noexcept { return end_; }

  /// Those of its items whose messages are followed, to those who are shown them now; nearly always none.
  const std::vector<followed_item>& followed() const noexcept { return followed_; }
  void follow(std::vector<followed_item> xs) { followed_ = std::move(xs); }

  /// The frames to write, in order. Each carries the position of a viewer that has everything up to it.
  std::span<const codec::frame_ptr> frames(encoding how) const;

private:
  struct made {
    encoding how;
    std::vector<codec::frame_ptr> frames;
  };

  std::vector<entry> entries_;
  std::vector<boundary> boundaries_;
  trail_ptr way_; ///< nullptr: it is cut anywhere
  position_text end_;
  double timestamp_;
  std::vector<followed_item> followed_;
  mutable std::vector<made> made_;
};

using chunk_ptr = std::shared_ptr<const chunk>;

/// One message as one frame, compressed where that was agreed on and pays.
codec::frame_ptr frame_message(encoding how, std::string_view message);

} // namespace towncrier::fanout
