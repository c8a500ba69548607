#include "nodes/commands/readable.hpp"

#include "codec/json.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <ctime>

namespace towncrier::commands {

namespace {

/// The text of a member: strings bare, everything else as JSON; empty when there is none.
std::string text_of(const model::value& data, std::string_view key) {
  const auto* x = data.find(key);
  if (x == nullptr)
    return {};
  if (const auto* text = x->get_if<std::string>())
    return *text;
  std::string result;
  codec::append_json(result, *x);
  return result;
}

std::string with(std::string_view before, const std::string& text, std::string_view after = "") {
  return text.empty() ? std::string{} : fmt::format("{}{}{}", before, text, after);
}

std::string place_of(const model::value& x) {
  const auto where = with(" at ", text_of(x, "location"));
  return x.find("x") ? fmt::format("{} ({:.1f}, {:.1f})", where, x.find("x")->number_or(0),
                                   x.find("y") ? x.find("y")->number_or(0) : 0)
                     : where;
}

std::string update_line(const model::value& x) {
  const auto* attributes = x.find("attributes");
  const auto* members = attributes ? attributes->get_if<model::object>() : nullptr;
  return text_of(x, "character_id") + with(" \"", text_of(x, "name"), "\"") + with(" ", text_of(x, "state")) +
         place_of(x) + (members && !members->empty() ? " " + text_of(x, "attributes") : "");
}

std::string state_line(const model::value& x) {
  return text_of(x, "character_id") + " " + text_of(x, "new_state") +
         with(" (was ", text_of(x, "previous_state"), ")") + place_of(x) + with(" ", text_of(x, "attributes"));
}

std::string removed_line(const model::value& x) {
  return text_of(x, "character_id") + with(" (", text_of(x, "reason"), ")");
}

std::string event_line(const model::value& x) { return text_of(x, "event_type") + with(" ", text_of(x, "data")); }

std::string welcome_line(const model::value& x) {
  const auto* resumed = x.find("resumed");
  return fmt::format("node {}, connection {}{}", text_of(x, "node"), text_of(x, "connection_id"),
                     resumed && *resumed == model::value{true} ? ", resumed" : "");
}

std::string lag_line(const model::value& x) {
  return fmt::format("{} states skipped, {} events dropped, {} ms behind", text_of(x, "conflated"),
                     text_of(x, "dropped_events"), text_of(x, "behind_ms"));
}

std::string error_line(const model::value& x) {
  return text_of(x, "code") + " " + text_of(x, "message") + with("; try again in ", text_of(x, "retry_after"), " s");
}

std::string any_line(const model::value& x) {
  std::string result;
  codec::append_json(result, x);
  return result == "{}" ? "" : result;
}

struct style {
  std::string_view type;
  /// SGR parameters of ECMA-48.
  std::string_view colour;
  std::string (*line)(const model::value&);
};

constexpr std::array<style, 9> styles{{
    {"character_update", "32", update_line},
    {"state_change", "36", state_line},
    {"character_removed", "35", removed_line},
    {"event_notification", "33", event_line},
    {"welcome", "1", welcome_line},
    {"lag", "31", lag_line},
    {"error", "1;31", error_line},
    {"heartbeat", "2", any_line},
    {"", "0", any_line},
}};

const style& style_of(std::string_view type) {
  for (const auto& x : styles)
    if (x.type == type)
      return x;
  return styles.back();
}

/// Seconds since the Unix epoch as the local time of day, to the millisecond.
std::string time_of_day(double timestamp) {
  // Beyond the year 9999 there is nothing to show, and a time_t cannot hold everything.
  if (!(timestamp >= 0 && timestamp < 253402300800.0))
    return "            ";
  const auto milliseconds = std::llround(timestamp * 1000);
  const std::time_t seconds = milliseconds / 1000;
  std::tm parts{};
  localtime_r(&seconds, &parts);
  return fmt::format("{:02}:{:02}:{:02}.{:03}", parts.tm_hour, parts.tm_min, parts.tm_sec, milliseconds % 1000);
}

} // namespace

std::string for_terminal(std::string_view text) {
  std::string result{text};
  for (std::size_t i = 0; i < result.size(); ++i) {
    const auto c = static_cast<unsigned char>(result[i]);
    // U+0080 to U+009F, in UTF-8 a C2 before them, are control characters, too.
    const bool c1 = c >= 0x80 && c < 0xA0 && i > 0 && static_cast<unsigned char>(text[i - 1]) == 0xC2;
    if (c < 0x20 || c == 0x7F)
      result[i] = '?';
    else if (c1)
      result.replace(i - 1, 2, "??");
  }
  return result;
}

std::string readable(const model::value& message, bool colour) {
  const auto type = text_of(message, "type");
  const auto* data = message.find("data");
  const auto* time = message.find("timestamp");
  const auto& how = style_of(type);
  const auto line = fmt::format("{} {}", for_terminal(fmt::format("{:<18}", type)),
                                for_terminal(how.line(data ? *data : model::value{})));
  const auto when = time_of_day(time ? time->number_or(-1) : -1);
  return colour ? fmt::format("\x1b[2m{}\x1b[0m \x1b[{}m{}\x1b[0m", when, how.colour, line)
                : fmt::format("{} {}", when, line);
}

} // namespace towncrier::commands
