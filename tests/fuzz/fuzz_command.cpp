#include "codec/command.hpp"
#include "codec/utf8.hpp"

#include <cstdint>
#include <cstdlib>

using namespace towncrier;

namespace {

void check(const codec::command_error& x) {
  if (x.message.empty() || !codec::is_utf8(x.message))
    std::abort();
}

void check(const model::client_message& x) {
  const auto* request = std::get_if<model::publish_request>(&x.body);
  if (x.weight == 0 || (request != nullptr && request->items.size() > x.weight))
    std::abort();
}

} // namespace

/// The first byte chooses the format; every input gives a message or a sentence.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0)
    return 0;
  const auto format = (data[0] & 1) == 0 ? codec::format::json : codec::format::msgpack;
  const auto result = codec::parse_command(format, {reinterpret_cast<const char*>(data + 1), size - 1});
  std::visit([](const auto& x) { check(x); }, result);
  return 0;
}
