#include "codec/names.hpp"
#include "nodes/commands/command.hpp"
#include "nodes/commands/inspection/admin_client.hpp"
#include "nodes/commands/inspection/trace_tree.hpp"
#include "nodes/commands/interrupt.hpp"

#include <fmt/format.h>

#include <chrono>
#include <thread>

namespace towncrier::commands {

namespace {

constexpr std::chrono::milliseconds poll_interval{250};

constexpr const char* text =
    "Follows the next messages of a subject through every actor and every node to the sockets of the viewers: how long "
    "each waited in a mailbox and in a handler, what was conflated, filtered or dropped and why, and who got it.\n"
    "Ends when they are complete (exit code 0) or the time is over (1). Following costs the nodes something: a trace "
    "is "
    "of at most 100 messages and 300 seconds, and 8 run at once.\n"
    "A publisher whose message has a 'traceparent' (W3C Trace Context) finds its trace id and its own span here.";

struct trace_settings {
  admin_settings admin;
  std::string subject;
  std::int64_t count = 1;
  std::int64_t seconds = 30;
};

CLI::Validator subject() {
  return {[](std::string& x) -> std::string {
            for (const std::string_view kind : {"character:", "event:"})
              if (x.starts_with(kind) && x.size() > kind.size())
                return {};
            constexpr std::string_view connection = "connection:";
            if (auto name = x.substr(std::min(connection.size(), x.size())); x.starts_with(connection))
              return connection_name()(name);
            return fmt::format("'{}' is nothing that can be followed: give character:ID, event:TYPE or connection:c17",
                               x);
          },
          ""};
}

void describe(CLI::App& app, trace_settings& x) {
  app.add_option(
         "SUBJECT", x.subject,
         "character:ID, event:TYPE, or connection:c17 (of the node that is asked: what it publishes and what it "
         "is shown)")
      ->required()
      ->check(subject());
  app.add_option("--count", x.count, "how many messages to follow, 1 to 100")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  app.add_option("--seconds", x.seconds, "how long to wait for them, 1 to 300")
      ->check(CLI::Range(1, 300))
      ->capture_default_str();
  add_admin_flags(app, x.admin);
}

bool is_over(const model::value& trace) { return text_in(trace, "state") != "following"; }

/// The trace when it is over, or when a signal came, which ends it.
model::result<model::value> follow(const admin_settings& to, const std::string& id) {
  const auto page = "traces/" + id;
  for (bool ending = false;;) {
    auto shown = send_admin(to, "GET", page, nullptr);
    if (!shown || is_over(*shown) || ending)
      return shown;
    std::this_thread::sleep_for(poll_interval);
    if (!interrupted())
      continue;
    if (const auto ended = send_admin(to, "DELETE", page, nullptr); !ended)
      return model::failure{ended.error()};
    ending = true;
  }
}

int show(const trace_settings& x, const model::value& trace) {
  const auto complete = text_in(trace, "state") == "complete";
  if (x.admin.json)
    return say_json(trace) == done && complete ? done : failed;
  std::string out;
  for (const auto& message : rows_in(trace, "messages"))
    out += trace_tree(message) + '\n';
  return say(out + trace_end(trace)) == done && complete ? done : failed;
}

} // namespace

std::string trace_help() { return help_of<trace_settings>(text, "trace"); }

int run_trace(const arguments& line) {
  return run_with<trace_settings>("trace", line, [](trace_settings& x) {
    if (const auto colon = x.subject.find(':'); colon != std::string::npos)
      if (const auto fault = codec::name_fault(std::string_view{x.subject}.substr(colon + 1)); !fault.empty())
        return fail(misused, "what stands behind the colon " + fault);
    catch_interrupts();
    const model::value wanted{model::object{{"subject", x.subject}, {"count", x.count}, {"seconds", x.seconds}}};
    const auto begun = send_admin(x.admin, "POST", "traces", &wanted);
    if (!begun)
      return fail(failed, begun.error());
    const auto trace = follow(x.admin, text_in(*begun, "id"));
    return trace ? show(x, *trace) : fail(failed, trace.error());
  });
}

} // namespace towncrier::commands
