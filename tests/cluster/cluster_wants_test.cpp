#include "tests/cluster/cluster_fixture.hpp"
#include "tests/support/changes.hpp"

namespace towncrier::cluster {

namespace {

using namespace std::chrono_literals;

} // namespace

/// Three nodes; the viewer at the third watches the events of the first alone.
struct cluster_wants_test : cluster_fixture {
  cluster_wants_test() {
    history_age = 0ms;
    start("n1");
    start("n2");
    start("n3", {"event:n1"});
    // As on every machine with two cores; nobody is at this one.
    protocol::edge_options edge;
    edge.history_age = history_age;
    send(nodes.at("n3").exchange, spawn(edge::hub, edge));
    show_view();
    pass(3s);
  }

  std::vector<std::int64_t>& events(const std::string& at, const std::string& origin) {
    return nodes.at(at).seen.events[origin];
  }

  /// How many parcels went from `a` to `b` while `n` batches were said at `a`.
  std::uint64_t parcels_for(int n, const std::string& a, const std::string& b) {
    const auto before = link(a, b).sent_parcels;
    for (int i = 0; i < n; ++i) {
      say_event(nodes.at(a));
      pass(30ms);
    }
    return link(a, b).sent_parcels - before;
  }

  std::string known(const std::string& at, const std::string& character) {
    const auto found =
        request<protocol::lookup_answer>(nodes.at(at).exchange, protocol::lookup_request{{{character, false}}});
    return found->entries.front().latest ? found->entries.front().latest->state : "";
  }

  bool resumes(const std::string& at, std::vector<std::string> channels, const std::string& position) {
    auto viewer = make_probe<protocol::connection_actor>();
    send(nodes.at(at).hub, protocol::join_request{viewer.handle(), std::move(channels), false, position});
    pass(100ms);
    return viewer.template take_one<protocol::joined>().resumed;
  }
};

TEST_F(cluster_wants_test, who_watches_one_channel_is_not_sent_the_others) {
  EXPECT_LE(parcels_for(50, "n2", "n3"), 18u) << "latest states, ten times a second";
  EXPECT_EQ(parcels_for(50, "n2", "n1"), 50u);
  EXPECT_EQ(parcels_for(50, "n1", "n3"), 50u);
  EXPECT_TRUE(events("n3", "n2").empty());
  EXPECT_EQ(events("n3", "n1").size(), 50u);
  EXPECT_EQ(events("n1", "n2").size(), 100u);
}

TEST_F(cluster_wants_test, states_that_nobody_watches_are_known_all_the_same) {
  say(nodes.at("n2"), "ada", "glad");
  say(nodes.at("n2"), "ada", "sad");
  pass(200ms);
  EXPECT_EQ(known("n3", "ada"), "sad");
  say(nodes.at("n2"), "ada", "gone", model::change_kind::removed);
  pass(200ms);
  EXPECT_EQ(known("n3", "ada"), "");
}

TEST_F(cluster_wants_test, what_is_said_while_latest_states_are_fetched_waits_for_the_next) {
  auto& second = nodes.at("n2");
  const auto way = state_of<exchange_state>(second.exchange).links().at("n3");
  const auto say_batch = [&](std::uint64_t sequence) {
    const model::origin_position stamp{"n2", second.incarnation, sequence};
    const auto batch = std::make_shared<const model::batch>(model::batch{stamp, {support::event("rain")}});
    caf::anon_send(second.exchange, protocol::outgoing_batch{batch, {}});
  };
  say_batch(1);
  pass(50ms);
  const auto before = link("n2", "n3");
  // It is in the exchange's mailbox when the link's timer fires.
  say_batch(2);
  caf::anon_send(way, protocol::flush_atom::value);
  pass(300ms);
  const auto after = link("n2", "n3");
  EXPECT_EQ(after.sent_parcels - before.sent_parcels, 2u);
  EXPECT_EQ(after.conflated_parcels - before.conflated_parcels, 2u) << "latest states, both of them";
}

TEST_F(cluster_wants_test, latest_states_are_asked_for_up_to_what_the_peer_does_not_want) {
  auto& second = nodes.at("n2");
  say(second, "ada", "glad");
  pass(50ms);
  say(second, "bob", "glad");
  pass(50ms);
  say(second, "ada", "sad");
  pass(50ms);
  protocol::log_request question;
  question.after = 0;
  question.unwanted_upto = 2;
  const auto answer = request<protocol::log_answer>(second.exchange, question);
  ASSERT_EQ(answer->loads.size(), 1u);
  EXPECT_EQ(answer->upto, 2u);
  EXPECT_FALSE(answer->all);
  EXPECT_EQ(answer->loads.front().kind, protocol::parcel_kind::thin);
  const auto& changes = answer->loads.front().what->batch->changes;
  ASSERT_EQ(changes.size(), 1u) << "what changed since comes with that";
  EXPECT_EQ(std::get<model::character_change>(changes.front()).now->id.text, "bob");
}

TEST_F(cluster_wants_test, a_location_is_watched_where_characters_come_from_too) {
  watch(nodes.at("n3"), {"location:mill"});
  pass(100ms);
  const auto go = [&](const std::string& where) {
    model::character_input input;
    input.kind = model::change_kind::update;
    input.id = {"ada", false};
    input.location = where;
    caf::anon_send(nodes.at("n2").directory, protocol::character_job{{input}, nullptr});
    pass(60ms);
  };
  go("mill");
  EXPECT_EQ(nodes.at("n3").seen.states["ada"].location, "mill");
  const auto before = link("n2", "n3").sent_parcels;
  go("square");
  EXPECT_EQ(nodes.at("n3").seen.states["ada"].location, "square") << "it left";
  go("market");
  EXPECT_EQ(nodes.at("n3").seen.states["ada"].location, "square") << "it is not watched any more";
  EXPECT_EQ(link("n2", "n3").sent_parcels, before + 1);
}

TEST_F(cluster_wants_test, whoever_is_told_that_it_watches_misses_nothing_from_then_on) {
  net->cut("n2", "n3");
  net->set_delay("n2", "n3", 40ms);
  net->heal("n2", "n3");
  pass(3s);
  ASSERT_TRUE(linked("n2", "n3"));
  auto& third = nodes.at("n3");
  const auto speak = [&](int times) {
    for (int i = 0; i < times; ++i) {
      say_event(nodes.at("n2"));
      pass(7ms);
    }
  };
  // At ten moments between two parcels of latest states.
  for (int round = 0; round < 10; ++round) {
    ignore(third, {"event:n2"});
    speak(350 + round);
    events("n3", "n2").clear();
    third.said_before.clear();
    watch(third, {"event:n2"});
    for (int i = 0; i < 100 && third.said_before.empty(); ++i)
      speak(1);
    const auto told_at = third.said_before["n2"];
    speak(50);
    pass(500ms);
    const auto& heard = events("n3", "n2");
    ASSERT_FALSE(heard.empty());
    EXPECT_LE(heard.front(), told_at + 1) << round;
    EXPECT_EQ(heard.back(), told_at + 50) << round;
    EXPECT_EQ(heard.size(), static_cast<std::size_t>(heard.back() - heard.front() + 1)) << round;
  }
}

TEST_F(cluster_wants_test, a_peer_that_cannot_be_told_is_not_waited_for_long) {
  net->cut("n2", "n3");
  watch(nodes.at("n3"), {"world"});
  pass(2s);
  EXPECT_TRUE(nodes.at("n3").said_before.contains("n2"));
}

TEST_F(cluster_wants_test, a_node_without_viewers_wants_everything) {
  ignore(nodes.at("n3"), {"event:n1"});
  pass(3s);
  EXPECT_EQ(parcels_for(20, "n2", "n3"), 20u);
}

TEST_F(cluster_wants_test, a_node_without_hubs_wants_states_alone) {
  exchange_settings settings;
  settings.node = "w1";
  settings.incarnation = 9'000'000;
  settings.link.cluster = "/test";
  settings.link.node = "w1";
  settings.link.incarnation = settings.incarnation;
  auto& x = nodes["w1"];
  x.id = "w1";
  x.incarnation = settings.incarnation;
  x.dialer = system().spawn(fake_dialer, net, "w1");
  settings.link.dialer = caf::actor_cast<protocol::dialer_actor>(x.dialer);
  x.exchange = spawn(exchange, settings);
  x.viewer.emplace(make_probe<protocol::connection_actor>());
  net->portals["w1"] = x.exchange;
  show_view();
  pass(1s);
  ASSERT_TRUE(linked("n1", "w1"));
  say(nodes.at("n1"), "ada", "glad");
  EXPECT_LE(parcels_for(50, "n1", "w1"), 18u);
  EXPECT_EQ(known("w1", "ada"), "glad");
}

TEST_F(cluster_wants_test, over_what_was_left_out_those_resume_who_had_not_watched_it) {
  history_age = 10s; // of the fourth
  start("n4", {"event:n1"});
  show_view();
  pass(12s);
  say_event(nodes.at("n1"));
  say_event(nodes.at("n2"));
  pass(300ms);
  model::position from;
  for (const auto id : {"n1", "n2"})
    from.advance({id, nodes.at(id).incarnation, 1});
  from.advance({"n3", nodes.at("n3").incarnation, 0});
  parcels_for(10, "n2", "n4");
  pass(300ms);
  EXPECT_TRUE(resumes("n4", {"event:n1"}, from.to_string()));
  EXPECT_FALSE(resumes("n4", {"event:n1", "event:n2"}, from.to_string()));
}

} // namespace towncrier::cluster
