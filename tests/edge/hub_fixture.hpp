#pragma once

#include "actors/edge/hub.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/changes.hpp"
#include "tests/support/fake_socket.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace towncrier::edge {

/// A hub, what is published to it, and viewers that a test plays.
struct hub_fixture : support::actor_fixture {
  using entries = std::vector<fanout::entry>;

  /// One viewer: a probe, and what it was told so far.
  struct viewer {
    support::probe<protocol::connection_actor> probe;
    protocol::joined welcome;
    /// The latest position it was given, as a client would keep it.
    std::string position;

    protocol::viewer_ref ref() const { return {welcome.slot, probe.handle()}; }
  };

  hub_fixture() { options.history_age = std::chrono::minutes{2}; }

  void start() { hub = spawn(edge::hub, options); }

  /// Publishes the next batch of `origin` and lets the window pass.
  void publish(std::vector<model::change> changes) {
    give(support::batch(++sequence, std::move(changes), origin, incarnation));
    advance(options.flush_window);
  }

  void give(const model::batch_ptr& x) { send(hub, protocol::outgoing_batch{x, {}}); }

  viewer join(std::vector<std::string> channels, std::string position = {}, bool automatic = false) {
    viewer result{make_probe<protocol::connection_actor>(), {}, {}};
    send(hub, protocol::join_request{result.probe.handle(), std::move(channels), automatic, std::move(position)});
    result.welcome = result.probe.take_one<protocol::joined>();
    result.position = support::to_text(result.welcome.position);
    return result;
  }

  /// A viewer whose time to resume is over.
  viewer join_live(std::vector<std::string> channels, bool automatic = false) {
    auto result = join(std::move(channels), {}, automatic);
    advance(options.resume_grace);
    return result;
  }

  void subscribe(const viewer& x, std::vector<std::string> channels, std::optional<model::area> area = {},
                 bool snapshot = false, std::optional<model::message_id> id = {}) {
    send(hub, protocol::subscribe_order{x.ref(), std::move(id), {std::move(channels), area, snapshot}});
  }

  void unsubscribe(const viewer& x, std::vector<std::string> channels, bool area = false) {
    send(hub, protocol::unsubscribe_order{x.ref(), std::nullopt, {std::move(channels), area}});
  }

  void resume(const viewer& x, std::string position) {
    send(hub, protocol::resume_order{x.ref(), model::message_id{std::int64_t{1}}, std::move(position)});
  }

  void leave(const viewer& x) { send(hub, protocol::leave_order{x.probe.handle().address()}); }

  /// The socket of `x` took what it was given.
  void take_more(const viewer& x) { send(hub, protocol::replay_more{x.welcome.slot}); }
  /// It did not, and is behind from now on.
  void be_late(const viewer& x) { send(hub, protocol::replay_more{x.welcome.slot, true}); }

  /// What `x` was told since the last call, in order: the entries of live chunks, `~` and those of a replay,
  /// `=true` or `=false` for the answer to a resume, `late?`, `subscribed` and the like, `heartbeat`.
  std::string told(viewer& x) {
    std::string result;
    for (const auto& message : x.probe.take_all())
      result += (result.empty() ? "" : " | ") + note(x, message);
    return result;
  }

  /// As `told`, and a replay is answered as by a socket that takes all at once.
  std::string told_all(viewer& x) {
    std::string result;
    for (auto part = told(x); !part.empty(); part = told(x)) {
      result += (result.empty() ? "" : " | ") + part;
      take_more(x);
    }
    return result;
  }

  static std::string note(viewer& x, const caf::message& message) {
    using probe = support::probe<protocol::connection_actor>;
    if (probe::is<protocol::delivery>(message))
      return note_chunk(x, *message.get_as<protocol::delivery>(0).chunk);
    if (probe::is<protocol::replay>(message))
      return "~" + note_chunk(x, *message.get_as<protocol::replay>(0).chunk);
    if (probe::is<protocol::heartbeat_due>(message))
      return "heartbeat";
    if (probe::is<protocol::replay_overdue>(message))
      return "late?";
    if (!probe::is<protocol::answer>(message))
      return "?";
    const auto& answer = message.get_as<protocol::answer>(0);
    return answer.type == "result" ? support::true_at(answer.data, "data.resumed") ? "=true" : "=false" : answer.type;
  }

  static std::string note_chunk(viewer& x, const fanout::chunk& chunk) {
    x.position = support::to_text(chunk.position());
    return support::to_text(chunk.entries());
  }

  protocol::edge_options options;
  protocol::hub_actor hub;
  std::string origin = "n1";
  std::uint64_t incarnation = 1;
  std::uint64_t sequence = 0;
};

} // namespace towncrier::edge
