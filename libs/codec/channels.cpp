#include "codec/channels.hpp"

#include <fmt/format.h>

namespace towncrier::codec {

bool is_channel(std::string_view x) noexcept {
  if (x == "world")
    return true;
  for (const std::string_view prefix : {"location:", "character:", "event:"})
    if (x.starts_with(prefix))
      return x.size() > prefix.size() && x.size() - prefix.size() <= max_name_size;
  return false;
}

std::optional<std::vector<std::string>> read_channels(fields& in) {
  auto elements = in.list("channels");
  if (!elements)
    return std::nullopt;
  std::vector<std::string> out;
  out.reserve(elements->size());
  for (auto& element : *elements) {
    auto* name = element.get_if<std::string>();
    if (name == nullptr || !is_channel(*name)) {
      in.fail(
          fmt::format("channel {} is {}; give 'world', 'location:<name>', 'character:<id>' or 'event:<type>', with a "
                      "name of 1 to {} bytes",
                      out.size(), name == nullptr ? std::string{element.kind()} : quoted(*name), max_name_size));
      return std::nullopt;
    }
    out.push_back(std::move(*name));
  }
  return out;
}

} // namespace towncrier::codec
