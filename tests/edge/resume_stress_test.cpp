#include "actors/edge/connection.hpp"
#include "actors/edge/hub.hpp"
#include "actors/edge/rate_limiter.hpp"
#include "tests/edge/stress_client.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/changes.hpp"

#include <algorithm>
#include <atomic>
#include <random>

namespace towncrier::edge {

namespace {

using namespace std::chrono_literals;
using way = stress_client::way;

/// One place at which a client sits: it comes, goes, and comes again.
struct seat {
  std::vector<std::string> channels;
  stress_client client;
  std::shared_ptr<support::fake_socket> socket;
  protocol::connection_actor connection;
};

struct origin {
  std::string name;
  std::uint64_t incarnation = 1;
  std::uint64_t sequence = 0;
  int events = 0;
};

} // namespace

/// Real hub, connections and, every other time, rate limiter; sockets and time are the test's. Viewers leave in the
/// middle of everything and come back while changes go on, sockets get stuck, nodes restart, batches come twice.
class resume_stress_test : public support::actor_fixture, public ::testing::WithParamInterface<unsigned> {
public:
  resume_stress_test() : random(GetParam()) {
    services.edge.heartbeat_interval = 40ms;
    services.edge.heartbeat_timeout = 1h;
    services.edge.max_queued_bytes = 3000;
    services.edge.max_event_bytes = 2000;
    services.edge.history_age = 1500ms;
    services.edge.resume_grace = 20ms;
    services.traffic = std::make_shared<protocol::traffic>();
    services.debugging = std::make_shared<std::atomic<bool>>(false);
    admission.answer_with(
        [](const caf::message&) { return caf::make_message(protocol::admission_result{protocol::admitted{1}}); });
    services.admission = admission;
    services.anonymous = protocol::role::operator_;
    services.hub = spawn(hub, services.edge);
    services.limits = {0, 1min, 0, GetParam() % 2 == 0 ? std::size_t{0} : std::size_t{1'000'000'000}, 100};
    services.rate_limiter = spawn(
        rate_limiter, [](protocol::inbound&& x) { route({}, std::move(x)); }, services.limits);
  }

protected:
  std::size_t any(std::size_t n) { return random() % n; }

  void publish() {
    auto& from = origins[any(origins.size())];
    if (any(100) == 0) {
      ++from.incarnation;
      from.sequence = 0;
    }
    std::vector<model::change> changes;
    for (auto n = any(5) + 1; n > 0; --n)
      changes.push_back(any(3) == 0 ? event(from) : change(from));
    const auto batch = support::batch(++from.sequence, std::move(changes), from.name, from.incarnation);
    send(services.hub, protocol::outgoing_batch{batch, {}});
    if (any(10) == 0)
      send(services.hub, protocol::outgoing_batch{batch, {}});
  }

  model::change event(origin& from) {
    return support::event("tick", model::object{{"origin", from.name}, {"n", from.events++}});
  }

  model::change change(const origin& from) {
    const auto id = from.name + "-" + std::to_string(any(6));
    const auto now = support::character(id, ++versions[id], any(2) == 0 ? "mill" : "square");
    if (any(6) == 0) {
      latest.erase(id);
      return support::removed(now);
    }
    const auto is_new = !latest.contains(id);
    latest[id] = now;
    return is_new ? support::update(now) : support::state_change(now);
  }

  void come(seat& x) {
    const auto how = x.client.position().empty() || any(8) == 0 ? way::fresh
                     : any(2) == 0                              ? way::in_the_query
                                                                : way::by_resume;
    x.socket = std::make_shared<support::fake_socket>();
    x.socket->heard = now();
    const auto request = std::make_shared<protocol::upgrade_request>();
    request->channels = x.channels;
    if (how == way::in_the_query)
      request->position = x.client.position();
    x.client.connected(how);
    x.connection = spawn(connection, std::make_shared<const connection_services>(services),
                         std::shared_ptr<protocol::client_socket>(x.socket), request);
    send(x.connection, protocol::socket_opened{0});
  }

  void go(seat& x) {
    send(x.connection, protocol::socket_closed{});
    x.connection = nullptr;
  }

  /// What the kernel took reaches the client, which looks at some of it.
  void look(seat& x, std::size_t frames) {
    if (!x.socket->stuck)
      x.client.arrive(std::exchange(x.socket->sent, {}));
    for (; frames > 0 && !x.client.idle(); --frames)
      if (auto said = x.client.look(); !said.empty())
        say(x, std::move(said));
  }

  void say(seat& x, std::string text) { send(x.connection, protocol::socket_received{{{false, std::move(text)}}}); }

  void release(seat& x) {
    if (x.socket->take_all())
      send(x.connection, protocol::drained_atom::value);
  }

  void act(seat& x) {
    if (!x.connection)
      return any(4) == 0 ? come(x) : void();
    switch (any(12)) {
      case 0:
        return any(3) == 0 ? go(x) : void();
      case 1:
        return any(2) == 0 ? x.socket->take_nothing() : void();
      case 2:
      case 3:
        return release(x);
      case 4:
        return x.client.settled() && any(8) == 0 ? say(x, R"({"type":"subscribe","data":{"snapshot":true}})") : void();
      default:
        return look(x, any(6));
    }
  }

  void settle(seat& x) {
    if (!x.connection)
      come(x);
    for (int i = 0; i < 20; ++i) {
      release(x);
      look(x, 10'000);
      advance(10ms);
    }
  }

  /// What somebody with these channels should see now.
  std::map<std::string, double> visible(const std::vector<std::string>& channels) const {
    std::map<std::string, double> result;
    for (const auto& [id, now] : latest)
      if (channels.front() == "world" || channels.front() == "location:" + now->location)
        result[id] = static_cast<double>(now->rev.version);
    return result;
  }

  std::mt19937_64 random;
  support::probe<protocol::admission_actor> admission = make_probe<protocol::admission_actor>();
  connection_services services;
  std::vector<origin> origins{{"n1"}, {"n2"}};
  std::map<std::string, std::uint64_t> versions;
  std::map<std::string, model::character_ptr> latest;
};

TEST_P(resume_stress_test, nobody_misses_anything_whatever_happens) {
  std::vector<seat> seats;
  for (int i = 0; i < 3; ++i) {
    seats.push_back({{"world"}, {}, {}, {}});
    seats.push_back({{"location:mill", "event:tick"}, {}, {}, {}});
  }
  publish();
  for (int step = 0; step < 3000 && !HasFailure(); ++step) {
    if (any(3) == 0)
      publish();
    act(seats[any(seats.size())]);
    if (any(4) == 0)
      advance(std::chrono::microseconds{any(5000)});
    if (any(200) == 0)
      advance(1s);
  }
  std::size_t resumed = 0;
  std::size_t not_resumed = 0;
  std::size_t lags = 0;
  for (auto& x : seats) {
    settle(x);
    EXPECT_EQ(x.client.state, visible(x.channels));
    EXPECT_GT(x.client.events, 0u);
    resumed += x.client.resumed;
    not_resumed += x.client.not_resumed;
    lags += x.client.lags;
  }
  EXPECT_GT(resumed, 0u);
  EXPECT_GT(not_resumed, 0u);
  EXPECT_GT(lags, 0u);
}

INSTANTIATE_TEST_SUITE_P(seeds, resume_stress_test, ::testing::Range(1u, 21u));

} // namespace towncrier::edge
