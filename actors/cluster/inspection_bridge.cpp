#include "actors/cluster/inspection_bridge.hpp"

#include "codec/msgpack.hpp"
#include "hosting/gathering.hpp"

namespace towncrier::cluster {

namespace {

/// How long a node may take to answer.
constexpr std::chrono::milliseconds patience{1500};

std::string to_bytes(const model::value& x) {
  std::string bytes;
  codec::append_msgpack(bytes, x);
  return bytes;
}

} // namespace

caf::result<protocol::peers_answer> inspection_bridge_state::ask(const protocol::peers_request& x) {
  ++asked_;
  auto promise = self_->make_response_promise<protocol::peers_answer>();
  if (x.node != "all") {
    ask_nodes({x.node}, x.question, promise);
    return promise;
  }
  self_->request(exchange_, patience, protocol::list_atom::value)
      .then(
          [this, promise, question = x.question](const protocol::link_list& links) mutable {
            std::vector<std::string> nodes;
            for (const auto& link : links.links)
              if (link.phase == protocol::link_phase::live)
                nodes.push_back(link.node);
            ask_nodes(nodes, question, promise);
          },
          [promise](caf::error& why) mutable { promise.deliver(std::move(why)); });
  return promise;
}

void inspection_bridge_state::ask_nodes(const std::vector<std::string>& nodes, const model::value& question,
                                        caf::typed_response_promise<protocol::peers_answer> promise) {
  const auto gathered = hosting::gather(protocol::peers_answer{}, nodes.size(), std::move(promise));
  for (const auto& node : nodes)
    self_->request(exchange_, patience, node, protocol::link_question{to_bytes(question)})
        .then(
            [gathered, node](const protocol::link_answer& x) {
              if (auto parsed = codec::parse_msgpack(x.bytes, 64))
                gathered->all.answers.emplace_back(node, std::move(*parsed));
              gathered->done();
            },
            [gathered](const caf::error&) { gathered->done(); });
  gathered->done();
}

caf::result<protocol::link_answer> inspection_bridge_state::answer(const protocol::link_question& x) {
  auto question = codec::parse_msgpack(x.bytes, 64);
  if (!question || !inspector_)
    return caf::make_error(caf::sec::invalid_argument, "no question that this node's inspector can answer");
  ++answered_;
  auto promise = self_->make_response_promise<protocol::link_answer>();
  self_->request(inspector_, patience, protocol::inspect_request{std::move(*question)})
      .then(
          [promise](const protocol::inspect_answer& y) mutable {
            promise.deliver(protocol::link_answer{to_bytes(y.answer)});
          },
          [promise](caf::error& why) mutable { promise.deliver(std::move(why)); });
  return promise;
}

inspection_bridge_actor::behavior_type inspection_bridge(inspection_bridge_state::self_pointer self) {
  auto& state = self->state;
  return {
      [&state](const protocol::peers_request& x) { return state.ask(x); },
      [&state](const protocol::link_question& x) { return state.answer(x); },
      [&state](const protocol::inspector_actor& x) { state.ask_for_peers(x); },
      [&state](const protocol::exchange_actor& x) { state.use_links_of(x); },
  };
}

} // namespace towncrier::cluster
