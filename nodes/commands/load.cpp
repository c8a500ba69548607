#include "nodes/commands/command_line.hpp"
#include "nodes/commands/interrupt.hpp"
#include "nodes/commands/progress.hpp"
#include "nodes/load/swarm.hpp"
#include "ws/url.hpp"

#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace towncrier::commands {

namespace {

struct load_request {
  load::settings test;
  std::string url = "ws://127.0.0.1:8765/";
  std::string kind = "events";
  double warm_up = 1;
  double duration = 5;
  double idle = 0;
  double patience = 15;
  bool json = false;
};

void describe(CLI::App& app, load_request& x) {
  auto& test = x.test;
  const auto size_range = CLI::Range(std::size_t{1}, std::size_t{1'000'000});
  app.add_option("URL", x.url, "the server, ws://host:port/")->capture_default_str();
  app.add_option("--clients", test.clients, "viewers")->check(size_range)->capture_default_str();
  app.add_option("--ramp", test.ramp, "viewers that connect a second")->check(size_range)->capture_default_str();
  auto* rate = app.add_option("--rate", test.rate, "messages a second")->check(CLI::Range(0.01, 1e6));
  rate->capture_default_str();
  app.add_option("--in-flight", test.in_flight, "instead of a rate: messages on their way to some viewer at a time")
      ->check(CLI::Range(std::size_t{1}, std::size_t{100'000}))
      ->excludes(rate);
  app.add_option("--size", test.size, "of a message, in bytes")->check(size_range)->capture_default_str();
  app.add_option("--kind", x.kind, "what is published: events (all count) or states (the latest counts)")
      ->check(CLI::IsMember({"events", "states"}))
      ->capture_default_str();
  app.add_option("--characters", test.characters, "characters that states are spread over")
      ->check(size_range)
      ->capture_default_str();
  app.add_option("--duration", x.duration, "seconds that are measured")
      ->check(CLI::Range(0.1, 1e6))
      ->capture_default_str();
  app.add_option("--warm-up", x.warm_up, "seconds before")->check(CLI::Range(0.0, 1e6))->capture_default_str();
  app.add_option("--idle", x.idle, "seconds between the last connection and the first message")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  app.add_option("--patience", x.patience, "seconds that viewers may take for the rest at the end")
      ->check(CLI::Range(0.1, 1e6))
      ->capture_default_str();
  app.add_option("--subscribe", test.subscribe,
                 "a channel for every viewer, as of 'towncrier watch'; may be given again (default: the server's)");
  app.add_option("--slow-share", test.slow_share, "the part of the viewers that are slow, 0 to 1")
      ->check(CLI::Range(0.0, 1.0));
  app.add_option("--slow-rate", test.slow_rate, "bytes a second that a slow viewer reads; 0: none until the end")
      ->capture_default_str();
  app.add_option("--storms", test.storms, "times that all viewers are cut off at once, and come back where they were")
      ->check(CLI::Range(std::size_t{0}, std::size_t{1000}))
      ->capture_default_str();
  app.add_flag("--msgpack", test.msgpack, "MessagePack instead of JSON");
  app.add_flag("--compression", test.compression, "offer permessage-deflate");
  app.add_option("--token", test.token, "who all of them are, where the node asks")->envname("TOWNCRIER_TOKEN");
  app.add_flag("--spin", test.spin, "never sleep, so that the server does not pay for waking the test (takes a core)");
  app.add_option("--server-pid", test.server, "the server's process, when it runs on this machine: measures it, too");
  app.add_flag("--json", x.json, "print the result as JSON");
  app.footer("A node limits how many viewers it takes (edge.max-connections).\nExit codes: 0 everything published came "
             "in order or was told, 1 it did not, 2 bad arguments.");
}

std::chrono::milliseconds milliseconds(double seconds) {
  return std::chrono::milliseconds{std::llround(seconds * 1000)};
}

/// Brings together what was asked for; the sentence says what cannot be.
std::optional<std::string> complete(load_request& x) {
  if (auto fault = fault_of_channels(x.test.subscribe); !fault.empty())
    return fault;
  const auto url = ws::parse_url(x.url);
  if (!url)
    return url.error();
  if (url->secure)
    return fmt::format("{}: load speaks ws:// alone; test a listener without TLS", x.url);
  x.test.host = url->host;
  x.test.port = url->port;
  x.test.target = url->target;
  x.test.kind = x.kind == "states" ? load::kind::states : load::kind::events;
  if (x.test.in_flight != 0)
    x.test.rate = 0;
  if (x.test.in_flight != 0 && (x.test.kind == load::kind::states || x.test.storms != 0))
    return "--in-flight waits for every message, so it cannot go with --kind states or --storms; give a --rate";
  x.test.warm_up = milliseconds(x.warm_up);
  x.test.duration = milliseconds(x.duration);
  x.test.idle = milliseconds(x.idle);
  x.test.patience = milliseconds(x.patience);
  return std::nullopt;
}

/// `measuring: 1000 viewers, 99812 deliveries/s`, of what was delivered since the last one.
class status_text {
public:
  std::string of(const load::progress& x) {
    const auto now = std::chrono::steady_clock::now();
    const auto seconds = std::chrono::duration<double>(now - std::exchange(last_, now)).count();
    const auto deliveries = x.deliveries - std::exchange(deliveries_, x.deliveries);
    return fmt::format("{}: {} viewers, {:.0f} deliveries/s", x.phase, x.live,
                       static_cast<double>(deliveries) / seconds);
  }

private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
  std::uint64_t deliveries_ = 0;
};

} // namespace

std::string load_help() {
  return help_of<load_request>("Tests how a node bears many viewers, and checks every message they are given.", "load");
}

int run_load(const arguments& x) {
  return run_with<load_request>("load", x, [](load_request& request) -> int {
    if (const auto wrong = complete(request))
      return fail(misused, *wrong);
    const auto server = load::resolve(request.test.host, request.test.port);
    if (!server)
      return fail(failed, server.error());
    catch_interrupts();
    status_line line;
    status_text status;
    load::swarm swarm{request.test, *server, [&](const load::progress& at) {
                        line.show(status.of(at));
                        return !interrupted();
                      }};
    const auto found = swarm.run();
    line.clear();
    if (!found)
      return fail(failed, fmt::format("{}: {}", request.url, found.error()));
    if (request.json)
      say(load::as_json(request.test, *found) + "\n");
    else
      say(load::as_table(request.test, *found));
    return found->good() ? done : failed;
  });
}

} // namespace towncrier::commands
