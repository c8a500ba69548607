#include "codec/json.hpp"
#include "nodes/commands/command_line.hpp"
#include "nodes/commands/interrupt.hpp"
#include "nodes/commands/node_client.hpp"
#include "nodes/commands/readable.hpp"
#include "nodes/commands/retry.hpp"
#include "protocol/close_codes.hpp"
#include "protocol/errc.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <unistd.h>

namespace towncrier::commands {

namespace {

using namespace std::chrono_literals;

constexpr auto normal_close = static_cast<std::uint16_t>(protocol::close_code::normal);

struct watch_settings {
  client_settings client;
  std::vector<std::string> channels;
  bool snapshot = false;
  bool json = false;
  bool no_reconnect = false;
  std::size_t count = 0;
};

void describe(CLI::App& app, watch_settings& x) {
  app.add_option("URL", x.client.urls, "the node, ws://host:port/ or wss://...; several: the first that answers")
      ->check(url_of({"ws://", "wss://"}))
      ->capture_default_str();
  app.add_option("--subscribe", x.channels,
                 "a channel to watch instead of 'world': location:NAME, character:ID, "
                 "event:TYPE, or none; may be given several times")
      ->allow_extra_args(false);
  app.add_flag("--snapshot", x.snapshot, "begin with the state of everything watched");
  app.add_flag("--json", x.json, "print each message as one line of JSON, those of a batch one by one");
  app.add_flag("--msgpack", x.client.msgpack, "receive MessagePack instead of JSON; what is printed stays the same");
  app.add_option("--count", x.count, "end after so many messages, not counting the welcome")
      ->check(CLI::PositiveNumber);
  app.add_flag("--no-reconnect", x.no_reconnect, "end when the connection ends");
  add_client_flags(app, x.client);
  app.footer(
      "A lost connection is taken up again where it was, at the same node first and then at the others: those given\n"
      "and those that the node has named. Not so when the node closed it with a code after which no client comes\n"
      "back: 1008 (the token, or an operator) and 1009. Exit codes: 0 after --count messages, a signal or a normal\n"
      "close; 1 when no node can be reached or one closed the connection for good; 2 bad arguments.");
}

/// Shows what one viewer sees, over as many connections as it takes.
class watcher {
public:
  explicit watcher(const watch_settings& x)
      : settings_(x), edges_(x.client.urls), colour_(::isatty(STDOUT_FILENO) != 0) {}

  int run() {
    catch_interrupts();
    auto client = connect(node_client::connect_to_any);
    if (!client)
      return fail(failed, client.error);
    for (;;) {
      const auto end = watch(*client.client);
      if (!end || end->code == normal_close)
        return done;
      const auto rule = protocol::rule_of(end->code);
      if (settings_.no_reconnect || !rule.returns)
        return fail(failed, for_terminal("the connection ended: " + to_string(*end)));
      fmt::print(stderr, "towncrier: {}; reconnecting\n", for_terminal(to_string(*end)));
      for (flow::duration wait = rule.wait;; wait = {}) {
        if (!retry_.wait(wait))
          return done;
        client = connect(node_client::connect);
        if (client)
          break;
        if (!client.may_return)
          return fail(failed, for_terminal(client.error));
      }
      retry_.reset();
    }
  }

private:
  template <class Connect>
  attempt connect(Connect how) {
    std::vector<query_field> query;
    for (const auto& x : settings_.channels)
      query.emplace_back("subscribe", x);
    if (!position_.empty())
      query.emplace_back("position", position_);
    auto made = how(settings_.client, edges_, query);
    if (made)
      begin(*made.client);
    return made;
  }

  void begin(node_client& client) {
    show(client.welcome_message().value, client.welcome_message().json);
    std::fflush(stdout);
    if (settings_.snapshot && position_.empty())
      client.ask(snapshot_request());
    // What a resumed viewer missed is still to come: the position is not yet where the stream is.
    const auto* resumed = client.welcome().find("resumed");
    if (resumed == nullptr || *resumed != model::value{true})
      note_position(client.welcome());
  }

  model::object snapshot_request() const {
    model::array channels{settings_.channels.begin(), settings_.channels.end()};
    if (channels.empty())
      channels.emplace_back("world");
    return model::object{{"type", "subscribe"},
                         {"data", model::object{{"channels", std::move(channels)}, {"snapshot", true}}}};
  }

  /// Why the connection ended; nothing when there is nothing left to do.
  std::optional<ws::client_closed> watch(node_client& client) {
    while (!interrupted() && !enough()) {
      const auto x = client.receive(100ms);
      if (const auto* closed = std::get_if<ws::client_closed>(&x))
        return *closed;
      if (const auto* message = std::get_if<node_message>(&x))
        take(*message);
    }
    client.close();
    return std::nullopt;
  }

  bool enough() const { return settings_.count != 0 && shown_ >= settings_.count; }

  void take(const node_message& x) {
    note_position(x.value);
    const auto* type = x.value.find("type");
    const auto* data = x.value.find("data");
    if (type && data && *type == model::value{"heartbeat"})
      note_position(*data);
    const auto* items = data && type && *type == model::value{"batch"} ? data->get_if<model::array>() : nullptr;
    if (items == nullptr)
      count(x.value, x.json);
    else
      for (const auto& item : *items)
        count(item, {});
    std::fflush(stdout);
  }

  void count(const model::value& x, const std::string& json) {
    if (enough())
      return;
    show(x, json);
    ++shown_;
  }

  /// `json` may be empty: it is made then.
  void show(const model::value& x, std::string json) const {
    if (settings_.json && json.empty())
      codec::append_json(json, x);
    fmt::print("{}\n", settings_.json ? json : readable(x, colour_));
  }

  void note_position(const model::value& x) {
    if (const auto* position = x.find("position"))
      if (const auto* text = position->get_if<std::string>())
        position_ = *text;
  }

  watch_settings settings_;
  edge_list edges_;
  bool colour_;
  std::size_t shown_ = 0;
  std::string position_;
  retry retry_;
};

} // namespace

std::string watch_help() { return help_of<watch_settings>("Shows what a viewer sees.", "watch"); }

int run_watch(const arguments& line) {
  return run_with<watch_settings>("watch", line, [](watch_settings& settings) -> int {
    if (const auto fault = fault_of_channels(settings.channels); !fault.empty())
      return fail(misused, fault);
    return watcher{settings}.run();
  });
}

} // namespace towncrier::commands
