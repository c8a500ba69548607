#include "codec/command.hpp"
#include "codec/traceparent.hpp"

#include <gtest/gtest.h>

namespace towncrier::codec {
namespace {

const std::string good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(traceparent, is_read_as_the_w3c_writes_it) {
  const auto x = parse_traceparent(good);
  ASSERT_TRUE(x);
  EXPECT_EQ(x->id, (std::array<std::uint64_t, 2>{0x4bf92f3577b34da6, 0xa3ce929d0e0e4736}));
  EXPECT_EQ(x->publisher, 0x00f067aa0ba902b7U);
  EXPECT_FALSE(model::followed(x)) << "to name a trace does not begin one";
}

TEST(traceparent, a_later_version_may_say_more) {
  EXPECT_TRUE(parse_traceparent("01" + good.substr(2)));
  EXPECT_TRUE(parse_traceparent("cc" + good.substr(2) + "-what-the-future-brings"));
  EXPECT_FALSE(parse_traceparent("cc" + good.substr(2) + ".what"));
  EXPECT_FALSE(parse_traceparent(good + "-more")) << "version 00 says no more";
  EXPECT_FALSE(parse_traceparent("ff" + good.substr(2)));
}

TEST(traceparent, anything_else_counts_as_not_sent) {
  for (const std::string bad : {"", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
                                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                                "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                                "0x-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                                "00-4bf92f3577b34da6a3ce929d0e0e473-600f067aa0ba902b7-01",
                                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-xy"})
    EXPECT_FALSE(parse_traceparent(bad)) << bad;
}

const model::trace_ptr& trace_of(const command_result& x) {
  const auto& body = std::get<model::client_message>(x).body;
  return std::visit([](const auto& input) -> const model::trace_ptr& { return input.trace; },
                    std::get<model::publish_request>(body).items.front());
}

TEST(traceparent, stands_beside_the_type_of_what_is_published) {
  for (const std::string message : {R"("type": "event_notification", "data": {"event_type": "sale"})",
                                    R"("type": "character_update", "data": {"character_id": "a"})",
                                    R"("type": "state_change", "data": {"character_id": "a", "new_state": "B"})",
                                    R"("type": "character_removed", "data": {"character_id": "a"})"}) {
    const auto with = parse_command(format::json, "{" + message + R"(, "traceparent": ")" + good + "\"}");
    ASSERT_TRUE(trace_of(with)) << message;
    EXPECT_EQ(trace_of(with)->publisher, 0x00f067aa0ba902b7U);
    EXPECT_FALSE(trace_of(parse_command(format::json, "{" + message + "}")));
    // What cannot be read costs the message nothing.
    EXPECT_FALSE(trace_of(parse_command(format::json, "{" + message + R"(, "traceparent": "00-x"})")));
    EXPECT_FALSE(trace_of(parse_command(format::json, "{" + message + R"(, "traceparent": 7})")));
    const auto batch = R"({"type": "batch", "data": [{)" + message + R"(, "traceparent": ")" + good + "\"}]}";
    EXPECT_TRUE(trace_of(parse_command(format::json, batch)));
  }
}

} // namespace
} // namespace towncrier::codec
