#include "nodes/commands/inspection/actor_details.hpp"

#include "nodes/commands/inspection/actor_table.hpp"
#include "nodes/commands/inspection/admin_client.hpp"
#include "nodes/commands/inspection/text_width.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>

namespace towncrier::commands {

namespace {

std::string moment(double timestamp) {
  if (!(timestamp > 0 && timestamp < 253402300800.0)) // until the year 9999
    return "-";
  const auto seconds = static_cast<std::time_t>(timestamp);
  std::tm parts{};
  localtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                     parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string when(double timestamp, double now) {
  const auto out = moment(timestamp);
  return out == "-" ? out : out + ", " + short_time(std::max(0.0, now - timestamp)) + " ago";
}

/// A value of a state in a line: times as such, a list as its members.
std::string plain(const std::string& key, const model::value& x) {
  if (const auto* list = x.get_if<model::array>()) {
    std::string out;
    for (const auto& one : *list)
      out += (out.empty() ? "" : ", ") + text_in(model::object{{"x", one}}, "x");
    return list->empty() ? "none" : out;
  }
  const auto* seconds = x.get_if<double>();
  const auto is_time = key.ends_with("_at") || key == "timestamp" || key == "since" || key == "began";
  if (seconds != nullptr && is_time && *seconds > 1e9)
    return moment(*seconds);
  return x.is_null() ? "-" : text_in(model::object{{"x", x}}, "x");
}

/// The numbers of an array, as many as fit beside how many more there are.
std::string ids(const model::value& actor, std::string_view key, double total, std::size_t width) {
  std::string out;
  std::size_t shown = 0;
  for (const auto& x : rows_in(actor, key)) {
    const auto text = fmt::format("{:.0f}", x.number_or(0));
    if (out.size() + text.size() + 14 > width)
      break;
    out += (shown++ == 0 ? "" : " ") + text;
  }
  if (out.empty())
    return "-";
  return static_cast<double>(shown) < total ? out + fmt::format(" +{:.0f} more", total - static_cast<double>(shown))
                                            : out;
}

double count_of(const model::value& actor, std::string_view list, std::string_view count) {
  return std::max(number_in(actor, count), static_cast<double>(rows_in(actor, list).size()));
}

constexpr std::size_t key_width = 13;

} // namespace

std::vector<std::string> actor_details(const model::value& actor, double now, std::size_t width) {
  std::vector<std::string> out;
  const auto add = [&](std::string_view key, const std::string& value) {
    out.push_back(cut(fit_left(key, key_width) + value, width));
  };
  const auto room = width > key_width ? width - key_width : 1;
  const auto parent = text_in(actor, "parent");
  const auto handled = number_in(actor, "handled");
  const auto running = number_in(actor, "running_seconds");
  out.push_back(
      cut(fmt::format("{} (id {}) on node {}", name_of(actor), text_in(actor, "id"), text_in(actor, "node")), width));
  add("began", when(number_in(actor, "spawned"), now) +
                   (parent.empty() ? ", spawned by the node" : fmt::format(", spawned by {}", parent)));
  add("mailbox", fmt::format("{} now, {} at most", short_count(number_in(actor, "mailbox")),
                             short_count(number_in(actor, "mailbox_peak"))));
  add("handled", fmt::format("{}, {} put off; the last: {}", short_count(handled),
                             short_count(number_in(actor, "skipped")), text_in(actor, "last_message")));
  if (const auto* rate = actor.find("handled_rate"); rate != nullptr)
    add("now", fmt::format("{} messages/s, busy {:.1f} %", short_count(rate->number_or(0)),
                           number_in(actor, "busy_share") * 100));
  add("busy", fmt::format("{}, {} a message{}", short_time(number_in(actor, "busy_seconds")),
                          short_time(handled > 0 ? number_in(actor, "busy_seconds") / handled : 0),
                          running > 0 ? "; this one for " + short_time(running) : ""));
  add("waited",
      fmt::format("{} in the mailbox, the last that was timed", short_time(number_in(actor, "wait_seconds"))));
  add("restarts", text_in(actor, "restarts"));
  for (const auto& [key, list, count] :
       {std::tuple{"children", "children", "children_count"}, std::tuple{"links", "links", "links_count"},
        std::tuple{"monitors", "monitors", "monitors_count"},
        std::tuple{"monitored by", "monitored_by", "monitored_by_count"}})
    if (actor.find(list) != nullptr)
      add(key, ids(actor, list, count_of(actor, list, count), room));
  out.emplace_back();
  if (const auto note = text_in(actor, "note"); !note.empty())
    out.push_back(cut("state: " + note, width));
  if (const auto* state = actor.find("state"); state != nullptr && state->get_if<model::object>() != nullptr) {
    out.emplace_back("state");
    for (auto& line : value_lines(*state, width, 2))
      out.push_back(std::move(line));
  }
  return out;
}

std::vector<std::string> value_lines(const model::value& x, std::size_t width, std::size_t indent) {
  std::vector<std::string> out;
  const auto* members = x.get_if<model::object>();
  if (members == nullptr)
    return out;
  std::size_t keys = 0;
  for (const auto& [key, value] : *members)
    keys = std::max(keys, display_width(key));
  const std::string margin(indent, ' ');
  for (const auto& [key, value] : *members) {
    if (const auto* inner = value.get_if<model::object>(); inner != nullptr && !inner->empty()) {
      out.push_back(cut(margin + key, width));
      for (auto& line : value_lines(value, width, indent + 2))
        out.push_back(std::move(line));
    } else {
      out.push_back(cut(margin + fit_left(key, keys) + "  " + plain(key, value), width));
    }
  }
  return out;
}

} // namespace towncrier::commands
