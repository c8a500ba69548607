#include "codec/json.hpp"
#include "nodes/commands/readable.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace towncrier::commands {

namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string line(const std::string& type, const std::string& data) {
  const auto x = codec::parse_json(R"({"type":")" + type + R"(","data":)" + data + "}");
  return readable(*x, false).substr(13);
}

} // namespace

TEST(readable, says_who_does_what_where) {
  EXPECT_EQ(line("character_update", R"({"character_id":7,"name":"Ada","state":"working","location":"Mill","x":1,
                                        "y":2.25,"attributes":{"mood":"good"}})"),
            R"(character_update   7 "Ada" working at Mill (1.0, 2.2) {"mood":"good"})");
  EXPECT_EQ(line("state_change", R"({"character_id":"a","new_state":"b","previous_state":"c","location":"d"})"),
            "state_change       a b (was c) at d");
  EXPECT_EQ(line("character_removed", R"({"character_id":"a","reason":"area"})"), "character_removed  a (area)");
  EXPECT_EQ(line("event_notification", R"({"event_type":"sale","data":{"price":3}})"),
            R"(event_notification sale {"price":3})");
  EXPECT_EQ(line("lag", R"({"conflated":5,"dropped_events":1,"behind_ms":20})"),
            "lag                5 states skipped, 1 events dropped, 20 ms behind");
  EXPECT_EQ(line("error", R"({"code":1003,"message":"slow down","retry_after":1.5})"),
            "error              1003 slow down; try again in 1.5 s");
}

TEST(readable, shows_messages_that_it_does_not_know_as_json) {
  EXPECT_EQ(line("something", R"({"a":[1,2]})"), R"(something          {"a":[1,2]})");
  EXPECT_EQ(readable(model::value{7}, false).substr(13), "                   null");
}

TEST(readable, colours_only_when_asked) {
  const model::value x = model::object{{"type", "error"}, {"data", model::object{{"code", 1}, {"message", "m"}}}};
  EXPECT_THAT(readable(x, true), HasSubstr("\x1b[1;31merror"));
  EXPECT_THAT(readable(x, false), Not(HasSubstr("\x1b")));
}

TEST(readable, lets_nothing_through_that_a_terminal_would_act_on) {
  const auto text = line("event_notification", R"({"event_type":"a\u001b[2Jb\u0007\u009bc\n","data":{}})");
  EXPECT_EQ(text, "event_notification a?[2Jb???c? {}");
  EXPECT_EQ(for_terminal("caf\xC3\xA9 \xE2\x82\xAC"), "caf\xC3\xA9 \xE2\x82\xAC");
}

TEST(readable, survives_any_timestamp) {
  for (const double time : {-1.0, 1e300, 253402300800.0})
    EXPECT_EQ(readable(model::object{{"type", "t"}, {"timestamp", time}}, false).substr(0, 12), "            ");
}

} // namespace towncrier::commands
