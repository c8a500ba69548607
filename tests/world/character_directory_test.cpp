#include "actors/world/character_directory.hpp"
#include "tests/support/actor_fixture.hpp"

namespace towncrier::world {

struct character_directory_test : support::actor_fixture {
  support::probe<protocol::batcher_actor> batcher = make_probe<protocol::batcher_actor>();
  support::probe<protocol::exchange_actor> exchange = make_probe<protocol::exchange_actor>();
  protocol::character_directory_actor directory;
  /// What the exchange knows.
  std::map<std::string, protocol::lookup_answer::entry> known;

  void SetUp() override {
    exchange.answer_with([this](const caf::message& x) {
      if (!support::probe<protocol::exchange_actor>::is<protocol::lookup_request>(x))
        return caf::message{};
      protocol::lookup_answer answer;
      for (const auto& id : x.get_as<protocol::lookup_request>(0).ids)
        answer.entries.push_back(known[id.text]);
      return caf::make_message(std::move(answer));
    });
    directory = spawn(character_directory, batcher.handle(), exchange.handle(),
                      directory_settings{"n1", std::make_shared<flow::life_number>(9, now())});
  }

  static model::character_input input(std::string id, model::change_kind kind = model::change_kind::update) {
    model::character_input x;
    x.kind = kind;
    x.id = {std::move(id), false};
    return x;
  }

  void publish(std::vector<model::character_input> inputs, protocol::receipt_ptr receipt = nullptr) {
    send(directory, protocol::character_job{std::move(inputs), std::move(receipt)});
  }

  /// `id version` of each change that came out; the epochs above this life's first one stand before the version.
  std::multiset<std::string> changes() {
    std::multiset<std::string> result;
    for (const auto& x : batcher.take<protocol::outgoing_change>()) {
      const auto& now = *std::get<model::character_change>(x.change).now;
      EXPECT_EQ(now.rev.owner, "n1");
      const auto epoch = now.rev.epoch == 9 ? std::string{} : std::to_string(now.rev.epoch) + ".";
      result.insert(now.id.text + " " + epoch + std::to_string(now.rev.version));
    }
    return result;
  }

  static protocol::overtaken overtaken(std::string id, model::revision by, model::character_ptr own = nullptr) {
    protocol::overtaken result;
    result.characters.push_back({{std::move(id), false}, std::move(by), std::move(own)});
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

TEST_F(character_directory_test, one_that_comes_back_after_its_removal_has_a_higher_epoch) {
  publish({input("a"), input("a", model::change_kind::removed), input("a")});
  EXPECT_EQ(changes(), (texts{"a 1", "a 2", "a 10.1"}));
}

TEST_F(character_directory_test, goes_on_from_what_others_said_of_a_character) {
  auto latest = std::make_shared<model::character>();
  latest->id = {"a", false};
  latest->name = "Ada";
  latest->rev = {40, 7, "n2"};
  known["a"] = {latest->rev, latest};
  known["b"] = {{50, 1, "n3"}, nullptr}; // was removed
  publish({input("a"), input("b")});
  for (const auto& x : batcher.take<protocol::outgoing_change>()) {
    const auto& now = *std::get<model::character_change>(x.change).now;
    EXPECT_EQ(now.rev, (now.id.text == "a" ? model::revision{41, 1, "n1"} : model::revision{51, 1, "n1"}));
    EXPECT_EQ(now.name, now.id.text == "a" ? "Ada" : "b");
  }
}

TEST_F(character_directory_test, an_overtaken_publisher_ends_and_the_next_one_is_above_it) {
  publish({input("a")});
  EXPECT_EQ(changes(), texts{"a 1"});
  send(directory, overtaken("a", {30, 1, "n2"}));
  known["a"] = {{30, 1, "n2"}, nullptr};
  publish({input("a")});
  EXPECT_EQ(changes(), texts{"a 31.1"});
  send(directory, overtaken("a", {30, 2, "n2"}));
  publish({input("a")});
  EXPECT_EQ(changes(), texts{"a 31.2"}) << "of before: nobody overtook this one";
}

TEST_F(character_directory_test, what_was_below_a_node_that_is_gone_is_said_again_above_it) {
  auto said = input("a");
  said.state = "glad";
  publish({said});
  const auto own = std::get<model::character_change>(batcher.take_one<protocol::outgoing_change>().change).now;
  known["a"] = {{30, 1, "n2"}, nullptr};
  send(directory, overtaken("a", {30, 1, "n2"}, own));
  const auto again = std::get<model::character_change>(batcher.take_one<protocol::outgoing_change>().change).now;
  EXPECT_EQ(again->state, "glad");
  EXPECT_EQ(again->rev, (model::revision{31, 1, "n1"}));
}

TEST_F(character_directory_test, an_epoch_is_not_below_the_time) {
  advance(std::chrono::milliseconds{500});
  publish({input("a")});
  EXPECT_EQ(changes(), texts{"a 509.1"});
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
