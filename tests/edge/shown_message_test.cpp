#include "actors/edge/shown_message.hpp"
#include "codec/msgpack.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace towncrier::edge {

namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string shown(std::string_view text) { return shown_message(codec::format::json, text, 32); }

} // namespace

TEST(shown_message, shows_what_a_client_says) {
  EXPECT_EQ(shown(R"( {"type": "subscribe", "data": {"channels": ["world"]}})"),
            R"({"type":"subscribe","data":{"channels":["world"]}})");
  EXPECT_EQ(shown("[1,null]"), "[1,null]");
}

TEST(shown_message, shows_no_token_however_it_is_written) {
  for (const auto* text :
       {R"({"type":"auth","data":{"token":"SECRET"}})", R"({"type":"\u0061uth","data":{"token":"SECRET"}})",
        R"({"data":{"\u0074oken":"SECRET"},"type":"aut\u0068"})", R"({"type":"Auth","data":"SECRET"})",
        R"({"type":"auth","token":"SECRET"})", R"({"type":" auth ","x":["SECRET"]})",
        R"({"type":"authenticate","data":{"x":"SECRET"}})", R"({"Type":"auth","data":"SECRET"})"})
    EXPECT_EQ(shown(text), "(auth)") << text;
  for (const auto* text : {R"({"type":"batch","data":[{"type":"a\u0075th","data":{"token":"SECRET"}}]})",
                           R"({"type":"subscribe","token":"SECRET","data":{}})",
                           R"({"type":"x","data":{"Access-Token":{"a":["SECRET"]}}})",
                           R"({"type":"command","data":{"args":{"PassWord":"SECRET"}}})",
                           R"([{"authorization":"Bearer SECRET"}])", R"({"type":"auth","data":{"token":"SECRET"})",
                           R"({"type":"auth","data":{"token":"SECRET"}} )"
                           "x",
                           R"({"type":"x","type":"auth","data":{"token":"SECRET"}})", "SECRET"})
    EXPECT_THAT(shown(text), Not(HasSubstr("SECRET"))) << text;
}

TEST(shown_message, shows_messagepack_decoded_and_as_little_of_it) {
  const auto packed = [](const model::value& x) {
    std::string bytes;
    codec::append_msgpack(bytes, x);
    return shown_message(codec::format::msgpack, bytes, 32);
  };
  EXPECT_EQ(packed(model::object{{"type", "auth"}, {"data", model::object{{"token", "SECRET"}}}}), "(auth)");
  EXPECT_EQ(packed(model::object{{"type", "heartbeat"}, {"data", model::object{{"jwt", "SECRET"}}}}),
            R"j({"type":"heartbeat","data":{"jwt":"(hidden)"}})j");
  EXPECT_EQ(shown_message(codec::format::msgpack, "\xc1SECRET", 32), "(7 bytes that are no MessagePack)");
}

TEST(shown_message, shows_nothing_of_what_it_cannot_read) {
  EXPECT_EQ(shown("\xff"), "(1 bytes that are no JSON)");
  EXPECT_EQ(shown(std::string(100, '[') + std::string(100, ']')), "(200 bytes that are no JSON)");
}

} // namespace towncrier::edge
