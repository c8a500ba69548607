#include "codec/frame.hpp"

#include <algorithm>
#include <array>
#include <new>
#include <zlib.h>

namespace towncrier::codec {

namespace {

constexpr int least_window_bits = 9;
constexpr int most_window_bits = 15;
constexpr int memory_level = 8;

/// The empty stored block with which a flush ends; RFC 7692 has it left out.
constexpr std::size_t flush_tail = 4;

/// What a flush may add to the bound that zlib states; with less than 6 bytes left it could write its mark twice.
constexpr std::size_t flush_room = 16;

/// One zlib stream, kept between messages.
class compressor {
public:
  compressor() = default;
  compressor(const compressor&) = delete;
  compressor& operator=(const compressor&) = delete;
  ~compressor() { close(); }

  /// Makes ready for a message without any context of those before.
  void prepare(int window_bits, int level) {
    if (level == level_) {
      deflateReset(&stream_);
      return;
    }
    close();
    // Negative window bits ask zlib for raw deflate. The only thing that can fail is the allocation.
    if (deflateInit2(&stream_, level, Z_DEFLATED, -window_bits, memory_level, Z_DEFAULT_STRATEGY) != Z_OK)
      throw std::bad_alloc{};
    level_ = level;
  }

  std::string run(std::string_view payload) {
    std::string out(deflateBound(&stream_, payload.size()) + flush_room, '\0');
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(payload.data()));
    stream_.avail_in = static_cast<uInt>(payload.size());
    std::size_t written = 0;
    do {
      written = advance(out, written);
    } while (stream_.avail_out == 0);
    out.resize(written - flush_tail);
    return out;
  }

private:
  std::size_t advance(std::string& out, std::size_t written) {
    if (written == out.size())
      out.resize(out.size() * 2);
    stream_.next_out = reinterpret_cast<Bytef*>(out.data() + written);
    stream_.avail_out = static_cast<uInt>(out.size() - written);
    deflate(&stream_, Z_SYNC_FLUSH);
    return out.size() - stream_.avail_out;
  }

  void close() {
    if (level_ != 0)
      deflateEnd(&stream_);
    level_ = 0;
  }

  z_stream stream_{};
  /// 0 while there is no stream.
  int level_ = 0;
};

} // namespace

std::string deflate_message(std::string_view payload, int window_bits, int level) {
  thread_local std::array<compressor, most_window_bits - least_window_bits + 1> compressors;
  const auto bits = std::clamp(window_bits, least_window_bits, most_window_bits);
  auto& chosen = compressors[static_cast<std::size_t>(bits - least_window_bits)];
  chosen.prepare(bits, std::clamp(level, 1, 9));
  return chosen.run(payload);
}

} // namespace towncrier::codec
