#include "nodes/commands/inspection/inspection_text.hpp"

#include "nodes/commands/inspection/admin_client.hpp"
#include "nodes/commands/inspection/text_width.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace towncrier::commands {

namespace {

struct reason_text {
  std::string_view reason;
  std::string_view sentence;
};

/// Every reason that nodes/API.md names.
constexpr std::array<reason_text, 15> reasons{{
    {"delivered", "{who} was given the last change of {what}."},
    {"conflated_and_waiting",
     "{who} was not given the last change of {what} yet: it reads too slowly. {bytes} bytes wait "
     "for its socket; when they have gone it gets the latest state."},
    {"waiting_for_the_flush",
     "{who} was not given the last change of {what} yet: it goes out with the next flush of the "
     "hub."},
    {"catching_up",
     "{who} was not given the last change of {what} yet: it is still being given what it missed before."},
    {"held_for_resume",
     "{who} was not given the last change of {what} yet: it has just come, and may still say where to "
     "resume."},
    {"before_it_came", "{who} was not given the last change of {what}: it came later, and asked for no snapshot."},
    {"before_it_subscribed", "Whether {who} was given the last change of {what} is not known: it subscribed later, and "
                             "asked for no snapshot."},
    {"outside_its_area", "{who} was not given the last change of {what}: the character is outside its area."},
    {"not_subscribed", "{who} was not given the last change of {what}: none of its channels has the character."},
    {"nothing_subscribed", "{who} was not given the last change of {what}: it has subscribed to nothing."},
    {"unknown_character", "Nothing is known of a character {what}."},
    {"character_removed", "The character {what} was removed."},
    {"not_welcome_yet", "{who} was not given the last change of {what}: it is not welcome yet ({phase})."},
    {"closed", "{who} was not given the last change of {what}: it is closing."},
    {"no_such_connection", "There is no connection {who} on that node: it has gone, or it is another node's."},
}};

/// How wide a column of node ids has to be.
std::size_t widest_id(const model::value& answer, std::string_view list, std::string_view key, std::string_view title) {
  constexpr std::size_t most = 20;
  auto result = title.size();
  for (const auto& x : rows_in(answer, list))
    result = std::max(result, display_width(text_in(x, key)));
  return std::min(result, most);
}

std::string node_line(const model::value& x, std::size_t id_width) {
  return fmt::format("{} {} {} {} {} {}  {}", fit_left(text_in(x, "id"), id_width),
                     fit_left(text_in(x, "state").empty() ? "up" : text_in(x, "state"), 8),
                     fit_right(short_count(number_in(x, "actors")), 7),
                     fit_right(short_count(number_in(x, "mailbox")), 8),
                     fit_right(short_count(number_in(x, "handled")), 8),
                     fit_right(short_time(number_in(x, "busy_seconds")), 7), text_in(x, "edge"));
}

/// How far a peer's clock is ahead of the node's, as `+0.001s`.
std::string clock_of(const model::value& link) {
  const auto* x = link.find("clock_offset_ms");
  return x == nullptr || x->is_null() ? "?" : fmt::format("{:+.3f}s", x->number_or(0) / 1000);
}

std::string link_line(const model::value& x, std::size_t id_width) {
  const auto error = text_in(x, "last_error");
  return fmt::format("{} {} {} {} {} {} {} {}{}", fit_left(text_in(x, "node"), id_width),
                     fit_left(text_in(x, "phase"), 8), fit_left(text_in(x, "breaker"), 9),
                     fit_right(short_count(number_in(x, "sent_bytes")), 8),
                     fit_right(short_count(number_in(x, "received_bytes")), 8),
                     fit_right(short_count(number_in(x, "in_flight_bytes")), 9),
                     fit_right(short_count(number_in(x, "lost_events")), 5), fit_right(clock_of(x), 10),
                     error.empty() ? "" : "  " + error);
}

} // namespace

std::string why_sentence(const model::value& answer) {
  const auto reason = text_in(answer, "reason");
  const auto at = std::find_if(reasons.begin(), reasons.end(), [&](const auto& x) { return x.reason == reason; });
  if (at == reasons.end())
    return reason;
  return fmt::format(fmt::runtime(at->sentence), fmt::arg("who", text_in(answer, "connection")),
                     fmt::arg("what", text_in(answer, "character")), fmt::arg("bytes", text_in(answer, "queued_bytes")),
                     fmt::arg("phase", text_in(answer, "phase")));
}

std::string node_tables(const model::value& answer, std::size_t width) {
  std::string out;
  const auto add = [&](const std::string& line) { out += cut(line, width) + '\n'; };
  const auto id_width = widest_id(answer, "nodes", "id", "NODE");
  add(fmt::format("{:<{}} {:<8} {:>7} {:>8} {:>8} {:>7}  {}", "NODE", id_width, "STATE", "ACTORS", "MAILBOX", "HANDLED",
                  "BUSY", "EDGE"));
  for (const auto& x : rows_in(answer, "nodes"))
    add(node_line(x, id_width));
  if (!rows_in(answer, "links").empty()) {
    const auto to_width = widest_id(answer, "links", "node", "LINK TO");
    out += '\n';
    add(fmt::format("{:<{}} {:<8} {:<9} {:>8} {:>8} {:>9} {:>5} {:>10}", "LINK TO", to_width, "PHASE", "BREAKER",
                    "SENT B", "RECVD B", "IN FLIGHT", "LOST", "CLOCK"));
    for (const auto& x : rows_in(answer, "links"))
      add(link_line(x, to_width));
  }
  if (const auto* reachable = answer.find("etcd"); reachable != nullptr && *reachable == model::value{false})
    out += "\netcd cannot be reached: nodes can neither come nor go until it can.\n";
  for (const auto& x : rows_in(answer, "warnings"))
    if (const auto* sentence = x.get_if<std::string>())
      out += "\n" + *sentence + ".\n";
  return out;
}

} // namespace towncrier::commands
