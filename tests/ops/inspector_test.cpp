#include "actors/ops/inspector.hpp"
#include "tests/support/actor_fixture.hpp"

namespace towncrier::ops {

namespace {

using namespace std::chrono_literals;

model::value member(const model::value& x, std::string_view key) {
  const auto* found = x.find(key);
  return found == nullptr ? model::value{} : *found;
}

} // namespace

struct inspector_test : support::actor_fixture {
  support::probe<protocol::admission_actor> admission = make_probe<protocol::admission_actor>();
  support::probe<protocol::character_directory_actor> characters = make_probe<protocol::character_directory_actor>();
  support::probe<protocol::inspection_peers_actor> peers = make_probe<protocol::inspection_peers_actor>();
  std::string level;
  protocol::inspector_actor who = spawn(
      inspector, inspector_services{"here", admission.handle(), characters.handle(), [this](const std::string& x) {
                                      level = x;
                                      return x == "debug";
                                    }});

  model::value ask(model::object question) {
    return request<protocol::inspect_answer>(who, protocol::inspect_request{std::move(question)})->answer;
  }
};

TEST_F(inspector_test, lists_itself) {
  const auto answer = ask({{"what", "actors"}, {"kind", "inspector"}});
  const auto actors = member(answer, "actors");
  ASSERT_EQ(actors.get_if<model::array>()->size(), 1u);
  EXPECT_EQ(member(actors.get_if<model::array>()->front(), "id"), model::value{std::uint64_t{who->id()}});
  EXPECT_EQ(member(actors.get_if<model::array>()->front(), "node"), model::value{"here"});
}

TEST_F(inspector_test, shows_whom_an_actor_has_to_do_with) {
  const auto answer = ask({{"what", "actor"}, {"id", std::to_string(who->id())}});
  for (const auto* key : {"children", "links", "monitors", "monitored_by"}) {
    EXPECT_NE(member(answer, key).get_if<model::array>(), nullptr) << key;
    EXPECT_EQ(member(answer, std::string{key} + "_count"), model::value{0}) << key;
  }
  EXPECT_EQ(member(answer, "ties_elsewhere"), model::value{0});
}

TEST_F(inspector_test, shows_one_actor_with_its_state) {
  const auto answer = ask({{"what", "actor"}, {"id", std::to_string(who->id())}});
  EXPECT_EQ(member(member(answer, "state"), "knows_peers"), model::value{false});
  EXPECT_FALSE(member(ask({{"what", "actor"}, {"id", "4711"}}), "error").is_null());
}

TEST_F(inspector_test, shows_a_list_with_the_states) {
  const auto only = [&](model::object question) {
    const auto rows = member(ask(std::move(question)), "actors");
    EXPECT_EQ(rows.get_if<model::array>()->size(), 1u);
    return rows.get_if<model::array>()->front();
  };
  model::object question{{"what", "actors"}, {"kind", "inspector"}};
  EXPECT_EQ(only(question).find("state"), nullptr);
  question.emplace_back("state", "true");
  EXPECT_EQ(member(member(only(question), "state"), "knows_peers"), model::value{false});
  const auto nobody = ask({{"what", "actors"}, {"kind", "nobody"}, {"state", "true"}});
  EXPECT_TRUE(member(nobody, "actors").get_if<model::array>()->empty());
}

TEST_F(inspector_test, samples_only_while_somebody_asks) {
  caf::scoped_actor self{system()};
  auto pending = self->request(who, caf::infinite, protocol::inspect_request{model::object{{"what", "top"}}});
  run();
  EXPECT_FALSE(self->has_next_message()) << "it has to measure for a while";
  advance(250ms);
  bool answered = false;
  pending.receive(
      [&](const protocol::inspect_answer& x) {
        answered = true;
        EXPECT_DOUBLE_EQ(member(x.answer, "window_seconds").number_or(0), 0.25);
      },
      [](const caf::error&) {});
  EXPECT_TRUE(answered);
  EXPECT_TRUE(state_of<inspector_state>(who).ticking);
  advance(12s);
  EXPECT_FALSE(state_of<inspector_state>(who).ticking);
  EXPECT_TRUE(state_of<inspector_state>(who).latest.empty());
}

TEST_F(inspector_test, asks_other_nodes_through_its_peers) {
  EXPECT_FALSE(member(ask({{"what", "nodes"}, {"node", "there"}}), "error").is_null());
  peers.answer_with([](const caf::message&) {
    const model::object theirs{{"nodes", model::array{model::object{{"id", "there"}}}}};
    return caf::make_message(protocol::peers_answer{{{"there", theirs}}});
  });
  send(who, peers.handle());
  EXPECT_EQ(member(ask({{"what", "nodes"}}), "nodes").get_if<model::array>()->size(), 1u);
  const auto all = member(ask({{"what", "nodes"}, {"node", "all"}}), "nodes");
  ASSERT_EQ(all.get_if<model::array>()->size(), 2u);
  EXPECT_EQ(member(all.get_if<model::array>()->back(), "id"), model::value{"there"});
  const auto one = member(ask({{"what", "nodes"}, {"node", "there"}}), "nodes");
  EXPECT_EQ(one.get_if<model::array>()->size(), 1u);
}

TEST_F(inspector_test, filters_by_any_part_of_kind_and_label) {
  const auto names = [&](const char* filter) {
    std::vector<std::string> result;
    const auto actors = member(ask({{"what", "actors"}, {"filter", filter}}), "actors");
    for (const auto& x : *actors.get_if<model::array>())
      result.push_back(*member(x, "kind").get_if<std::string>());
    return result;
  };
  EXPECT_EQ(names("spect"), std::vector<std::string>{"inspector"});
  EXPECT_EQ(names("INSPECTOR:"), std::vector<std::string>{"inspector"});
  EXPECT_EQ(names("nobody"), std::vector<std::string>{});
}

TEST_F(inspector_test, ends_no_connection_on_every_node) {
  send(who, peers.handle());
  const auto answer = ask({{"what", "act"}, {"action", "close"}, {"connection", "c1"}, {"node", "all"}});
  EXPECT_EQ(member(answer, "ok"), model::value{false});
  EXPECT_TRUE(admission.empty());
  EXPECT_TRUE(peers.empty());
}

TEST_F(inspector_test, acts) {
  EXPECT_EQ(member(ask({{"what", "act"}, {"action", "log_level"}, {"level", "debug"}}), "ok"), model::value{true});
  EXPECT_EQ(level, "debug");
  EXPECT_EQ(member(ask({{"what", "act"}, {"action", "log_level"}, {"level", "x"}}), "ok"), model::value{false});
  EXPECT_EQ(member(ask({{"what", "act"}, {"action", "restart"}, {"actor", std::uint64_t{who->id()}}}), "ok"),
            model::value{false});
  admission.answer_with([](const caf::message&) { return caf::make_message(protocol::found_connection{}); });
  EXPECT_EQ(member(ask({{"what", "act"}, {"action", "close"}, {"connection", "c3"}}), "ok"), model::value{false});
  EXPECT_EQ(member(ask({{"what", "why"}, {"connection", "c3"}, {"character", "a"}}), "reason"),
            model::value{"no_such_connection"});
}

} // namespace towncrier::ops
