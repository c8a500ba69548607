#include "codec/publish_command.hpp"
#include "model/limits.hpp"
#include "parsed.hpp"

#include <gmock/gmock.h>

using namespace towncrier;
using namespace towncrier::test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

namespace {

std::string message(std::string_view type, std::string_view data) {
  return R"({"type":")" + std::string{type} + R"(","data":)" + std::string{data} + "}";
}

std::string batch(std::string_view elements) { return message("batch", '[' + std::string{elements} + ']'); }

template <class Input>
Input input_of(std::string_view json) {
  auto request = body_of<model::publish_request>(json);
  EXPECT_THAT(request.items, SizeIs(1));
  EXPECT_THAT(request.refused, IsEmpty());
  auto* input = request.items.empty() ? nullptr : std::get_if<Input>(&request.items.front());
  EXPECT_NE(input, nullptr) << json;
  return input == nullptr ? Input{} : std::move(*input);
}

model::character_input character_of(std::string_view type, std::string_view data) {
  return input_of<model::character_input>(message(type, data));
}

constexpr auto good = R"({"type":"state_change","data":{"character_id":1,"new_state":"asleep"}})";

} // namespace

TEST(publish_command, reads_a_whole_character_update) {
  const auto x = character_of(
      "character_update", R"({"character_id":"ada","name":"Ada","state":"working","location":"smithy","x":1.5,"y":-2,)"
                          R"("attributes":{"mood":"calm","gone":null},"timestamp":1795378422.637})");
  EXPECT_EQ(x.kind, model::change_kind::update);
  EXPECT_EQ(x.id.text, "ada");
  EXPECT_FALSE(x.id.integer);
  EXPECT_EQ(x.name, "Ada");
  EXPECT_EQ(x.state, "working");
  EXPECT_EQ(x.location, "smithy");
  EXPECT_EQ(x.place, (model::point{1.5, -2}));
  EXPECT_EQ(x.attributes, (model::object{{"mood", "calm"}, {"gone", nullptr}}));
  EXPECT_EQ(x.timestamp, 1795378422.637);
}

TEST(publish_command, what_an_update_leaves_out_stays_unsaid) {
  for (const auto data :
       {R"({"character_id":7})", R"({"character_id":7,"name":null,"state":null,"location":null,"attributes":null})"}) {
    const auto x = character_of("character_update", data);
    EXPECT_EQ(x.id.text, "7");
    EXPECT_TRUE(x.id.integer);
    EXPECT_FALSE(x.name || x.state || x.location || x.place || x.attributes || x.timestamp);
  }
}

TEST(publish_command, null_for_x_and_y_takes_the_place_away) {
  for (const auto type : {"character_update", "state_change"}) {
    const auto x = character_of(type, R"({"character_id":7,"x":null,"y":null})");
    EXPECT_TRUE(x.place && model::is_no_place(*x.place));
  }
  EXPECT_EQ(refusal(message("state_change", R"({"character_id":1,"x":null,"y":1})")),
            "state_change: 'y' is given without 'x'; give both or neither");
}

TEST(publish_command, refuses_places_that_are_too_far) {
  character_of("state_change", R"({"character_id":7,"x":1e12,"y":-1e12})");
  for (const auto place : {R"("x":1e300,"y":0)", R"("x":0,"y":-1.1e12)"})
    EXPECT_THAT(refusal(message("character_update", std::string{R"({"character_id":7,)"} + place + "}")),
                HasSubstr("too far away"));
}

TEST(publish_command, refuses_times_that_have_no_date) {
  for (const auto time : {"0", "-62135596800", "253402300799.5"})
    input_of<model::event_input>(
        message("event_notification", R"({"event_type":"x","timestamp":)" + std::string{time} + "}"));
  for (const std::string time : {"1795378422637", "-946000000000000", "253402300800", "1e300"}) {
    for (const auto type : {"character_update", "character_removed"})
      EXPECT_THAT(refusal(message(type, R"({"character_id":7,"timestamp":)" + time + "}")),
                  HasSubstr("give seconds since 1970, not milliseconds"));
    EXPECT_THAT(refusal(message("event_notification", R"({"event_type":"x","timestamp":)" + time + "}")),
                HasSubstr("give seconds since 1970, not milliseconds"));
    EXPECT_THAT(refusal(R"({"type":"event_notification","data":{"event_type":"x"},"timestamp":)" + time + "}"),
                HasSubstr("the message's 'timestamp'"));
  }
  // What tells nobody's time is no matter.
  accepted(R"({"type":"heartbeat","data":{},"timestamp":1795378422637})");
}

TEST(publish_command, what_can_be_published_can_be_watched) {
  character_of("state_change", R"({"character_id":7,"location":")" + std::string(256, 'x') + "\"}");
  character_of("state_change", R"({"character_id":7,"location":""})");
  for (const auto type : {"character_update", "state_change"})
    EXPECT_EQ(refusal(message(type, R"({"character_id":7,"location":")" + std::string(257, 'x') + "\"}")),
              std::string{type} + ": 'location' has 257 bytes; give at most 256");
}

TEST(publish_command, ignores_epoch_and_version_of_the_client) {
  character_of("character_update", R"({"character_id":7,"epoch":"x","version":-1,"anything":[]})");
}

TEST(publish_command, reads_a_state_change) {
  const auto x =
      character_of("state_change", R"({"character_id":7,"new_state":"asleep","location":"inn","timestamp":5})");
  EXPECT_EQ(x.kind, model::change_kind::state_change);
  EXPECT_EQ(x.state, "asleep");
  EXPECT_EQ(x.location, "inn");
  EXPECT_EQ(x.timestamp, 5.0);
}

TEST(publish_command, a_state_change_may_change_anything_but_not_nothing) {
  for (const auto data : {R"({"character_id":7,"new_state":"asleep"})", R"({"character_id":7,"location":"inn"})",
                          R"({"character_id":7,"x":1,"y":2})", R"({"character_id":7,"attributes":{"mood":null}})"})
    character_of("state_change", data);
  EXPECT_EQ(refusal(message("state_change", R"({"character_id":7,"state":"asleep"})")),
            "state_change: nothing that changes is given; give 'new_state', 'location', 'x' and 'y', or 'attributes'");
}

TEST(publish_command, reads_a_removal) {
  const auto x = character_of("character_removed", R"({"character_id":18446744073709551615})");
  EXPECT_EQ(x.kind, model::change_kind::removed);
  EXPECT_EQ(x.id.text, "18446744073709551615");
  EXPECT_TRUE(x.id.integer);
}

TEST(publish_command, reads_an_event) {
  const auto x = input_of<model::event_input>(
      message("event_notification", R"({"event_type":"meeting","data":["Ada",7],"timestamp":5.5})"));
  EXPECT_EQ(x.event_type, "meeting");
  EXPECT_EQ(x.data, (model::value{model::array{"Ada", 7}}));
  EXPECT_EQ(x.timestamp, 5.5);
  const auto bare = input_of<model::event_input>(message("event_notification", R"({"event_type":"dawn"})"));
  EXPECT_EQ(bare.data, model::value{model::object{}});
  EXPECT_EQ(bare.timestamp, std::nullopt);
}

TEST(publish_command, an_event_holds_any_data) {
  const auto data_of = [](std::string_view data) {
    return input_of<model::event_input>(
               message("event_notification", R"({"event_type":"x","data":)" + std::string{data} + "}"))
        .data;
  };
  EXPECT_EQ(data_of("null"), model::value{});
  EXPECT_EQ(data_of("7"), model::value{7});
  EXPECT_EQ(data_of("false"), model::value{false});
  EXPECT_EQ(data_of(R"("")"), model::value{""});
  EXPECT_EQ(data_of("[null]"), (model::value{model::array{nullptr}}));
}

TEST(publish_command, takes_the_envelopes_time_when_the_data_has_none) {
  const std::string_view with = R"({"type":"state_change","data":{"character_id":1,"new_state":"a","timestamp":5},)"
                                R"("timestamp":9})";
  const std::string_view without = R"({"type":"state_change","data":{"character_id":1,"new_state":"a"},"timestamp":9})";
  EXPECT_EQ(input_of<model::character_input>(with).timestamp, 5.0);
  EXPECT_EQ(input_of<model::character_input>(without).timestamp, 9.0);
}

TEST(publish_command, refuses_a_character_id_that_is_wrong) {
  for (const auto type : {"character_update", "state_change", "character_removed"}) {
    const std::string start = std::string{type} + ": 'character_id' ";
    EXPECT_EQ(refusal(message(type, "{}")), start + "is missing; give a string or an integer");
    EXPECT_EQ(refusal(message(type, R"({"character_id":null})")), start + "is missing; give a string or an integer");
    EXPECT_EQ(refusal(message(type, R"({"character_id":1.5})")), start + "is a number; give a string or an integer");
    EXPECT_EQ(refusal(message(type, R"({"character_id":[]})")), start + "is an array; give a string or an integer");
    EXPECT_EQ(refusal(message(type, R"({"character_id":""})")), start + "has 0 bytes; give 1 to 256");
    const std::string long_id(257, 'x');
    EXPECT_EQ(refusal(message(type, R"({"character_id":")" + long_id + "\"}")), start + "has 257 bytes; give 1 to 256");
  }
  character_of("character_removed", R"({"character_id":")" + std::string(256, 'x') + "\"}");
}

TEST(publish_command, names_every_field_of_the_wrong_type) {
  for (const std::string key : {"name", "state", "location"})
    EXPECT_EQ(refusal(message("character_update", R"({"character_id":1,")" + key + "\":7}")),
              "character_update: '" + key + "' is a number; give a string");
  for (const std::string key : {"x", "y", "timestamp"})
    EXPECT_EQ(refusal(message("character_update", R"({"character_id":1,")" + key + "\":\"7\"}")),
              "character_update: '" + key + "' is a string; give a number");
  EXPECT_EQ(refusal(message("character_update", R"({"character_id":1,"attributes":[]})")),
            "character_update: 'attributes' is an array; give an object");
  EXPECT_EQ(refusal(message("state_change", R"({"character_id":1,"new_state":false})")),
            "state_change: 'new_state' is a boolean; give a string");
}

TEST(publish_command, wants_x_and_y_together) {
  EXPECT_EQ(refusal(message("character_update", R"({"character_id":1,"x":1})")),
            "character_update: 'x' is given without 'y'; give both or neither");
  EXPECT_EQ(refusal(message("character_update", R"({"character_id":1,"y":1,"x":null})")),
            "character_update: 'y' is given without 'x'; give both or neither");
}

TEST(publish_command, refuses_an_event_that_is_wrong) {
  EXPECT_EQ(refusal(message("event_notification", R"({"data":{}})")),
            "event_notification: 'event_type' is missing; give a string");
  EXPECT_THAT(refusal(message("event_notification", R"({"event_type":""})")), HasSubstr("'event_type' is empty"));
  const std::string long_type(257, 'x');
  EXPECT_THAT(refusal(message("event_notification", R"({"event_type":")" + long_type + "\"}")),
              HasSubstr("'event_type' has 257 bytes; give at most 256"));
}

TEST(publish_command, refuses_data_that_is_no_object) {
  for (const std::string type : {"character_update", "state_change", "character_removed", "event_notification"})
    EXPECT_EQ(refusal(message(type, "null")), type + ": 'data' is null; give an object");
}

TEST(publish_command, a_message_alone_weighs_one) { EXPECT_EQ(accepted(good).weight, 1U); }

TEST(publish_command, a_batch_keeps_the_good_and_names_the_bad) {
  const auto text = batch(std::string{good} + R"(,7,{"type":"subscribe","data":{}},)" + batch(good) +
                          R"(,{"type":"character_update","data":{}},{"type":"event_notification"},)" +
                          message("event_notification", R"({"event_type":"dawn"})"));
  const auto x = body_of<model::publish_request>(text);
  ASSERT_THAT(x.items, SizeIs(2));
  EXPECT_EQ(std::get<model::character_input>(x.items[0]).state, "asleep");
  EXPECT_EQ(std::get<model::event_input>(x.items[1]).event_type, "dawn");
  EXPECT_THAT(
      x.refused,
      ElementsAre(
          R"(message 1: the message is a number; send an object like {"type": "heartbeat", "data": {}})",
          "message 2: the type 'subscribe' cannot stand in a batch; give one of character_update, state_change, "
          "character_removed, event_notification",
          "message 3: a batch stands in a batch; give its messages themselves",
          "message 4: character_update: 'character_id' is missing; give a string or an integer",
          "message 5: 'event_notification': 'data' is missing; give an object (it may be {})"));
  EXPECT_EQ(accepted(text).weight, 7U);
}

TEST(publish_command, an_empty_batch_weighs_one) {
  EXPECT_THAT(body_of<model::publish_request>(batch("")).items, IsEmpty());
  EXPECT_EQ(accepted(batch("")).weight, 1U);
}

TEST(publish_command, a_batch_is_an_array) {
  EXPECT_EQ(refusal(message("batch", "{}")), "batch: 'data' is an object; give an array of messages");
}

TEST(publish_command, sentences_about_a_batch_are_bounded) {
  std::string elements = "7";
  for (int i = 1; i < 1000; ++i)
    elements += ",7";
  const auto x = body_of<model::publish_request>(batch(elements));
  ASSERT_THAT(x.refused, SizeIs(codec::max_refusals + 1));
  EXPECT_EQ(x.refused.back(), "968 messages more were refused");
  EXPECT_EQ(accepted(batch(elements)).weight, 1000U);
}
