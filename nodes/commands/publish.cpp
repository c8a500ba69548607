#include "nodes/commands/command_line.hpp"
#include "nodes/commands/publisher.hpp"

#include <fmt/format.h>

#include <charconv>

namespace towncrier::commands {

namespace {

/// What was written for `--speed`: `max` is 0 to the publisher. Empty when it is no speed.
std::optional<double> parse_speed(std::string_view text) {
  double x = 0;
  if (text == "max")
    return 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), x);
  if (error != std::errc{} || end != text.data() + text.size() || !(x > 0 && x <= 1e6))
    return std::nullopt;
  return x;
}

struct publish_command {
  publish_command() { settings.client.urls.clear(); }

  publish_settings settings;
  std::string speed = "1";
};

void describe(CLI::App& app, publish_command& command) {
  auto& x = command.settings;
  app.add_option("URL... FILE", x.client.urls,
                 "the node, ws://host:port/ or wss://... (several: the first that answers), and at last recorded "
                 "movement, one JSON object a line, plain or gzip")
      ->required()
      ->expected(2, 1000);
  app.add_option("--speed", command.speed, "recorded seconds a second, or 'max': as fast as the node takes it")
      ->capture_default_str();
  app.add_flag("--remove", x.remove,
               "let vehicles leave that are not recorded any more; without it they stay where they "
               "were");
  app.add_option("--window", x.window, "batches (of at most 100 messages) under way at a time")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  app.add_flag("--msgpack", x.client.msgpack, "send MessagePack instead of JSON");
  add_client_flags(app, x.client);
  app.footer(
      "Each row is {\"t\":1,\"id\":\"0\",\"state\":\"DRIVING\",\"location\":\"street\",\"x\":1.5,\"y\":2.5,"
      "\"angle\":90,\"speed\":8.1}\nwith t in seconds and fractions of them, never falling, and an id that is a string "
      "or an integer. angle and speed may\n"
      "be missing. A lost connection is taken up again, at the\n"
      "same node or another, and what was not acknowledged is sent again.\nExit codes: 0 everything was delivered, 1 "
      "not everything, "
      "2 bad arguments.");
}

} // namespace

std::string publish_help() {
  return help_of<publish_command>("Plays recorded movement to a node as an external simulation would.", "publish");
}

int run_publish(const arguments& line) {
  return run_with<publish_command>("publish", line, [](publish_command& x) {
    const auto speed = parse_speed(x.speed);
    if (!speed)
      return fail(misused,
                  fmt::format("--speed {} is not possible; give a number above 0 up to 1000000, or 'max'", x.speed));
    auto& settings = x.settings;
    const auto is_url = url_of({"ws://", "wss://"});
    for (auto at = settings.client.urls.begin(); at != std::prev(settings.client.urls.end()); ++at)
      if (const auto fault = is_url(*at); !fault.empty())
        return fail(misused, fault + "; 'towncrier publish --help' says more");
    settings.speed = *speed;
    settings.file = std::move(settings.client.urls.back());
    settings.client.urls.pop_back();
    auto source = recording::open(settings.file);
    if (!source)
      return fail(misused, source.error());
    return publisher{settings, std::move(*source)}.run();
  });
}

} // namespace towncrier::commands
