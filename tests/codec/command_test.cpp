#include "codec/command.hpp"
#include "codec/utf8.hpp"
#include "parsed.hpp"
#include "random_value.hpp"

#include <gmock/gmock.h>

using namespace towncrier;
using namespace towncrier::test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

namespace {

std::optional<model::message_id> id_of(const codec::command_result& x) {
  return std::visit([](const auto& y) { return y.id; }, x);
}

std::string refusal_of_channel(std::string_view channel) {
  return refusal(R"({"type":"subscribe","data":{"channels":["world",")" + std::string{channel} + R"("]}})");
}

} // namespace

TEST(command, reads_auth) {
  EXPECT_EQ(body_of<model::auth_request>(R"({"type":"auth","data":{"token":"abc.def"}})").token, "abc.def");
  EXPECT_EQ(refusal(R"({"type":"auth","data":{}})"), "auth: 'token' is missing; give a string");
  EXPECT_EQ(refusal(R"({"type":"auth","data":{"token":7}})"), "auth: 'token' is a number; give a string");
  EXPECT_THAT(refusal(R"({"type":"auth","data":{"token":""}})"), HasSubstr("'token' is empty"));
}

TEST(command, reads_subscribe) {
  const auto all = body_of<model::subscribe_request>(
      R"({"type":"subscribe","data":{"channels":["world","location:the inn","character:7","event:meeting"],)"
      R"("area":{"x":-1,"y":2.5,"width":3,"height":0},"snapshot":true}})");
  EXPECT_THAT(all.channels, ElementsAre("world", "location:the inn", "character:7", "event:meeting"));
  EXPECT_EQ(all.area, (model::area{-1, 2.5, 3, 0}));
  EXPECT_TRUE(all.snapshot);
  const auto some = body_of<model::subscribe_request>(R"({"type":"subscribe","data":{"channels":["world"]}})");
  EXPECT_EQ(some.area, std::nullopt);
  EXPECT_FALSE(some.snapshot);
}

TEST(command, subscribe_takes_null_for_what_is_left_out) {
  const auto x = body_of<model::subscribe_request>(
      R"({"type":"subscribe","data":{"channels":["world"],"area":null,"snapshot":null}})");
  EXPECT_EQ(x.area, std::nullopt);
  EXPECT_FALSE(x.snapshot);
}

TEST(command, refuses_a_subscribe_that_is_wrong) {
  EXPECT_EQ(refusal(R"({"type":"subscribe","data":{"channels":"world"}})"),
            "subscribe: 'channels' is a string; give an array");
  EXPECT_THAT(refusal(R"({"type":"subscribe","data":{"channels":["world",7]}})"), HasSubstr("channel 1 is a number"));
  EXPECT_EQ(refusal(R"({"type":"subscribe","data":{"snapshot":1}})"),
            "subscribe: 'snapshot' is a number; give true or false");
  EXPECT_THAT(refusal(R"({"type":"subscribe","data":{"channel":"world"}})"), HasSubstr("give 'channels'"));
  EXPECT_EQ(refusal(R"({"type":"subscribe","data":[]})"), "subscribe: 'data' is an array; give an object");
}

TEST(command, refuses_unknown_channels) {
  for (const auto channel : {"", "World", "world ", "location", "location:", "character:", "event:", "event", "inn:x"})
    EXPECT_THAT(refusal_of_channel(channel), StartsWith("subscribe: channel 1 is '")) << channel;
  EXPECT_EQ(refusal_of_channel("foo"), "subscribe: channel 1 is 'foo'; give 'world', 'location:<name>', "
                                       "'character:<id>' or 'event:<type>', with a name of 1 to 256 bytes");
  EXPECT_EQ(refusal_of_channel("location:" + std::string(256, 'x')), "(accepted)");
  EXPECT_THAT(refusal_of_channel("location:" + std::string(257, 'x')), HasSubstr("1 to 256 bytes"));
}

TEST(command, takes_none_for_a_channel_that_shows_nothing) {
  const auto x = body_of<model::subscribe_request>(R"({"type":"subscribe","data":{"channels":["none"]}})");
  EXPECT_THAT(x.channels, ElementsAre("none"));
}

TEST(command, refuses_an_area_that_is_wrong) {
  const auto of = [](std::string_view area) {
    return refusal(R"({"type":"subscribe","data":{"area":)" + std::string{area} + "}}");
  };
  EXPECT_EQ(of("7"), "subscribe: 'area' is a number; give an object");
  EXPECT_EQ(of(R"({"x":1,"y":2,"width":3})"), "subscribe: 'area': 'height' is missing; give a number");
  EXPECT_EQ(of(R"({"x":1,"y":"2","width":3,"height":4})"), "subscribe: 'area': 'y' is a string; give a number");
  EXPECT_THAT(of(R"({"x":1,"y":2,"width":-3,"height":4})"), HasSubstr("give at least 0"));
  EXPECT_THAT(of(R"({"x":1,"y":2,"width":3,"height":-0.5})"), HasSubstr("give at least 0"));
}

TEST(command, reads_unsubscribe) {
  const auto some = body_of<model::unsubscribe_request>(R"({"type":"unsubscribe","data":{"channels":["world"]}})");
  EXPECT_THAT(some.channels, ElementsAre("world"));
  EXPECT_FALSE(some.area);
  for (const auto area : {"null", "true", R"({"x":1})"}) {
    const auto text = R"({"type":"unsubscribe","data":{"area":)" + std::string{area} + "}}";
    EXPECT_TRUE(body_of<model::unsubscribe_request>(text).area);
    EXPECT_THAT(body_of<model::unsubscribe_request>(text).channels, IsEmpty());
  }
  EXPECT_THAT(refusal(R"({"type":"unsubscribe","data":{}})"), HasSubstr("give 'channels'"));
  EXPECT_THAT(refusal(R"({"type":"unsubscribe","data":{"channels":["x"]}})"), HasSubstr("channel 0 is 'x'"));
}

TEST(command, reads_resume_with_any_string) {
  for (const std::string position : {"n1:1:a", "", "what?"})
    EXPECT_EQ(body_of<model::resume_request>(R"({"type":"resume","data":{"position":")" + position + "\"}}").position,
              position);
  EXPECT_THAT(refusal(R"({"type":"resume","data":{}})"), HasSubstr("'position' is missing"));
  EXPECT_EQ(refusal(R"({"type":"resume","data":{"position":7}})"), "resume: 'position' is a number; give a string");
}

TEST(command, reads_heartbeat_whatever_its_data) {
  for (const std::string data : {"{}", "[]", "null", "7", R"({"a":1})"})
    body_of<model::heartbeat_request>(R"({"type":"heartbeat","data":)" + data + "}");
}

TEST(command, reads_commands) {
  const auto x = body_of<model::command_request>(
      R"({"type":"command","data":{"name":"set_rate","args":{"rate":2.5,"why":["x"]}}})");
  EXPECT_EQ(x.name, "set_rate");
  EXPECT_EQ(x.args, (model::object{{"rate", 2.5}, {"why", model::array{"x"}}}));
  EXPECT_THAT(body_of<model::command_request>(R"({"type":"command","data":{"name":"pause"}})").args, IsEmpty());
  EXPECT_EQ(refusal(R"({"type":"command","data":{"args":{}}})"), "command: 'name' is missing; give a string");
  EXPECT_EQ(refusal(R"({"type":"command","data":{"name":"x","args":[]}})"),
            "command: 'args' is an array; give an object");
  EXPECT_EQ(refusal(R"({"type":"command","data":"pause"})"), "command: 'data' is a string; give an object");
}

TEST(command, gives_the_id_back_with_answers_and_errors) {
  EXPECT_EQ(accepted(R"({"type":"heartbeat","data":{},"id":7})").id, model::message_id{7});
  EXPECT_EQ(accepted(R"({"type":"heartbeat","data":{},"id":"x"})").id, model::message_id{"x"});
  EXPECT_EQ(accepted(R"({"type":"heartbeat","data":{},"id":null})").id, std::nullopt);
  EXPECT_EQ(accepted(R"({"type":"heartbeat","data":{}})").id, std::nullopt);
  for (const auto text :
       {R"({"type":"foo","data":{},"id":7})", R"({"type":"auth","data":{},"id":7})", R"({"type":"auth","id":7})",
        R"({"id":7})", R"({"type":"auth","data":{},"timestamp":"","id":7})"})
    EXPECT_EQ(id_of(parsed(text)), model::message_id{7}) << text;
}

TEST(command, refuses_an_id_that_it_could_not_give_back) {
  for (const std::string id : {"1.5", "true", "[]", "{}", "18446744073709551615"})
    EXPECT_THAT(refusal(R"({"type":"heartbeat","data":{},"id":)" + id + "}"), StartsWith("message: 'id' is "));
}

TEST(command, ignores_members_that_it_does_not_know) {
  body_of<model::heartbeat_request>(R"({"type":"heartbeat","data":{},"position":7,"x":[{}],"timestamp":1.5})");
  EXPECT_EQ(body_of<model::auth_request>(R"({"type":"auth","data":{"token":"a","x":1}})").token, "a");
}

TEST(command, names_the_known_types_when_one_is_unknown) {
  EXPECT_EQ(refusal(R"({"type":"foo","data":{}})"),
            "the type 'foo' is unknown; the known types are auth, subscribe, unsubscribe, resume, heartbeat, "
            "character_update, state_change, character_removed, event_notification, batch, command");
}

TEST(command, refuses_an_envelope_that_is_wrong) {
  EXPECT_EQ(refusal("[]"), R"(the message is an array; send an object like {"type": "heartbeat", "data": {}})");
  EXPECT_EQ(refusal(R"({"data":{}})"), "message: 'type' is missing; give a string");
  EXPECT_EQ(refusal(R"({"type":7,"data":{}})"), "message: 'type' is a number; give a string");
  EXPECT_EQ(refusal(R"({"type":"heartbeat"})"), "'heartbeat': 'data' is missing; give an object (it may be {})");
  EXPECT_EQ(refusal(R"({"type":"heartbeat","data":{},"timestamp":"now"})"),
            "message: 'timestamp' is a string; give a number");
}

TEST(command, refuses_bytes_that_are_no_message_at_all) {
  const auto json = parsed("{\"type\":");
  EXPECT_THAT(std::get<codec::command_error>(json).message, StartsWith("not valid JSON at byte 8: "));
  const auto msgpack = codec::parse_command(codec::format::msgpack, "\x81");
  EXPECT_THAT(std::get<codec::command_error>(msgpack).message, StartsWith("not valid MessagePack at byte 1: "));
}

TEST(command, refuses_messages_that_are_too_deep) {
  const auto deep = R"({"type":"heartbeat","data":)" + std::string(10, '[') + std::string(10, ']') + "}";
  EXPECT_EQ(refusal(deep), "(accepted)");
  const auto x = codec::parse_command(codec::format::json, deep, 10);
  EXPECT_THAT(std::get<codec::command_error>(x).message, HasSubstr("more than 10"));
}

TEST(command, sentences_stay_short_and_valid_text_whatever_they_quote) {
  std::string name;
  for (int i = 0; i < 1000; ++i)
    name += "\U0001F600";
  for (const auto& text :
       {R"({"type":")" + name + R"(","data":{}})", R"({"type":"x)" + name + R"(","data":{}})",
        R"({"type":"subscribe","data":{"channels":["xyz)" + name + R"("]}})", R"({"type":")" + name + R"("})"}) {
    const auto sentence = refusal(text);
    EXPECT_LT(sentence.size(), 400U);
    EXPECT_TRUE(codec::is_utf8(sentence));
  }
}

TEST(command, survives_random_values_in_every_place) {
  value_source source{15};
  const std::string types[] = {"auth",      "subscribe",          "unsubscribe",  "resume",
                               "heartbeat", "character_update",   "state_change", "character_removed",
                               "batch",     "event_notification", "command"};
  const std::string keys[] = {"token", "channels", "area",      "snapshot", "position",  "character_id", "name",
                              "state", "location", "new_state", "x",        "y",         "attributes",   "timestamp",
                              "args",  "data",     "type",      "width",    "event_type"};
  for (int i = 0; i < 20000; ++i) {
    model::object data;
    for (auto n = source.below(6); n > 0; --n)
      model::set(data, keys[source.below(std::size(keys))], source.value(2));
    const model::value message =
        model::object{{"type", types[source.below(std::size(types))]},
                      {"data", source.below(4) == 0 ? model::value{model::array{data}} : model::value{data}}};
    std::string json;
    codec::append_json(json, message);
    refusal(json);
  }
}
