#include "codec/frame.hpp"
#include "codec/json.hpp"
#include "codec/message.hpp"
#include "codec/msgpack.hpp"
#include "nodes/load/marks.hpp"
#include "nodes/load/published_message.hpp"

#include <gtest/gtest.h>

namespace towncrier::load {

struct marks_test : ::testing::TestWithParam<codec::format> {
  static model::value event(std::uint64_t n) {
    return model::object{{"type", "event_notification"},
                         {"data", model::object{{"event_type", "load"}, {"data", model::object{{"load_n", n}}}}}};
  }

  static std::string encoded(const model::value& x) { return codec::encode_value(GetParam(), x); }
};

TEST_P(marks_test, finds_the_numbers_of_a_batch_and_its_position) {
  // 48 to 57 are digits to JSON and numbers to MessagePack.
  const std::vector<std::uint64_t> numbers{1, 48, 57, 127, 128, 255, 256, 65'535, 65'536, 4'000'000'000};
  model::array all;
  for (const auto n : numbers)
    all.push_back(event(n));
  const auto found = read_marks(encoded(model::object{{"type", "batch"}, {"data", all}, {"position", "n1:1:7"}}));
  EXPECT_EQ(found.what, marks::type::traffic);
  EXPECT_EQ((std::vector<std::uint64_t>{found.numbers.begin(), found.numbers.end()}), numbers);
  ASSERT_TRUE(found.position);
  EXPECT_EQ(*found.position, "n1:1:7");
}

TEST_P(marks_test, knows_a_run_of_numbers) {
  const auto is_run = [](const std::vector<std::uint64_t>& numbers) {
    model::array all;
    for (const auto n : numbers)
      all.push_back(event(n));
    return read_marks(encoded(model::object{{"type", "batch"}, {"data", all}})).run;
  };
  EXPECT_TRUE(is_run({47, 48, 49}));
  EXPECT_TRUE(is_run({7}));
  EXPECT_FALSE(is_run({7, 9}));
  EXPECT_FALSE(is_run({7, 7}));
  EXPECT_FALSE(is_run({9, 8}));
  EXPECT_FALSE(is_run({}));
}

TEST_P(marks_test, reads_a_long_position) {
  const std::string position(300, 'p');
  const auto found = read_marks(encoded(model::object{{"type", "batch"}, {"position", position}}));
  ASSERT_TRUE(found.position);
  EXPECT_EQ(*found.position, position);
}

TEST_P(marks_test, tells_the_other_messages_apart) {
  const auto type = [](std::string_view name, model::object data) {
    return read_marks(codec::encode_message(GetParam(), name, std::move(data), 1.0));
  };
  const auto welcome = type("welcome", {{"resumed", true}, {"position", "a"}});
  EXPECT_EQ(welcome.what, marks::type::welcome);
  EXPECT_EQ(number_under(welcome.text, "resumed"), 1u);
  EXPECT_EQ(*welcome.position, "a");
  EXPECT_EQ(number_under(type("welcome", {{"resumed", false}}).text, "resumed"), 0u);
  const auto lag = type("lag", {{"conflated", std::uint64_t{50}}, {"dropped_events", std::uint64_t{300}}});
  EXPECT_EQ(lag.what, marks::type::lag);
  EXPECT_EQ(number_under(lag.text, "conflated"), 50u);
  EXPECT_EQ(number_under(lag.text, "dropped_events"), 300u);
  EXPECT_EQ(type("error", {{"code", std::uint64_t{1001}}}).what, marks::type::error);
  EXPECT_EQ(type("heartbeat", {}).what, marks::type::traffic);
}

TEST_P(marks_test, finds_its_own_messages) {
  settings asked;
  asked.msgpack = GetParam() == codec::format::msgpack;
  for (const auto kind : {kind::events, kind::states}) {
    asked.kind = kind;
    const auto message = published_message(asked, 1234);
    EXPECT_EQ(read_marks(message).numbers, std::vector<std::uint32_t>{1234});
    EXPECT_NEAR(static_cast<double>(message.size()), 200, 4);
  }
}

TEST_P(marks_test, reads_frames_compressed_or_not_and_remembers_them) {
  mark_reader reader;
  for (std::uint64_t n = 1000; n < 1020; ++n) {
    const auto message =
        codec::assemble(GetParam(), std::vector<std::string_view>{encoded(event(n)), encoded(event(n + 1))}, "p", 1.0);
    const auto packed = codec::deflate_message(message);
    for (int again = 0; again < 2; ++again) {
      for (const auto& frame : {server_frame{1, false, message, 1}, server_frame{1, true, packed, 1}}) {
        const auto* found = reader.read(frame);
        ASSERT_NE(found, nullptr);
        EXPECT_EQ(found->numbers, (std::vector{static_cast<std::uint32_t>(n), static_cast<std::uint32_t>(n + 1)}));
      }
    }
  }
  EXPECT_EQ(reader.read(server_frame{1, true, "\xff\xff\xff\xff this is no deflate", 1}), nullptr);
}

TEST_P(marks_test, survives_what_is_cut_off_anywhere) {
  const auto whole =
      encoded(model::object{{"type", "batch"}, {"data", model::array{event(300)}}, {"position", std::string(40, 'p')}});
  for (std::size_t i = 0; i < whole.size(); ++i)
    read_marks(std::string_view{whole}.substr(0, i));
}

INSTANTIATE_TEST_SUITE_P(formats, marks_test, ::testing::Values(codec::format::json, codec::format::msgpack));

} // namespace towncrier::load
