#include "ws/frame_reader.hpp"

#include <cstdint>
#include <cstdlib>
#include <tuple>
#include <vector>

using namespace towncrier;

namespace {

constexpr std::size_t max_message = 1024;

using event = std::tuple<ws::frame_reader::event, bool, std::string, std::uint16_t>;

/// All that happens when `bytes` come in pieces of `size`.
std::vector<event> events_of(std::string_view bytes, std::size_t size) {
  using what = ws::frame_reader::event;
  ws::frame_reader reader{max_message};
  std::vector<event> result;
  while (!bytes.empty()) {
    auto piece = bytes.substr(0, size);
    bytes.remove_prefix(piece.size());
    for (;;) {
      const auto x = reader.read(piece);
      if (x == what::none)
        break;
      if (x == what::message) {
        auto text = reader.take_message();
        if (text.size() > max_message)
          std::abort();
        result.emplace_back(x, reader.binary(), std::move(text), 0);
        continue;
      }
      const auto ends = x == what::close || x == what::broken;
      result.emplace_back(x, false, x == what::broken ? "" : reader.control(), ends ? reader.close_code() : 0);
      if (ends)
        return result;
    }
  }
  return result;
}

} // namespace

/// However the bytes are cut, the same is read of them, and no message is longer than it may be.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  const auto whole = events_of(bytes, size);
  if (events_of(bytes, 1) != whole || events_of(bytes, 7) != whole)
    std::abort();
  return 0;
}
