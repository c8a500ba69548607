#include "codec/names.hpp"
#include "nodes/commands/inspection/admin_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace towncrier::commands {

namespace {

struct act_settings {
  admin_settings admin;
  std::string action, what, node;
};

/// One thing that can be done: how it is called here, and in the API.
struct action {
  std::string_view name;
  std::string_view in_api;
  std::string_view member; ///< what is acted upon, in the API
  std::string_view done;   ///< as it is told
};

constexpr std::array<action, 5> actions{{
    {"close", "close", "connection", "The connection {} is being closed."},
    {"restart", "restart", "character", "The publisher of {} is begun again."},
    {"pause", "pause", "character", "{} is paused: what is said of it is held back until it is resumed."},
    {"resume", "resume", "character", "{} goes on; what was held back has been given out."},
    {"log-level", "log_level", "level", "The log level is {}."},
}};

constexpr std::array<std::string_view, 6> log_levels{"trace", "debug", "info", "warn", "error", "off"};

void describe(CLI::App& app, act_settings& x) {
  std::vector<std::string> names;
  for (const auto& each : actions)
    names.emplace_back(each.name);
  app.add_option("ACTION", x.action, "close, restart, pause, resume or log-level")
      ->required()
      ->check(CLI::IsMember(names));
  app.add_option("WHAT", x.what,
                 "a connection (c17), a character (ada, or character:ada; actor:ID names its actor), or a level")
      ->required();
  app.add_option("--node", x.node,
                 "on this node, or 'all': on the one that has the character; without it, on the one that is asked");
  add_admin_flags(app, x.admin);
  app.footer("towncrier act close c17          ends a connection (close code 1008)\n"
             "towncrier act restart ada        ends the publisher of a character and begins another, which goes on:\n"
             "                                 no viewer sees a gap or a lower version\n"
             "towncrier act pause ada          holds back what is said of a character\n"
             "towncrier act resume ada         gives it out as one update\n"
             "towncrier act log-level debug    trace, debug, info, warn, error or off\n"
             "Each act is logged, and written to the node's admin.audit_log.\n"
             "Exit codes: 0 it was done, 1 it was not, 2 it cannot be meant.");
}

/// `text` without the kind before it, where that is one of `kinds`.
std::string without_kind(std::string text, std::initializer_list<std::string_view> kinds) {
  for (const auto kind : kinds)
    if (text.starts_with(kind))
      return text.substr(kind.size());
  return text;
}

/// Why no node could do that, whatever it knows; empty: one could.
std::string fault_of(const action& how, const act_settings& x) {
  if (how.member == "level") {
    const auto& levels = log_levels;
    if (std::find(levels.begin(), levels.end(), x.what) == levels.end())
      return fmt::format("'{}' is no log level: give {}", x.what, fmt::join(levels, ", "));
  } else if (how.member == "connection") {
    auto name = without_kind(x.what, {"connection:"});
    if (x.node == "all")
      return "connections are called the same on every node: name one, not 'all'";
    return connection_name()(name);
  } else if (x.what.starts_with("actor:") && x.what.find_first_not_of("0123456789", 6) != std::string::npos) {
    return fmt::format("'{}' names no actor: give its id, as actor:17", x.what);
  }
  return {};
}

model::object body_of(const action& how, const act_settings& x) {
  model::object body{{"action", how.in_api}};
  if (how.member == "connection")
    body.emplace_back("connection", without_kind(x.what, {"connection:"}));
  else if (how.member == "level")
    body.emplace_back("level", x.what);
  else if (x.what.starts_with("actor:"))
    body.emplace_back("actor", x.what.substr(6));
  else
    body.emplace_back("character", without_kind(x.what, {"character:", "character_publisher:"}));
  if (!x.node.empty())
    body.emplace_back("node", x.node);
  return body;
}

} // namespace

std::string act_help() { return help_of<act_settings>("Acts on a running node, as an operator", "act"); }

int run_act(const arguments& line) {
  return run_with<act_settings>("act", line, [](act_settings& x) {
    const auto& how = *std::find_if(actions.begin(), actions.end(), [&](const auto& a) { return a.name == x.action; });
    if (const auto fault = fault_of(how, x); !fault.empty())
      return fail(misused, fault + "; 'towncrier act --help' says more");
    const model::value body = body_of(how, x);
    if (const auto* character = body.find("character"))
      if (const auto fault = codec::name_fault(*character->get_if<std::string>()); !fault.empty())
        return fail(misused, "the character " + fault);
    const auto answer = send_admin(x.admin, "POST", "actions", &body);
    if (!answer)
      return fail(failed, answer.error());
    if (x.admin.json)
      return say_json(*answer);
    const auto named = text_in(*answer, how.member);
    return say(fmt::format(fmt::runtime(how.done), named.empty() ? x.what : named) + '\n');
  });
}

} // namespace towncrier::commands
