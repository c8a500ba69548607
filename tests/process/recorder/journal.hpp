#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

namespace recorder {

/// What happened to a viewer; the numbers stand in the file.
enum class happening : std::uint8_t {
  /// It connects; value: the edge, by its number.
  connecting = 1,
  /// It was let in; value: 1 when it asked to resume.
  open = 2,
  /// It was given a message; value: the message's id.
  frame = 3,
  /// The server closed; value: the close code.
  closed = 4,
  /// The connection broke; value: errno, 0 when the server just ended it.
  cut = 5,
  /// It was not let in; value: the HTTP status, 0 when no answer came.
  refused = 6,
  /// It left by itself, at the end.
  left = 7,
  /// The server broke RFC 6455.
  breach = 8,
};

/// Microseconds since the Unix epoch; never falls.
std::uint64_t now_us();

/// Writes down what happens, in the order it did: time (u64, microseconds), viewer (u32), value (u32), happening (u8),
/// 7 bytes of nothing; little-endian.
class journal {
public:
  explicit journal(const std::string& path);
  ~journal();
  journal(const journal&) = delete;
  journal& operator=(const journal&) = delete;

  void note(std::uint64_t time, std::uint32_t viewer, happening what, std::uint32_t value = 0);

private:
  std::FILE* file_;
};

} // namespace recorder
