#include "codec/command.hpp"
#include "codec/json.hpp"
#include "nodes/commands/movement.hpp"

#include <gtest/gtest.h>

namespace towncrier::commands {

namespace {

movement_row row(double t, const std::string& id, const std::string& state = "DRIVING") {
  return {t, id, state, "street", t, 2, 90.0, 8.5};
}

std::string type_of(const model::value& x) { return *x.find("type")->get_if<std::string>(); }
std::string id_of(const model::value& x) { return *x.find("data")->find("character_id")->get_if<std::string>(); }

std::string json(const model::value& x) {
  std::string result;
  codec::append_json(result, x);
  return result;
}

} // namespace

TEST(movement, introduces_a_vehicle_whole_and_then_tells_its_changes) {
  movement x{false};
  EXPECT_EQ(json(x.messages({1, {row(1, "a", "WAITING")}}).at(0)),
            R"({"type":"character_update","data":{"character_id":"a","name":"Vehicle a","state":"WAITING",)"
            R"("location":"street","x":1.0,"y":2.0,"attributes":{"angle":90.0,"speed":8.5}}})");
  EXPECT_EQ(json(x.messages({2, {row(2, "a")}}).at(0)),
            R"({"type":"state_change","data":{"character_id":"a","new_state":"DRIVING",)"
            R"("location":"street","x":2.0,"y":2.0,"attributes":{"angle":90.0,"speed":8.5}}})");
}

TEST(movement, every_message_is_one_that_a_node_takes) {
  movement x{true};
  auto messages = x.messages({1, {row(1, "a"), row(1, "b")}});
  for (const auto& more : x.messages({2, {row(2, "a")}}))
    messages.push_back(more);
  ASSERT_EQ(messages.size(), 4u);
  for (const auto& each : messages)
    EXPECT_TRUE(std::holds_alternative<model::client_message>(codec::parse_command(codec::format::json, json(each))));
}

TEST(movement, leaves_vehicles_where_they_were_unless_told_to_remove_them) {
  movement keeps{false};
  movement removes{true};
  for (auto* x : {&keeps, &removes})
    x->messages({1, {row(1, "a"), row(1, "b")}});
  EXPECT_EQ(keeps.messages({2, {row(2, "a")}}).size(), 1u);
  const auto messages = removes.messages({2, {row(2, "a")}});
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_EQ(type_of(messages[1]), "character_removed");
  EXPECT_EQ(id_of(messages[1]), "b");
  EXPECT_EQ(type_of(removes.messages({3, {row(3, "b")}}).at(0)), "character_update");
}

TEST(movement, gives_an_id_back_as_it_was_written) {
  movement x{true};
  last_states states;
  const auto all = [&](const movement_step& step) {
    std::string ids;
    for (const auto& each : x.messages(step)) {
      states.apply(each);
      ids += type_of(each).substr(0, 11) + ' ' + json(*each.find("data")->find("character_id")) + ' ';
    }
    return ids;
  };
  auto seven = row(0.1, "7");
  auto big = row(0.1, "18446744073709551615");
  seven.integer_id = big.integer_id = true;
  EXPECT_EQ(all({0.1, {seven, big, row(0.1, "8")}}),
            "character_u 7 character_u 18446744073709551615 character_u \"8\" ");
  EXPECT_EQ(json(*states.messages().at(1).find("data")->find("character_id")), "7");
  EXPECT_EQ(all({0.2, {row(0.2, "8")}}), "state_chang \"8\" character_r 18446744073709551615 character_r 7 ");
  EXPECT_EQ(states.messages().size(), 1u);
}

TEST(last_states, hold_the_newest_of_everything_that_was_said) {
  movement x{true};
  last_states states;
  for (const auto& step : {movement_step{1, {row(1, "a", "WAITING"), row(1, "b")}}, movement_step{2, {row(2, "a")}}})
    for (const auto& each : x.messages(step))
      states.apply(each);
  const auto messages = states.messages();
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(json(messages[0]),
            R"({"type":"character_update","data":{"character_id":"a","name":"Vehicle a","state":"DRIVING",)"
            R"("location":"street","x":2.0,"y":2.0,"attributes":{"angle":90.0,"speed":8.5}}})");
}

} // namespace towncrier::commands
