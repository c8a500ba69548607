#include "codec/channels.hpp"

#include "codec/names.hpp"

#include <fmt/format.h>

namespace towncrier::codec {

std::optional<std::vector<std::string>> read_channels(fields& in) {
  auto elements = in.list("channels");
  if (!elements)
    return std::nullopt;
  std::vector<std::string> out;
  out.reserve(elements->size());
  for (auto& element : *elements) {
    auto* name = element.get_if<std::string>();
    const auto fault =
        name == nullptr ? fmt::format("is {}; give strings such as 'world'", element.kind()) : channel_fault(*name);
    if (!fault.empty()) {
      in.fail(fmt::format("channel {} {}", out.size(), fault));
      return std::nullopt;
    }
    out.push_back(std::move(*name));
  }
  return out;
}

} // namespace towncrier::codec
