#include "tests/cluster/cluster_fixture.hpp"

#include <random>

namespace towncrier::cluster {

namespace {

using namespace std::chrono_literals;

constexpr unsigned seeds_a_test = 100;
constexpr int steps = 40;
constexpr int characters = 6;

} // namespace

/// Seeded scenarios: nodes crash, come back and join, links are cut, healed and slow, publishers say what they like
/// wherever they are, and viewers watch now the world, now only the events of some nodes; one goes from node to node.
/// Nodes that are gone are soon forgotten. In the end everybody agrees.
/// A failing seed is named and replays exactly:
/// --gtest_filter='*cluster_seeds*' with TOWNCRIER_SEED=N.
struct cluster_seeds_test : cluster_fixture, ::testing::WithParamInterface<unsigned> {
  cluster_seeds_test() {
    history_age = 300ms;
    forget_age = 1500ms;
  }

  std::mt19937_64 random;
  /// Where the publisher of each character is, what it said last, and whether it knows that all have it.
  struct speaker {
    std::string at;
    std::string last;
    std::weak_ptr<const int> receipt;
    int count = 0;
  };
  std::map<std::string, speaker> speakers;
  std::set<std::string> changed; ///< origins that were down at some time, or nodes whose hub began later
  /// The nodes whose events the viewer at each node watches all the time.
  std::map<std::string, std::set<std::string>> always;

  /// A viewer of the world that leaves now and then, and comes back with its position, there or elsewhere.
  struct traveller {
    std::optional<support::probe<protocol::connection_actor>> probe; ///< empty: it is away
    std::string at;
    /// Since it began, or was told that it could not go on where it was.
    recording seen;
  };
  traveller guest;
  /// How often it went on where it was, at a node that had forgotten others.
  unsigned resumed_past_forgotten = 0;

  std::size_t any(std::size_t n) { return random() % n; }

  std::string any_node() { return std::next(nodes.begin(), static_cast<std::ptrdiff_t>(any(nodes.size())))->first; }

  void begin(const std::string& id) {
    auto& chosen = always[id] = {};
    std::vector<std::string> channels;
    for (int i = 1; i <= 7; ++i)
      if (const auto other = "n" + std::to_string(i); any(3) == 0) {
        chosen.insert(other);
        channels.push_back("event:" + other);
      }
    if (any(2) == 0 || channels.empty())
      channels.emplace_back("world");
    start(id, std::move(channels));
  }

  void speak(const std::string& character) {
    auto& x = speakers[character];
    if (!nodes.contains(x.at))
      x.at = any_node();
    auto receipt = std::make_shared<const int>(1);
    x.receipt = receipt;
    x.last = std::to_string(++x.count);
    say(nodes.at(x.at), character, x.last, model::change_kind::state_change, std::move(receipt));
  }

  void arrive() {
    guest.at = any_node();
    guest.probe.emplace(make_probe<protocol::connection_actor>());
    send(nodes.at(guest.at).hub, protocol::join_request{guest.probe->handle(), {"world"}, false, guest.seen.position});
  }

  void depart() {
    if (any(2) == 0)
      read_guest(); // or what was on its way to it is lost
    if (nodes.contains(guest.at))
      send(nodes.at(guest.at).hub, protocol::leave_order{guest.probe->handle().address()});
    guest.probe.reset();
  }

  void read_guest() {
    for (const auto& message : guest.probe->take_all()) {
      if (support::probe<protocol::connection_actor>::is<protocol::joined>(message)) {
        const auto& place = message.get_as<protocol::joined>(0);
        if (!place.resumed)
          guest.seen = {};
        else if (nodes.contains(guest.at))
          resumed_past_forgotten += state_of<edge::hub_state>(nodes.at(guest.at).hub).replica.forgotten_origins() > 0 ? 1 : 0;
        guest.seen.position = support::to_text(place.position);
      }
      guest.seen.note(message);
    }
  }

  void travel() {
    if (guest.probe)
      depart();
    else
      arrive();
  }

  void do_something() {
    const auto what = any(25);
    if (what < 10) {
      speak("c" + std::to_string(any(characters)));
    } else if (what < 13) {
      say_event(nodes.at(any_node()));
    } else if (what == 13 && nodes.size() > 2) {
      const auto id = any_node();
      crash(id);
      changed.insert(id);
      if (any(2) == 0)
        show_view();
    } else if (what == 14 && nodes.size() < 7) {
      const auto id = "n" + std::to_string(1 + any(7));
      if (!nodes.contains(id)) {
        begin(id);
        changed.insert(id);
        show_view();
      }
    } else if (what < 18) {
      const auto a = any_node();
      const auto b = any_node();
      if (a != b && what == 15)
        net->cut(a, b);
      else if (a != b && what == 16)
        net->heal(a, b);
      else if (a != b)
        net->set_delay(a, b, std::chrono::milliseconds{any(60)});
    } else if (what == 18) {
      watch(nodes.at(any_node()), {"world"}, any(2) == 0);
    } else if (what == 19) {
      ignore(nodes.at(any_node()), {"world"});
    } else if (what < 22) {
      speakers["c" + std::to_string(any(characters))].at = any_node();
    } else {
      travel();
    }
  }

  void settle() {
    for (const auto& [a, x] : nodes)
      for (const auto& [b, y] : nodes)
        if (a < b)
          net->heal(a, b);
    show_view();
    for (auto& [id, x] : nodes)
      watch(x, {"world"}, true);
    pass(6s);
    if (guest.probe)
      depart();
    arrive();
    pass(3s);
    for (auto& [id, x] : nodes)
      say_event(x);
    // Publishers say again what nobody confirmed, and a last thing each.
    for (int i = 0; i < characters; ++i)
      speak("c" + std::to_string(i));
    pass(3s);
  }

  void check() {
    for (auto& [id, x] : nodes) {
      for (const auto& fault : x.seen.faults)
        ADD_FAILURE() << id << ": " << fault;
      for (const auto& [character, who] : speakers)
        EXPECT_EQ(x.seen.states[character].state, who.last) << character << " at " << id;
      for (const auto& [origin, y] : nodes)
        if (!changed.contains(origin) && !changed.contains(id))
          check_events(x, origin, y.events_said);
      EXPECT_EQ(named(x), living()) << id;
    }
    check_guest();
  }

  /// The nodes that positions name at `x`.
  std::set<std::string> named(const node& x) {
    std::set<std::string> result;
    for (const auto& [origin, at] : state_of<edge::hub_state>(x.hub).replica.position().marks())
      result.insert(origin);
    return result;
  }

  std::set<std::string> living() const {
    std::set<std::string> result;
    for (const auto& [id, x] : nodes)
      result.insert(id);
    return result;
  }

  /// From where it could not go on it was given everything, once and in order.
  void check_guest() {
    read_guest();
    for (const auto& fault : guest.seen.faults)
      ADD_FAILURE() << "guest: " << fault;
    for (const auto& [character, who] : speakers)
      EXPECT_EQ(guest.seen.states[character].state, who.last) << character << " at the guest";
    for (const auto& [origin, x] : nodes) {
      if (changed.contains(origin))
        continue;
      const auto& heard = guest.seen.events[origin];
      ASSERT_FALSE(heard.empty()) << origin;
      EXPECT_EQ(heard.back(), x.events_said) << origin << " at the guest";
      for (std::size_t i = 1; i < heard.size(); ++i)
        EXPECT_EQ(heard[i], heard[i - 1] + 1) << origin << " at the guest";
    }
  }

  /// Who watches a node's events hears each once and in order; so do all from when they were told that they watch.
  void check_events(const node& at, const std::string& origin, std::int64_t said) {
    const auto found = at.seen.events.find(origin);
    const auto& heard = found == at.seen.events.end() ? std::vector<std::int64_t>{} : found->second;
    const std::set<std::int64_t> once(heard.begin(), heard.end());
    EXPECT_TRUE(std::is_sorted(heard.begin(), heard.end())) << origin << " at " << at.id;
    EXPECT_EQ(once.size(), heard.size()) << origin << " at " << at.id;
    const auto before = at.said_before.find(origin);
    ASSERT_NE(before, at.said_before.end()) << origin << " at " << at.id;
    for (auto i = always[at.id].contains(origin) ? 1 : before->second + 1; i <= said; ++i)
      EXPECT_TRUE(once.contains(i)) << i << " of " << origin << " at " << at.id;
  }

  void play(unsigned seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    random.seed(seed);
    const auto count = 3 + any(3);
    for (std::size_t i = 1; i <= count; ++i)
      begin("n" + std::to_string(i));
    show_view();
    pass(200ms);
    for (int i = 0; i < steps; ++i) {
      do_something();
      pass(std::chrono::milliseconds{any(120)});
      if (guest.probe && any(2) == 0)
        read_guest();
    }
    settle();
    check();
    while (!nodes.empty())
      crash(nodes.begin()->first);
    net->clear();
    net = std::make_shared<network>();
    speakers.clear();
    changed.clear();
    always.clear();
    guest = {};
  }
};

TEST_P(cluster_seeds_test, in_the_end_everybody_agrees) {
  if (const auto* only = std::getenv("TOWNCRIER_SEED"))
    return play(static_cast<unsigned>(std::stoul(only)));
  for (unsigned i = 0; i < seeds_a_test && !HasFailure(); ++i)
    play(GetParam() * seeds_a_test + i);
  EXPECT_GT(resumed_past_forgotten, 0u) << "this was to be tried";
}

INSTANTIATE_TEST_SUITE_P(thousand, cluster_seeds_test, ::testing::Range(0u, 10u));

} // namespace towncrier::cluster
