#pragma once

#include "actors/edge/connection.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/changes.hpp"
#include "tests/support/fake_socket.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace towncrier::edge {

/// One connection between a socket that the test plays and probes that stand in for all others. Admission lets it in
/// as `c17` unless told otherwise; the hub's place for it is 3.
struct connection_fixture : support::actor_fixture {
  connection_fixture() {
    admission.answer_with(
        [](const caf::message&) { return caf::make_message(protocol::admission_result{protocol::admitted{17}}); });
    authenticator.answer_with([this](const caf::message& x) {
      protocol::verify_result result;
      if (x.match_element<protocol::verify_request>(0) && x.get_as<protocol::verify_request>(0).token == "good")
        result = {token_owner, {}, token_grant};
      return caf::make_message(std::move(result));
    });
    services.limits = {1000, std::chrono::seconds{60}, 1000, 1000, 100}; // nobody is without a limit
    services.edge.heartbeat_interval = std::chrono::seconds{15};
    services.edge.heartbeat_timeout = std::chrono::seconds{45};
    services.auth_timeout = std::chrono::seconds{10};
    services.node = "north";
    services.incarnation = 17;
    services.traffic = traffic;
    services.debugging = std::make_shared<std::atomic<bool>>(false);
    request.peer = "192.0.2.1:5000";
  }

  /// The connection actor begins: it asks for a place.
  void knock() {
    if (!services.auth_enabled)
      services.anonymous = protocol::role::operator_;
    services.admission = admission;
    services.authenticator = stand_in ? stand_in : authenticator.handle();
    services.rate_limiter = limiter_in_place ? limiter_in_place : rate_limiter.handle();
    services.hub = hub;
    services.routes = {characters, events, {}, debugger, {}};
    services.debugger = debugger;
    who = spawn(edge::connection, std::make_shared<const connection_services>(services),
                std::shared_ptr<protocol::client_socket>(socket), std::make_shared<protocol::upgrade_request>(request));
  }

  void open() {
    socket->heard = now();
    knock();
    send(who, protocol::socket_opened{0});
  }

  void join(std::string position = "n1:1:5", bool resumed = false) {
    send(who, protocol::joined{3, support::position_of(std::move(position)), resumed});
  }

  /// A client that was welcomed; what was sent so far is forgotten.
  void become_live() {
    open();
    join();
    socket->take();
    hub.clear();
  }

  /// A client that was welcomed as this one.
  void become_live_as(protocol::role role) {
    services.auth_enabled = true;
    token_owner.role = role;
    request.token = "good";
    become_live();
  }

  void say_all(std::vector<std::string> texts) {
    protocol::socket_received read;
    for (auto& text : texts)
      read.messages.push_back({false, std::move(text)});
    socket->heard = now();
    send(who, std::move(read));
  }
  void say(std::string text) { say_all({std::move(text)}); }

  /// What the rate limiter was passed, with its receipt.
  protocol::inbound passed() { return rate_limiter.take_one<protocol::inbound>(); }

  void deliver(std::vector<fanout::entry> entries, std::string position = {}) {
    send(who, protocol::delivery{
                  std::make_shared<const fanout::chunk>(support::chunk_of(std::move(entries), std::move(position)))});
  }

  void replay(std::vector<fanout::entry> entries, std::string position = {}) {
    send(who, protocol::replay{
                  std::make_shared<const fanout::chunk>(support::chunk_of(std::move(entries), std::move(position)))});
  }

  /// The client is alive for so long.
  void live_on(std::chrono::milliseconds x) {
    for (; x.count() > 0; x -= std::chrono::seconds{1}) {
      socket->heard = now();
      advance(std::min<std::chrono::milliseconds>(x, std::chrono::seconds{1}));
    }
  }

  std::uint16_t close_code() const { return socket->closed ? socket->closed->code : std::uint16_t{0}; }

  support::probe<protocol::admission_actor> admission = make_probe<protocol::admission_actor>();
  support::probe<protocol::authenticator_actor> authenticator = make_probe<protocol::authenticator_actor>();
  support::probe<protocol::rate_limiter_actor> rate_limiter = make_probe<protocol::rate_limiter_actor>();
  support::probe<protocol::hub_actor> hub = make_probe<protocol::hub_actor>();
  support::probe<protocol::debugger_actor> debugger = make_probe<protocol::debugger_actor>();
  support::probe<protocol::character_directory_actor> characters = make_probe<protocol::character_directory_actor>();
  support::probe<protocol::event_notifier_actor> events = make_probe<protocol::event_notifier_actor>();
  /// These take the place of the probes, when set.
  protocol::authenticator_actor stand_in;
  protocol::rate_limiter_actor limiter_in_place;
  std::shared_ptr<support::fake_socket> socket = std::make_shared<support::fake_socket>();
  protocol::traffic_ptr traffic = std::make_shared<protocol::traffic>();
  /// Whose the token `good` is.
  protocol::identity token_owner{"ada", protocol::role::viewer, 0};
  std::string token_grant = "ada's";
  connection_services services;
  protocol::upgrade_request request;
  protocol::connection_actor who;
};

} // namespace towncrier::edge
