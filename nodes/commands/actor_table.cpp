#include "nodes/commands/actor_table.hpp"

#include "nodes/commands/admin_client.hpp"
#include "nodes/commands/readable.hpp"

#include <fmt/format.h>

namespace towncrier::commands {

namespace {

std::string cut(std::string text, std::size_t width) {
  if (text.size() > width)
    text.resize(width);
  return text;
}

std::string short_count(double x) {
  if (x < 1e6)
    return fmt::format("{:.0f}", x);
  return x < 1e9 ? fmt::format("{:.1f}M", x / 1e6) : fmt::format("{:.1f}G", x / 1e9);
}

} // namespace

std::string actor_heading(std::size_t width) {
  return cut(fmt::format("{:>7} {:>7} {:>9} {:>7} {:>7} {:>5}  {}", "ID", "MAILBOX", "HANDLED", "MSG/S", "BUSY %",
                         "WAIT", "ACTOR"),
             width);
}

std::string actor_line(const model::value& x, std::size_t width, std::size_t depth) {
  const auto label = text_in(x, "label");
  const auto name = std::string(depth * 2, ' ') + text_in(x, "kind") + (label.empty() ? "" : " " + label);
  const auto wait = number_in(x, "wait_seconds");
  return cut(fmt::format("{:>7} {:>7} {:>9} {:>7} {:>7.2f} {:>5}  {}", text_in(x, "id"),
                         short_count(number_in(x, "mailbox")), short_count(number_in(x, "handled")),
                         short_count(number_in(x, "handled_rate")), number_in(x, "busy_share") * 100,
                         wait < 10 ? fmt::format("{:.0f}ms", wait * 1e3) : fmt::format("{:.0f}s", wait), name),
             width);
}

std::string shown_value(const model::value& x, std::size_t depth) {
  const auto* members = x.get_if<model::object>();
  std::string out;
  if (members == nullptr)
    return out;
  for (const auto& [key, value] : *members) {
    if (value.get_if<model::object>() != nullptr)
      out += fmt::format("{:{}}{}\n{}", "", depth * 2, key, shown_value(value, depth + 1));
    else
      out += fmt::format("{:{}}{:<18} {}\n", "", depth * 2, key, text_in(x, key));
  }
  return out;
}

} // namespace towncrier::commands
