#include "flow/ack_queue.hpp"
#include "flow/link_receiver.hpp"
#include "flow/link_sender.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace towncrier::flow {

namespace {

using namespace std::chrono_literals;

/// A batch of ten bytes and one event, or a part of something.
struct small_load {
  std::uint64_t sequence = 0; ///< 0: a part
  bool exact = true;

  std::size_t size() const { return 10; }
  std::optional<std::uint64_t> reaches() const { return sequence == 0 ? std::nullopt : std::optional{sequence}; }
  std::uint64_t exact_events() const { return exact && sequence != 0 ? 1 : 0; }
};

model::batch batch_of(std::uint64_t sequence, const std::string& event_type) {
  return {{"n1", 7, sequence}, {std::make_shared<const model::event>(model::event{event_type, {}, 1})}};
}

} // namespace

/// A sender with a window of three parcels, to a peer that has everything up to batch 5.
struct link_sender_test : ::testing::Test {
  using sender_type = link_sender<small_load>;

  link_sender_test() {
    sender.begin(5);
    answer({}, 5, true);
  }

  /// Offers a batch, and gives what is sent.
  std::string offer(std::uint64_t sequence) {
    small_load x{sequence};
    sender.offer(x);
    return sent();
  }

  std::string sent() {
    std::string result;
    while (const auto x = sender.next(now))
      result += std::to_string(x->number) + ":" + std::to_string(x->what.sequence) + " ";
    return result;
  }

  void answer(std::vector<small_load> loads, std::uint64_t upto, bool all) {
    ASSERT_TRUE(sender.ask());
    sender.answered(loads, {upto, upto}, all);
  }

  sender_type sender{30};
  time_point now{};
};

TEST_F(link_sender_test, sends_the_next_batch_at_once) {
  EXPECT_EQ(offer(6), "1:6 ");
  EXPECT_EQ(offer(7), "2:7 ");
  EXPECT_EQ(sender.in_flight_bytes(), 20u);
  EXPECT_FALSE(sender.ask());
}

TEST_F(link_sender_test, keeps_nothing_past_the_window_and_asks_for_it_when_there_is_room) {
  for (std::uint64_t i = 6; i <= 8; ++i)
    offer(i);
  EXPECT_EQ(offer(9), "");
  EXPECT_EQ(offer(10), "");
  EXPECT_EQ(sender.waiting(), 0u);
  EXPECT_FALSE(sender.ask()) << "there is no room for an answer";
  EXPECT_EQ(sender.acknowledged(2, now), 7u);
  const auto question = sender.ask();
  ASSERT_TRUE(question);
  EXPECT_EQ(question->after, 8u);
  EXPECT_EQ(question->events, 8u);
  EXPECT_EQ(question->max_bytes, 20u);
  std::vector<small_load> loads{{9}, {10}};
  sender.answered(loads, {10, 10}, true);
  EXPECT_EQ(sent(), "4:9 5:10 ");
  EXPECT_FALSE(sender.is_next(10)) << "it was in the answer";
  EXPECT_TRUE(sender.is_next(11));
}

TEST_F(link_sender_test, a_batch_that_an_answer_had_is_not_sent_again) {
  for (std::uint64_t i = 6; i <= 9; ++i)
    offer(i);
  sender.acknowledged(3, now);
  answer({{9}, {10}}, 10, true);
  EXPECT_EQ(sent(), "4:9 5:10 ");
  small_load x{10};
  EXPECT_EQ(sender.offer(x), sender_type::offered::already_sent);
}

TEST_F(link_sender_test, asks_one_question_at_a_time) {
  sender.begin(5);
  ASSERT_TRUE(sender.ask());
  EXPECT_FALSE(sender.ask());
  sender.unanswered();
  EXPECT_TRUE(sender.ask());
}

TEST_F(link_sender_test, ignores_an_answer_to_a_session_that_is_over) {
  sender.begin(5);
  ASSERT_TRUE(sender.ask());
  sender.begin(3);
  EXPECT_FALSE(sender.ask()) << "the log has not answered yet";
  std::vector<small_load> loads{{6}};
  sender.answered(loads, {6, 6}, true);
  EXPECT_EQ(sent(), "");
  EXPECT_EQ(sender.ask()->after, 3u);
}

TEST_F(link_sender_test, what_was_put_off_is_asked_for_when_it_is_due) {
  EXPECT_TRUE(sender.put_off(6));
  EXPECT_FALSE(sender.put_off(7)) << "the timer runs already";
  EXPECT_FALSE(sender.ask());
  sender.put_off_due();
  EXPECT_EQ(sender.ask()->unwanted_upto, 7u);
  EXPECT_TRUE(sender.put_off(8)) << "it waits for the next";
  std::vector<small_load> loads{{7, false}};
  sender.answered(loads, {7, 7}, false);
  EXPECT_EQ(sent(), "1:7 ");
  EXPECT_FALSE(sender.ask());
  EXPECT_TRUE(sender.is_next(9));
}

TEST_F(link_sender_test, after_what_was_put_off_the_next_batch_is_sent_at_once) {
  sender.put_off(6);
  sender.put_off_due();
  answer({{6, false}}, 6, true);
  EXPECT_EQ(sent(), "1:6 ");
  EXPECT_EQ(offer(7), "2:7 ");
}

TEST_F(link_sender_test, what_was_put_off_waits_for_room_too) {
  for (std::uint64_t i = 6; i <= 8; ++i)
    offer(i);
  EXPECT_TRUE(sender.put_off(9));
  sender.put_off_due();
  EXPECT_FALSE(sender.ask());
  sender.acknowledged(1, now);
  EXPECT_EQ(sender.ask()->unwanted_upto, 9u);
}

TEST_F(link_sender_test, what_was_put_off_goes_as_it_was_before_something_that_is_wanted) {
  sender.put_off(6);
  EXPECT_EQ(offer(7), "");
  const auto question = sender.ask();
  EXPECT_EQ(question->after, 5u);
  EXPECT_FALSE(question->unwanted_upto);
}

TEST_F(link_sender_test, what_was_put_off_goes_as_it_was_when_the_peer_watches_something_else) {
  sender.put_off(6);
  sender.interest_changed();
  EXPECT_FALSE(sender.ask()->unwanted_upto);
}

TEST_F(link_sender_test, latest_states_that_were_asked_for_are_ignored_when_the_peer_watches_something_else) {
  sender.put_off(6);
  sender.put_off_due();
  ASSERT_TRUE(sender.ask()->unwanted_upto);
  sender.interest_changed();
  std::vector<small_load> loads{{6, false}};
  sender.answered(loads, {6, 6}, true);
  EXPECT_EQ(sent(), "");
  EXPECT_FALSE(sender.ask()->unwanted_upto);
}

TEST_F(link_sender_test, only_the_last_part_brings_the_peer_on) {
  sender.begin(5);
  answer({{0}, {0}, {9, false}}, 9, true);
  EXPECT_EQ(sent(), "1:0 2:0 3:9 ");
  EXPECT_EQ(sender.acknowledged(2, now), 5u);
  EXPECT_EQ(sender.acknowledged(3, now), 9u);
}

TEST_F(link_sender_test, knows_after_a_cut_how_many_events_the_peer_has) {
  offer(6);
  offer(7);
  sender.begin(6);
  EXPECT_EQ(sender.ask()->events, 6u);
}

TEST_F(link_sender_test, the_round_trip_is_smoothed_and_begins_anew_in_each_session) {
  offer(6);
  now += 8ms;
  sender.acknowledged(1, now);
  EXPECT_EQ(sender.round_trip(), 8ms);
  offer(7);
  now += 16ms;
  sender.acknowledged(2, now);
  EXPECT_EQ(sender.round_trip(), 9ms);
  sender.end();
  EXPECT_FALSE(sender.round_trip());
}

struct link_receiver_test : ::testing::Test {
  link_receiver receiver{{7, 5}};

  static std::string types(const model::batch& x) {
    std::string result;
    for (const auto& change : x.changes)
      result += std::get<model::event_ptr>(change)->event_type;
    return result;
  }
};

TEST_F(link_receiver_test, credits_what_all_hubs_have) {
  receiver.take(1, batch_of(6, "a"));
  receiver.take(2, batch_of(7, "b"));
  EXPECT_EQ(receiver.credited(), 0u);
  EXPECT_EQ(receiver.known().sequence, 7u);
  receiver.delivered(2); // so they have the first, too
  EXPECT_EQ(receiver.credited(), 2u);
  receiver.delivered(1);
  EXPECT_EQ(receiver.credited(), 2u);
}

TEST_F(link_receiver_test, shows_parts_with_the_last_and_credits_them_before) {
  receiver.take_part(1, batch_of(9, "a"));
  receiver.take_part(2, batch_of(9, "b"));
  EXPECT_EQ(receiver.credited(), 2u);
  EXPECT_EQ(receiver.known().sequence, 5u);
  EXPECT_EQ(types(receiver.take(3, batch_of(9, "c"))), "abc");
  EXPECT_EQ(receiver.known().sequence, 9u);
  EXPECT_EQ(types(receiver.take(4, batch_of(10, "d"))), "d");
}

TEST_F(link_receiver_test, forgets_parts_whose_last_did_not_come) {
  receiver.take_part(1, batch_of(9, "a"));
  receiver.reset();
  EXPECT_EQ(receiver.credited(), 0u);
  EXPECT_EQ(types(receiver.take(1, batch_of(9, "b"))), "b");
}

struct ack_queue_test : ::testing::Test {
  /// Keeps something for batch `sequence` until `deadline`.
  std::weak_ptr<const int> push(std::uint64_t sequence, duration deadline) {
    auto x = std::make_shared<const int>(1);
    const std::weak_ptr<const int> result = x;
    queue.push(sequence, std::move(x), time_point{} + deadline);
    return result;
  }

  ack_queue<std::shared_ptr<const int>> queue;
};

TEST_F(ack_queue_test, lets_go_of_what_is_acknowledged) {
  const auto first = push(1, 10s);
  const auto second = push(2, 10s);
  const auto third = push(3, 10s);
  queue.acknowledge(2);
  EXPECT_TRUE(first.expired());
  EXPECT_TRUE(second.expired());
  EXPECT_FALSE(third.expired());
  EXPECT_EQ(queue.size(), 1u);
}

TEST_F(ack_queue_test, lets_go_of_what_waited_long_enough) {
  const auto first = push(1, 10s);
  const auto second = push(2, 11s);
  queue.expire(time_point{} + 9999ms);
  EXPECT_FALSE(first.expired());
  queue.expire(time_point{} + 10s);
  EXPECT_TRUE(first.expired());
  EXPECT_FALSE(second.expired());
  queue.clear();
  EXPECT_TRUE(second.expired());
  EXPECT_TRUE(queue.empty());
}

} // namespace towncrier::flow
