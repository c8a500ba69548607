#pragma once

#include "nodes/load/server_frame.hpp"
#include "ws/inflater.hpp"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace towncrier::load {

/// What a load test needs to know of a message.
struct marks {
  enum class type : std::uint8_t { traffic, welcome, lag, error };

  type what = type::traffic;
  /// Of the test's own messages in it, in their order.
  std::vector<std::uint32_t> numbers;
  /// Whether each of them is one more than the one before.
  bool run = false;
  /// Where a viewer stands after it; nullptr: it does not say.
  std::shared_ptr<const std::string> position;
  /// The whole message, of everything but traffic.
  std::string text;
};

/// The name under which a published message carries its number.
inline constexpr std::string_view number_key = "load_n";

/// Looks for the marks in messages, JSON or MessagePack, of any server that passes published messages on. A frame that
/// is byte for byte one of the last ones is not looked into again: most viewers are given the same.
class mark_reader {
public:
  /// Valid until the next call. nullptr: compressed, and not well.
  const marks* read(const server_frame& x);

private:
  struct known {
    std::string payload;
    bool compressed = false;
    marks found;
  };

  std::optional<std::string_view> plain(const server_frame& x);

  std::array<known, 64> known_;
  std::size_t next_ = 0; ///< to be forgotten for another
  std::size_t last_ = 0; ///< was found, or read, last
  ws::inflater inflater_;
  std::string inflated_;
};

/// The marks of one message.
marks read_marks(std::string_view message);

/// The number or, of a flag, 0 or 1, that a message has under `key`, JSON or MessagePack.
std::optional<std::uint64_t> number_under(std::string_view message, std::string_view key);

} // namespace towncrier::load
