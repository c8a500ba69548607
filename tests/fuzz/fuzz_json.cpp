#include "codec/json.hpp"

#include <cstdint>
#include <cstdlib>

using namespace towncrier;

/// What is read can be written, and reads back as the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto x = codec::parse_json({reinterpret_cast<const char*>(data), size});
  if (!x)
    return 0;
  std::string text;
  codec::append_json(text, *x);
  const auto back = codec::parse_json(text);
  if (!back || !(*back == *x))
    std::abort();
  return 0;
}
