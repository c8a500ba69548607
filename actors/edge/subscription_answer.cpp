#include "actors/edge/subscription_answer.hpp"

namespace towncrier::edge {

std::optional<std::string> too_many_channels(const flow::interest& all, flow::interest::slot who,
                                             std::span<const flow::channel> more) {
  const auto wanted = all.channel_count(who) + all.count_new(who, more);
  if (wanted <= max_channels)
    return std::nullopt;
  return "subscribe: these would be " + std::to_string(wanted) + " channels, and a connection may have " +
         std::to_string(max_channels) + "; nothing was changed: watch 'world', an area, or less";
}

model::object subscription_answer(const flow::interest& all, flow::interest::slot who, std::string_view change,
                                  std::size_t changed) {
  model::object result;
  if (const auto count = all.channel_count(who); count > max_listed_channels) {
    result.emplace_back("count", std::uint64_t{count});
    result.emplace_back(change, std::uint64_t{changed});
  } else {
    const auto channels = all.channels(who);
    result.emplace_back("channels", model::array{channels.begin(), channels.end()});
  }
  if (const auto area = all.area(who))
    result.emplace_back(
        "area", model::object{{"x", area->x}, {"y", area->y}, {"width", area->width}, {"height", area->height}});
  return result;
}

} // namespace towncrier::edge
