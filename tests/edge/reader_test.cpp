#include "actors/edge/reader.hpp"
#include "codec/msgpack.hpp"
#include "tests/support/fake_socket.hpp"

#include <gtest/gtest.h>

namespace towncrier::edge {

namespace {

using namespace std::chrono_literals;
using protocol::errc;
using protocol::role;

protocol::socket_message text(std::string x) { return {false, std::move(x)}; }

protocol::socket_message messagepack(model::value x) {
  std::string bytes;
  codec::append_msgpack(bytes, x);
  return {true, std::move(bytes)};
}

model::client_message message(model::client_message::body_type body) {
  return {model::message_id{std::int64_t{4}}, std::move(body), 1};
}

} // namespace

struct reader_test : ::testing::Test {
  support::fake_socket socket;
  protocol::traffic traffic;
  protocol::edge_options options;
  edge::reader reader{socket, traffic, options, codec::format::json};

  std::uint64_t counted(std::string_view type) const {
    const auto& names = protocol::inbound_types;
    return traffic
        .received_by_type[static_cast<std::size_t>(std::find(names.begin(), names.end(), type) - names.begin())]
        .get();
  }
};

TEST_F(reader_test, decodes_and_counts_by_type) {
  const auto read = reader.decode(text(R"({"type":"resume","data":{"position":"n1:1:5"},"id":"r"})"));
  const auto& x = std::get<model::client_message>(read);
  EXPECT_EQ(x.id, model::message_id{std::string{"r"}});
  EXPECT_EQ(std::get<model::resume_request>(x.body).position, "n1:1:5");
  EXPECT_EQ(counted("resume"), 1u);
  EXPECT_EQ(counted("invalid"), 0u);
}

TEST_F(reader_test, says_what_is_wrong_and_with_which_message) {
  const auto read = reader.decode(text(R"({"type":"subscribe","data":{"channels":["moon"]},"id":7})"));
  const auto& x = std::get<reader::fault>(read);
  EXPECT_EQ(x.code, errc::invalid_message);
  EXPECT_EQ(x.id, model::message_id{std::int64_t{7}});
  EXPECT_NE(x.sentence.find("moon"), std::string::npos) << x.sentence;
  EXPECT_EQ(counted("invalid"), 1u);
  EXPECT_EQ(counted("subscribe"), 0u);
}

TEST_F(reader_test, takes_frames_of_its_own_format_alone) {
  const model::object heartbeat{{"type", "heartbeat"}, {"data", model::object{}}};
  EXPECT_EQ(std::get<reader::fault>(reader.decode(messagepack(heartbeat))).sentence,
            "this connection speaks JSON: send text frames");
  edge::reader other{socket, traffic, options, codec::format::msgpack};
  EXPECT_TRUE(std::holds_alternative<model::client_message>(other.decode(messagepack(heartbeat))));
  EXPECT_EQ(std::get<reader::fault>(other.decode(text(R"({"type":"heartbeat","data":{}})"))).sentence,
            "this connection speaks MessagePack: send binary frames");
  EXPECT_EQ(counted("invalid"), 2u);
}

TEST_F(reader_test, a_message_is_as_deep_as_the_option_allows_and_no_deeper) {
  options.max_depth = 4;
  const auto nested = [](const std::string& data) {
    return text(R"({"type":"event_notification","data":{"event_type":"e","data":)" + data + "}}");
  };
  EXPECT_TRUE(std::holds_alternative<model::client_message>(reader.decode(nested("[[1]]"))));
  EXPECT_TRUE(std::holds_alternative<reader::fault>(reader.decode(nested("[[[1]]]"))));
}

TEST_F(reader_test, knows_which_role_each_message_takes) {
  const auto lowest = [](const model::client_message& x) {
    for (const auto each : {role::viewer, role::publisher, role::operator_})
      if (!reader::forbids(each, x))
        return each;
    ADD_FAILURE() << "nobody may";
    return role::viewer;
  };
  EXPECT_EQ(lowest(message(model::auth_request{})), role::viewer);
  EXPECT_EQ(lowest(message(model::subscribe_request{})), role::viewer);
  EXPECT_EQ(lowest(message(model::unsubscribe_request{})), role::viewer);
  EXPECT_EQ(lowest(message(model::resume_request{})), role::viewer);
  EXPECT_EQ(lowest(message(model::heartbeat_request{})), role::viewer);
  EXPECT_EQ(lowest(message(model::publish_request{})), role::publisher);
  EXPECT_EQ(lowest(message(model::command_request{})), role::operator_);
  const auto fault = reader::forbids(role::viewer, message(model::publish_request{}));
  EXPECT_EQ(fault->code, errc::auth_failed);
  EXPECT_EQ(fault->sentence, "a viewer may not do this: it takes the role publisher");
  EXPECT_EQ(fault->id, model::message_id{std::int64_t{4}});
}

TEST_F(reader_test, bears_so_many_faults_within_a_minute_and_no_more) {
  options.max_errors = 3;
  flow::time_point now{1h};
  for (int i = 0; i < 3; ++i)
    EXPECT_FALSE(reader.too_many_faults(now));
  EXPECT_TRUE(reader.too_many_faults(now + 59s));
  EXPECT_FALSE(reader.too_many_faults(now + 60s)) << "the first three are a minute ago";
}

TEST_F(reader_test, keeps_what_came_before_the_welcome_in_order) {
  EXPECT_FALSE(reader.take_first_kept());
  reader.keep({text("a"), text("b")});
  reader.keep({text("c")});
  EXPECT_EQ(reader.kept(), 3u);
  EXPECT_EQ(reader.take_first_kept()->bytes, "a");
  const auto rest = reader.take_kept();
  ASSERT_EQ(rest.size(), 2u);
  EXPECT_EQ(rest[0].bytes, "b");
  EXPECT_EQ(rest[1].bytes, "c");
  EXPECT_EQ(reader.kept(), 0u);
  EXPECT_TRUE(reader.take_kept().empty());
}

TEST_F(reader_test, reads_on_only_while_everything_is_within_its_bounds) {
  options.max_in_flight = 10;
  options.max_queued_bytes = 100;
  reader.pace({9, 100});
  EXPECT_TRUE(socket.reading);
  reader.pace({10, 0});
  EXPECT_FALSE(socket.reading) << "too much is in flight";
  EXPECT_FALSE(reader.is_reading());
  reader.pace({0, 101});
  EXPECT_FALSE(socket.reading) << "its answers are not read";
  reader.pace({});
  EXPECT_TRUE(socket.reading);
  EXPECT_TRUE(reader.is_reading());
  reader.keep(std::vector<protocol::socket_message>(64, text("x")));
  reader.pace({});
  EXPECT_TRUE(socket.reading);
  reader.keep({text("x")});
  reader.pace({});
  EXPECT_FALSE(socket.reading) << "it says too much before it is welcome";
  reader.take_kept();
  reader.pace({});
  EXPECT_TRUE(socket.reading);
}

TEST_F(reader_test, tells_the_socket_only_what_changes) {
  options.max_in_flight = 1;
  reader.pace({1, 0});
  socket.reading = true; // as nobody but the reader would do
  reader.pace({2, 0});
  EXPECT_TRUE(socket.reading);
}

TEST_F(reader_test, counts_what_was_read) {
  const std::vector<protocol::socket_message> read{text("four"), {true, "sixsix"}};
  reader.count(read);
  EXPECT_EQ(traffic.messages_received.get(), 2u);
  EXPECT_EQ(traffic.bytes_received.get(), 10u);
}

} // namespace towncrier::edge
