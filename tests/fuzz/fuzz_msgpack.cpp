#include "codec/msgpack.hpp"

#include <cstdint>
#include <cstdlib>

using namespace towncrier;

/// What is read can be written in both encodings, and reads back as the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto x = codec::parse_msgpack({reinterpret_cast<const char*>(data), size});
  if (!x)
    return 0;
  std::string bytes;
  codec::append_msgpack(bytes, *x);
  std::string text;
  codec::append_json(text, *x);
  const auto back = codec::parse_msgpack(bytes);
  const auto from_json = codec::parse_json(text);
  if (!back || !(*back == *x) || !from_json || !(*from_json == *x))
    std::abort();
  return 0;
}
