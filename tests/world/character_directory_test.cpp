#include "actors/world/character_directory.hpp"
#include "tests/support/actor_fixture.hpp"

namespace towncrier::world {

struct character_directory_test : support::actor_fixture {
  support::probe<protocol::batcher_actor> batcher = make_probe<protocol::batcher_actor>();
  protocol::character_directory_actor directory = spawn(character_directory, batcher.handle(), std::uint64_t{9});

  static model::character_input input(std::string id, model::change_kind kind = model::change_kind::update) {
    model::character_input x;
    x.kind = kind;
    x.id = {std::move(id), false};
    return x;
  }

  void publish(std::vector<model::character_input> inputs, protocol::receipt_ptr receipt = nullptr) {
    send(directory, protocol::character_job{std::move(inputs), std::move(receipt)});
  }

  /// `id version` of each change that came out.
  std::multiset<std::string> changes() {
    std::multiset<std::string> result;
    for (const auto& x : batcher.take<protocol::outgoing_change>()) {
      const auto& now = *std::get<model::character_change>(x.change).now;
      EXPECT_EQ(now.rev.epoch, 9u);
      result.insert(now.id.text + " " + std::to_string(now.rev.version));
    }
    return result;
  }

  using texts = std::multiset<std::string>;
};

TEST_F(character_directory_test, each_character_has_versions_of_its_own) {
  publish({input("a"), input("b"), input("a")});
  EXPECT_EQ(changes(), (texts{"a 1", "a 2", "b 1"}));
  publish({input("b")});
  EXPECT_EQ(changes(), texts{"b 2"});
}

TEST_F(character_directory_test, an_integer_and_the_same_text_name_one_character) {
  auto number = input("7");
  number.id.integer = true;
  publish({number, input("7")});
  EXPECT_EQ(changes(), (texts{"7 1", "7 2"}));
}

TEST_F(character_directory_test, one_that_comes_back_after_its_removal_goes_on_in_its_versions) {
  publish({input("a"), input("a", model::change_kind::removed), input("a")});
  EXPECT_EQ(changes(), (texts{"a 1", "a 2", "a 3"}));
}

TEST_F(character_directory_test, whoever_begins_after_a_removal_is_above_all_that_went) {
  publish({input("a"), input("a"), input("b"), input("a", model::change_kind::removed)});
  EXPECT_EQ(changes(), (texts{"a 1", "a 2", "a 3", "b 1"}));
  publish({input("a"), input("b")});
  EXPECT_EQ(changes(), (texts{"a 5", "b 2"}));
}

TEST_F(character_directory_test, ids_used_once_cost_nothing) {
  const auto before = system().registry().running();
  for (int i = 0; i < 100; ++i)
    publish({input(std::to_string(i)), input(std::to_string(i), model::change_kind::removed)});
  EXPECT_EQ(changes().size(), 200u);
  EXPECT_EQ(system().registry().running(), before);
}

TEST_F(character_directory_test, what_is_said_of_one_character_keeps_its_order) {
  std::vector<model::character_input> inputs;
  for (int i = 0; i < 100; ++i) {
    inputs.push_back(input("a"));
    inputs.back().state = std::to_string(i);
  }
  publish(std::move(inputs));
  int i = 0;
  for (const auto& x : batcher.take<protocol::outgoing_change>())
    EXPECT_EQ(std::get<model::character_change>(x.change).now->state, std::to_string(i++));
  EXPECT_EQ(i, 100);
}

TEST_F(character_directory_test, the_receipt_goes_with_every_change) {
  auto receipt = std::make_shared<const int>(1);
  const std::weak_ptr<const int> kept = receipt;
  publish({input("a"), input("b")}, std::move(receipt));
  EXPECT_FALSE(kept.expired());
  batcher.clear();
  EXPECT_TRUE(kept.expired());
}

TEST_F(character_directory_test, a_publisher_that_is_restarted_goes_on_where_it_was) {
  auto named = input("a");
  named.name = "Anna";
  publish({named, input("a")});
  caf::anon_send(directory, protocol::character_job{{input("a")}, nullptr});
  caf::scoped_actor self{system()};
  self->send(directory, protocol::character_act{{"a", false}, "restart"});
  // These come while it ends.
  caf::anon_send(directory, protocol::character_job{{input("a"), input("a")}, nullptr});
  run();
  const auto out = batcher.take<protocol::outgoing_change>();
  ASSERT_EQ(out.size(), 5u);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto& now = *std::get<model::character_change>(out[i].change).now;
    EXPECT_EQ(now.rev.version, i + 1);
    EXPECT_EQ(now.name, "Anna");
  }
  publish({input("a")});
  EXPECT_EQ(changes(), texts{"a 6"});
}

TEST_F(character_directory_test, a_removal_that_comes_during_a_restart_is_not_lost) {
  publish({input("a")});
  caf::scoped_actor self{system()};
  self->send(directory, protocol::character_act{{"a", false}, "restart"});
  caf::anon_send(directory, protocol::character_job{{input("a", model::change_kind::removed)}, nullptr});
  run();
  EXPECT_EQ(changes(), (texts{"a 1", "a 2"}));
  EXPECT_TRUE(state_of<character_directory_state>(directory).publishers.empty());
  EXPECT_TRUE(state_of<character_directory_state>(directory).ids.empty());
}

TEST_F(character_directory_test, a_publisher_that_crashed_is_begun_again_with_its_state) {
  publish({input("a"), input("a")});
  kill(state_of<character_directory_state>(directory).publishers.at({"a", false}).actor);
  publish({input("a")});
  EXPECT_EQ(changes(), (texts{"a 1", "a 2", "a 3"}));
}

TEST_F(character_directory_test, a_paused_character_gives_out_one_update_when_it_goes_on) {
  publish({input("a")});
  const auto act = [&](const char* what) {
    return request<protocol::inspect_answer>(directory, protocol::character_act{{"a", false}, what})->answer;
  };
  EXPECT_EQ(act("pause"), (model::value{model::object{{"ok", true}, {"character", "a"}}}));
  publish({input("a"), input("a")});
  EXPECT_EQ(changes(), texts{"a 1"});
  act("resume");
  EXPECT_EQ(changes(), texts{"a 2"});
}

TEST_F(character_directory_test, says_that_it_does_not_know_a_character) {
  const auto answer =
      request<protocol::inspect_answer>(directory, protocol::character_act{{"nobody", false}, "restart"});
  EXPECT_EQ(*answer->answer.find("ok"), model::value{false});
}

} // namespace towncrier::world
