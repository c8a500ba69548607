#include "codec/json.hpp"
#include "nodes/commands/send_window.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace towncrier::commands {

namespace {

std::vector<model::value> numbers(int from, int to) {
  std::vector<model::value> result;
  for (int i = from; i < to; ++i)
    result.emplace_back(i);
  return result;
}

constexpr std::size_t no_limit = 1'000'000;

} // namespace

TEST(send_window, cuts_messages_into_batches_by_number_and_size) {
  send_window x{100};
  x.add(numbers(0, 250), 100, no_limit);
  EXPECT_EQ(x.next()->messages.size(), 100u);
  EXPECT_EQ(x.next()->messages.size(), 100u);
  EXPECT_EQ(x.next()->messages.size(), 50u);
  EXPECT_EQ(x.next(), nullptr);
  x.add({std::string(400, 'a'), std::string(400, 'b'), std::string(400, 'c')}, 100, 1000);
  for (const auto* batch = x.next(); batch != nullptr; batch = x.next()) {
    std::string text;
    codec::append_json(text, batch->envelope());
    EXPECT_LE(text.size(), 1000u);
  }
}

TEST(send_window, a_batch_names_its_type_and_id) {
  send_window x{1};
  x.add(numbers(0, 2), 10, no_limit);
  std::string text;
  codec::append_json(text, x.next()->envelope());
  EXPECT_EQ(text, R"({"type":"batch","id":1,"data":[0,1]})");
}

TEST(send_window, lets_only_so_many_be_under_way) {
  send_window x{2};
  x.add(numbers(0, 3), 1, no_limit);
  const auto first = x.next()->id;
  EXPECT_NE(x.next(), nullptr);
  EXPECT_EQ(x.next(), nullptr);
  EXPECT_FALSE(x.wants_more());
  EXPECT_EQ(x.settle(first), numbers(0, 1));
  EXPECT_EQ(x.next()->messages, numbers(2, 3));
}

TEST(send_window, settles_each_batch_once) {
  send_window x{2};
  x.add(numbers(0, 1), 1, no_limit);
  const auto id = x.next()->id;
  EXPECT_TRUE(x.settle(99).empty());
  EXPECT_EQ(x.settle(id), numbers(0, 1));
  EXPECT_TRUE(x.settle(id).empty());
  EXPECT_TRUE(x.empty());
}

TEST(send_window, gives_back_what_arrived_in_order_whatever_the_order_of_the_answers) {
  send_window x{3};
  x.add(numbers(0, 3), 1, no_limit);
  std::vector<std::int64_t> ids;
  for (int i = 0; i < 3; ++i)
    ids.push_back(x.next()->id);
  EXPECT_TRUE(x.settle(ids[1]).empty());
  EXPECT_TRUE(x.settle(ids[2]).empty());
  EXPECT_EQ(x.settle(ids[0]), numbers(0, 3));
}

TEST(send_window, what_will_never_be_taken_is_not_given_back) {
  send_window x{3};
  x.add(numbers(0, 2), 1, no_limit);
  const auto first = x.next()->id;
  const auto second = x.next()->id;
  EXPECT_TRUE(x.settle(first, false).empty());
  EXPECT_EQ(x.settle(second), numbers(1, 2));
}

TEST(send_window, sends_a_refused_batch_and_everything_after_it_again) {
  send_window x{4};
  x.add(numbers(0, 4), 1, no_limit);
  std::vector<std::int64_t> ids;
  for (int i = 0; i < 4; ++i)
    ids.push_back(x.next()->id);
  x.settle(ids[3]);
  EXPECT_TRUE(x.rewind(ids[1]));
  EXPECT_FALSE(x.rewind(ids[2])) << "it is not under way any more";
  EXPECT_EQ(x.settle(ids[0]), numbers(0, 1));
  EXPECT_TRUE(x.settle(ids[1]).empty()) << "a late answer to the first attempt";
  for (int i = 1; i < 4; ++i)
    EXPECT_EQ(x.next()->messages, numbers(i, i + 1));
  EXPECT_EQ(x.next(), nullptr);
}

TEST(send_window, begins_again_with_what_a_new_connection_has_to_hear_first) {
  send_window x{4};
  x.add(numbers(0, 2), 1, no_limit);
  x.next();
  x.restart(numbers(7, 8), 1, no_limit);
  EXPECT_EQ(x.next()->messages, numbers(7, 8));
  EXPECT_EQ(x.next()->messages, numbers(0, 1));
  EXPECT_EQ(x.next()->messages, numbers(1, 2));
}

TEST(send_window, a_node_ends_with_the_newest_of_everything_whatever_is_lost_or_refused) {
  std::mt19937_64 random{11};
  for (int round = 0; round < 500; ++round) {
    send_window x{1 + random() % 5};
    x.add(numbers(0, 40), 1 + random() % 4, no_limit);
    std::deque<outgoing> wire;
    std::deque<std::int64_t> answers;
    std::set<std::int64_t> seen;
    std::int64_t newest = -1;
    int given_back = 0;
    while (!x.empty()) {
      for (const auto* next = x.next(); next != nullptr; next = x.next())
        wire.push_back(*next);
      const auto chance = random() % 10;
      if (chance == 0) { // the connection is lost with everything on it
        wire.clear();
        answers.clear();
        x.restart({}, 4, no_limit);
      } else if (chance == 1 && !wire.empty()) { // refused for now, and those behind it may yet be taken
        x.rewind(wire.front().id);
        wire.pop_front();
      } else if (chance < 6 && !wire.empty()) { // it arrives
        for (const auto& each : wire.front().messages)
          seen.insert(newest = *each.get_if<std::int64_t>());
        answers.insert(answers.begin() + static_cast<std::ptrdiff_t>(random() % (answers.size() + 1)), wire.front().id);
        wire.pop_front();
      } else if (!answers.empty()) {
        for (const auto& each : x.settle(answers.front()))
          EXPECT_EQ(each, model::value{given_back++});
        answers.pop_front();
      }
    }
    EXPECT_EQ(seen.size(), 40u);
    EXPECT_EQ(newest, 39);
    EXPECT_EQ(given_back, 40);
  }
}

} // namespace towncrier::commands
