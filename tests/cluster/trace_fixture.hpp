#pragma once

#include "actors/edge/connection.hpp"
#include "actors/ops/inspector.hpp"
#include "actors/ops/tracer.hpp"
#include "codec/msgpack.hpp"
#include "tests/cluster/cluster_fixture.hpp"
#include "tests/support/fake_socket.hpp"
#include "tests/support/fake_trace_time.hpp"

/// A cluster whose messages are followed: with a tracer on each node, and clients that have a socket.
namespace towncrier::cluster {

/// Asks the tracers of the other nodes, as inspectors and links do: over the wire goes MessagePack.
inline caf::behavior fake_peers(caf::event_based_actor* self, std::map<std::string, protocol::tracer_actor>* tracers,
                                std::string own) {
  return {[=](const protocol::peers_request& x) -> caf::result<protocol::peers_answer> {
    std::string bytes;
    codec::append_msgpack(bytes, x.question);
    auto promise = self->make_response_promise<protocol::peers_answer>();
    auto answer = std::make_shared<protocol::peers_answer>();
    auto left = std::make_shared<std::size_t>(tracers->size() - 1);
    for (const auto& [node, tracer] : *tracers) {
      if (node == own)
        continue;
      self->request(tracer, caf::infinite, protocol::inspect_request{*codec::parse_msgpack(bytes, 64)})
          .then([=, node = node](const protocol::inspect_answer& theirs) mutable {
            std::string back;
            codec::append_msgpack(back, theirs.answer);
            answer->answers.emplace_back(node, *codec::parse_msgpack(back, 64));
            if (--*left == 0)
              promise.deliver(std::move(*answer));
          });
    }
    return promise;
  }};
}

struct trace_fixture : cluster_fixture {
  /// A client of a node.
  struct client {
    std::string node;
    std::string name; ///< c1, c2, ...
    std::shared_ptr<support::fake_socket> socket = std::make_shared<support::fake_socket>();
    protocol::connection_actor who;
  };

  ~trace_fixture() override {
    for (auto& [id, x] : nodes)
      x.traces->watch({});
  }

  void start_three() {
    for (const std::string id : {"n1", "n2", "n3"}) {
      auto& x = start(id);
      send(x.hub, protocol::leave_order{x.viewer->handle().address()}); // it has no socket
      tracers[id] = spawn(ops::tracer, ops::tracer_services{id, x.traces});
    }
    for (const auto& [id, tracer] : tracers) {
      peers.push_back(system().spawn(fake_peers, &tracers, id));
      send(tracer, caf::actor_cast<protocol::inspection_peers_actor>(peers.back()));
    }
    show_view();
    pass(std::chrono::milliseconds{200});
  }

  /// A client that watches `channels` and is welcome.
  client join(const std::string& at, std::vector<std::string> channels) {
    client x;
    x.node = at;
    x.name = "c" + std::to_string(++clients);
    admission.answer_with([id = clients](const caf::message&) {
      return caf::make_message(protocol::admission_result{protocol::admitted{id}});
    });
    edge::connection_services services;
    services.admission = admission;
    services.anonymous = protocol::role::operator_;
    const auto& here = nodes.at(at);
    services.hub = here.hub;
    services.routes = {here.directory, here.events, {}, {}, {}};
    services.debugging = std::make_shared<std::atomic<bool>>(false);
    services.traffic = std::make_shared<protocol::traffic>();
    services.edge.max_queued_bytes = 1000;
    services.edge.auto_subscribe = false;
    services.edge.heartbeat_interval = services.edge.heartbeat_timeout = std::chrono::hours{1};
    services.node = at;
    services.traces = nodes.at(at).traces;
    protocol::upgrade_request request;
    request.peer = "192.0.2.1:5000";
    request.channels = std::move(channels);
    x.who =
        spawn(edge::connection, std::make_shared<const edge::connection_services>(std::move(services)),
              std::shared_ptr<protocol::client_socket>(x.socket), std::make_shared<protocol::upgrade_request>(request));
    send(x.who, protocol::socket_opened{0});
    return x;
  }

  void say(client& x, std::string text) {
    protocol::socket_received read;
    read.messages.push_back({false, std::move(text)});
    send(x.who, std::move(read));
  }
  void say_state(client& x, const std::string& character, const std::string& state, const std::string& more = {}) {
    say(x, R"({"type": "state_change", "data": {"character_id": ")" + character + R"(", "new_state": ")" + state +
               "\"}" + more + "}");
  }

  model::value ask(const std::string& at, model::object question) {
    return request<protocol::inspect_answer>(tracers.at(at), protocol::inspect_request{std::move(question)})->answer;
  }
  std::string begin_trace(const std::string& at, const std::string& subject, int count = 1) {
    return support::text_at(ask(at, {{"op", "start"}, {"subject", subject}, {"count", count}, {"seconds", 60}}), "id");
  }
  model::value trace(const std::string& at, const std::string& id) { return ask(at, {{"op", "show"}, {"id", id}}); }

  static const model::array& messages_of(const model::value& trace) {
    return *trace.find("messages")->get_if<model::array>();
  }

  /// The spans of a message whose members have these values, as texts.
  static std::vector<model::value> spans_of(const model::value& message,
                                            std::vector<std::pair<std::string, std::string>> wanted) {
    std::vector<model::value> result;
    for (const auto& x : *message.find("spans")->get_if<model::array>()) {
      const auto is = [&](const auto& member) { return support::text_at(x, member.first) == member.second; };
      if (std::all_of(wanted.begin(), wanted.end(), is))
        result.push_back(x);
    }
    return result;
  }

  support::fake_trace_time clock{*this};
  std::map<std::string, protocol::tracer_actor> tracers;
  std::vector<caf::actor> peers;
  support::probe<protocol::admission_actor> admission = make_probe<protocol::admission_actor>();
  protocol::connection_id clients = 0;
};

} // namespace towncrier::cluster
