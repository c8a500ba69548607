#include "nodes/commands/publisher.hpp"

#include "codec/names.hpp"
#include "model/position.hpp"
#include "nodes/commands/command.hpp"
#include "nodes/commands/interrupt.hpp"
#include "nodes/commands/readable.hpp"
#include "protocol/close_codes.hpp"
#include "protocol/errc.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace towncrier::commands {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t max_batch_messages = 100;
constexpr std::chrono::seconds give_up_after{60};

double number_in(const model::value& x, std::string_view key, double otherwise) {
  const auto* found = x.find(key);
  return found ? found->number_or(otherwise) : otherwise;
}

std::optional<std::int64_t> id_in(const model::value& data) {
  const auto* x = data.find("id");
  const auto* id = x ? x->get_if<std::int64_t>() : nullptr;
  return id ? std::optional{*id} : std::nullopt;
}

std::string text_in(const model::value& x, std::string_view key) {
  const auto* found = x.find(key);
  const auto* text = found ? found->get_if<std::string>() : nullptr;
  return text ? *text : std::string{};
}

/// The life of `node` that whoever said this welcome has heard of, itself included.
std::optional<node_life> life_in(const model::value& welcome, const std::string& node) {
  const auto position = model::position::parse(text_in(welcome, "position"));
  const auto mark = position ? position->find(node) : std::nullopt;
  return mark ? std::optional{node_life{node, mark->incarnation}} : std::nullopt;
}

/// Whether the node knows what we told another, or itself, in that life: it was that node, or it has heard of it. What
/// is acknowledged in a cluster, all its nodes have.
bool knows(const model::value& welcome, const std::optional<node_life>& life) {
  const auto known = life ? life_in(welcome, life->node) : std::nullopt;
  return known && known->incarnation == life->incarnation;
}

} // namespace

publisher::publisher(const publish_settings& settings, recording source)
    : settings_(settings), edges_(settings.client.urls), source_(std::move(source)), movement_(settings.remove),
      window_(settings.window) {}

int publisher::run() {
  catch_interrupts();
  if (!connect(node_client::connect_to_any))
    return fail(failed, connect_error_);
  const auto start = clock::now();
  play();
  client_->close();
  return summarise(start);
}

void publisher::play() {
  while (!interrupted() && fault_.empty()) {
    fill();
    send_waiting();
    if (at_end_ && window_.empty())
      return;
    receive();
    progress_.update(source_.progress(), messages_);
  }
}

void publisher::fill() {
  while (!at_end_ && window_.wants_more()) {
    if (!step_) {
      auto next = source_.next();
      if (!next)
        return stop(next.error());
      step_ = std::move(*next);
      at_end_ = !step_;
    }
    if (!step_)
      return;
    if (!first_t_) {
      first_t_ = step_->t;
      start_ = clock::now();
    }
    if (!due())
      return;
    window_.add(movement_.messages(*std::exchange(step_, std::nullopt)), batch_messages_, batch_bytes_);
    send_waiting();
  }
}

bool publisher::due() const { return patience() == 0ms; }

/// How long until there is something to do that the node does not ask for.
std::chrono::milliseconds publisher::patience() const {
  constexpr std::chrono::milliseconds most = 100ms;
  if (!step_)
    return most;
  if (settings_.speed == 0)
    return 0ms;
  const std::chrono::duration<double> offset{(step_->t - *first_t_) / settings_.speed};
  const auto left = start_ + std::chrono::duration_cast<clock::duration>(offset) - clock::now();
  return std::clamp(std::chrono::ceil<std::chrono::milliseconds>(left), 0ms, most);
}

void publisher::send_waiting() {
  while (clock::now() >= quiet_until_) {
    const auto* next = window_.next();
    // A connection that has ended says so at the next receive.
    if (next == nullptr || !client_->send(next->envelope()))
      return;
  }
}

void publisher::receive() {
  const auto x = client_->receive(window_.wants_more() ? std::max(1ms, patience()) : 100ms);
  if (const auto* message = std::get_if<node_message>(&x))
    take(*message);
  else if (const auto* closed = std::get_if<ws::client_closed>(&x))
    reconnect(*closed);
}

void publisher::take(const node_message& x) {
  const auto* type = x.value.find("type");
  const auto* data = x.value.find("data");
  if (type == nullptr || data == nullptr)
    return;
  const auto id = id_in(*data);
  if (*type == model::value{"result"} && id)
    settle(*id, true);
  else if (*type == model::value{"error"})
    refused(*data, id);
}

void publisher::settle(std::int64_t id, bool taken) {
  for (const auto& x : window_.settle(id, taken)) {
    acknowledged_.apply(x);
    ++messages_;
  }
}

void publisher::refused(const model::value& error, std::optional<std::int64_t> id) {
  const auto code = static_cast<protocol::errc>(number_in(error, "code", 0));
  if (code == protocol::errc::rate_limit) {
    const std::chrono::duration<double> wait{number_in(error, "retry_after", 1)};
    // Without an id of ours it is about a heartbeat or a request, of which nothing is lost.
    if (id && window_.rewind(*id))
      quiet_until_ = clock::now() + std::chrono::duration_cast<clock::duration>(wait);
    return;
  }
  count_error(error);
  if (code == protocol::errc::auth_failed)
    return stop("the node does not let us publish");
  if (id)
    settle(*id, false);
}

void publisher::count_error(const model::value& error) {
  if (++errors_ == 1)
    fmt::print(stderr, "towncrier: {}\n", readable(model::object{{"type", "error"}, {"data", error}}, false));
}

void publisher::stop(std::string why) { fault_ = std::move(why); }

bool publisher::connect(connect_function* how) {
  // What we publish is nothing that we have to be shown.
  auto made = how(settings_.client, edges_, {{"subscribe", std::string{codec::no_channel}}});
  if (!made) {
    connect_error_ = std::move(made.error);
    may_return_ = made.may_return;
    return false;
  }
  client_ = std::move(made.client);
  begin();
  return true;
}

void publisher::begin() {
  const auto* limits = client_->welcome().find("limits");
  const auto most = limits ? number_in(*limits, "max_messages", 0) : 0;
  batch_messages_ = most >= 1 ? std::min(max_batch_messages, static_cast<std::size_t>(most)) : max_batch_messages;
  batch_bytes_ = static_cast<std::size_t>(limits ? number_in(*limits, "max_message_bytes", 65'536) : 65'536);
  quiet_until_ = {};
  window_.restart(knows(client_->welcome(), life_) ? std::vector<model::value>{} : acknowledged_.messages(),
                  batch_messages_, batch_bytes_);
  life_ = life_in(client_->welcome(), text_in(client_->welcome(), "node"));
}

void publisher::reconnect(const ws::client_closed& why) {
  const auto rule = protocol::rule_of(why.code);
  if (!rule.returns)
    return stop("the connection ended: " + to_string(why));
  fmt::print(stderr, "towncrier: {}; reconnecting\n", for_terminal(to_string(why)));
  const auto end = clock::now() + give_up_after;
  may_return_ = true;
  for (flow::duration wait = rule.wait;; wait = {}) {
    if (!retry_.wait(wait))
      return;
    if (clock::now() > end)
      return stop("the node did not come back: " + connect_error_);
    if (connect(node_client::connect))
      break;
    if (!may_return_)
      return stop("the node does not take us back: " + connect_error_);
  }
  ++reconnections_;
  retry_.reset();
}

int publisher::summarise(clock::time_point start) const {
  const std::chrono::duration<double> elapsed = clock::now() - start;
  fmt::print("{} messages in {:.1f} s ({:.0f}/s), {} errors, {} reconnections\n", messages_, elapsed.count(),
             static_cast<double>(messages_) / std::max(0.001, elapsed.count()), errors_, reconnections_);
  std::fflush(stdout);
  if (!fault_.empty())
    return fail(failed, for_terminal(fault_));
  return at_end_ && window_.empty() && errors_ == 0 ? done : failed;
}

} // namespace towncrier::commands
