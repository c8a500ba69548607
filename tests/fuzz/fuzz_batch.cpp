#include "codec/batch.hpp"

#include <cstdint>
#include <cstdlib>

using namespace towncrier;

/// What is read of a peer can be written, and then reads back as the same bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto x = codec::parse_batch({reinterpret_cast<const char*>(data), size});
  if (!x)
    return 0;
  const auto text = codec::encode_batch(*x);
  const auto back = codec::parse_batch(text);
  if (!back || codec::encode_batch(*back) != text)
    std::abort();
  return 0;
}
