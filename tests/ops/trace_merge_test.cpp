#include "actors/ops/trace_merge.hpp"
#include "actors/ops/trace_record.hpp"
#include "codec/json.hpp"
#include "tests/support/fake_socket.hpp"

#include <gtest/gtest.h>

#include <random>

namespace towncrier::ops {

namespace {

using support::number_at;
using support::text_at;
using tracing::outcome;

constexpr std::int64_t began = 1'700'000'000'000'000'000;
constexpr std::int64_t ms = 1'000'000;

tracing::span span_of(std::uint64_t id, std::uint64_t parent, std::string_view step, std::int64_t start) {
  tracing::span x;
  x.id = id;
  x.parent = parent;
  x.actor = 10 + id;
  x.kind = "batcher";
  x.step = step;
  x.start = began + start * ms;
  x.handler = ms;
  return x;
}

tracing::message_notes notes_of(std::uint64_t message, std::vector<tracing::span> spans) {
  model::trace_mark mark;
  mark.id = {0, message};
  mark.began = began + static_cast<std::int64_t>(message) * ms;
  tracing::message_notes x;
  x.mark = std::make_shared<const model::trace_mark>(std::move(mark));
  x.what = tracing::about{"character:ada", "state_change", 5, 7};
  x.spans = std::move(spans);
  return x;
}

const model::value& first_span(const model::array& messages) {
  return messages.front().find("spans")->get_if<model::array>()->front();
}

std::size_t spans_of(const model::value& message) { return message.find("spans")->get_if<model::array>()->size(); }

} // namespace

TEST(trace_record, puts_the_turns_of_a_step_together) {
  trace_part part{10};
  auto more = span_of(1, 0, {}, 30);
  more.more = true;
  more.kept = 20 * ms;
  part.add(notes_of(1, {span_of(1, 0, "batched", 1)}), began);
  part.add(notes_of(1, {more}), began);
  trace_merge all;
  all.add(part.show("n1", began));
  const auto shown = all.show(9);
  ASSERT_EQ(spans_of(shown.front()), 1u);
  EXPECT_EQ(text_at(first_span(shown), "step"), "batched");
  EXPECT_DOUBLE_EQ(number_at(first_span(shown), "handler_ms"), 2);
  EXPECT_DOUBLE_EQ(number_at(first_span(shown), "kept_ms"), 20);
  EXPECT_DOUBLE_EQ(number_at(shown.front(), "took_ms"), 22); // it began 1 ms late, and so did its span
}

TEST(trace_record, what_became_of_a_step_is_what_was_told_last) {
  trace_part part{10};
  auto waits = span_of(1, 0, "linked", 1);
  waits.result = outcome::held;
  waits.reason = "no link";
  part.add(notes_of(1, {waits}), began);
  part.add(notes_of(1, {span_of(1, 0, "linked", 90)}), began);
  trace_merge all;
  all.add(part.show("n1", began));
  const auto shown = all.show(9);
  EXPECT_EQ(text_at(first_span(shown), "outcome"), "passed");
  EXPECT_TRUE(first_span(shown).find("reason")->is_null());
  EXPECT_DOUBLE_EQ(number_at(first_span(shown), "start_ms"), 0);
}

TEST(trace_record, is_bounded) {
  trace_part part{3};
  std::vector<tracing::span> spans;
  for (std::uint64_t i = 1; i <= tracing::max_spans + 5; ++i)
    spans.push_back(span_of(i, 0, "written", 1));
  for (std::uint64_t message = 1; message <= 5; ++message)
    part.add(notes_of(message, spans), began);
  EXPECT_EQ(part.size(), 3u);
  trace_merge all;
  all.add(part.show("n1", began));
  const auto shown = all.show(9);
  ASSERT_EQ(shown.size(), 3u);
  EXPECT_EQ(spans_of(shown.front()), tracing::max_spans);
  EXPECT_DOUBLE_EQ(number_at(shown.front(), "spans_left_off"), 5);
  EXPECT_TRUE(text_at(shown.front(), "trace_id").ends_with("3")) << "the oldest give way";
}

TEST(trace_merge, puts_the_parts_of_nodes_together_however_often_they_come) {
  auto here = notes_of(1, {span_of(1, 0, "published", 1)});
  here.receivers[static_cast<std::size_t>(outcome::written)] = 2;
  auto there = notes_of(1, {span_of(2, 1, "arrived", 5)});
  there.receivers[static_cast<std::size_t>(outcome::written)] = 1;
  there.receivers[static_cast<std::size_t>(outcome::filtered)] = 4;
  there.what = std::nullopt;
  trace_part a{10};
  trace_part b{10};
  a.add(here, began);
  b.add(there, began);
  trace_merge all;
  for (int i = 0; i < 3; ++i) {
    all.add(b.show("n2", began));
    all.add(a.show("n1", began));
  }
  const auto shown = all.show(9);
  ASSERT_EQ(shown.size(), 1u);
  const auto& message = shown.front();
  EXPECT_EQ(spans_of(message), 2u);
  EXPECT_EQ(text_at(message, "origin"), "n1");
  EXPECT_EQ(text_at(message, "subject"), "character:ada");
  EXPECT_DOUBLE_EQ(number_at(message, "version"), 7);
  EXPECT_DOUBLE_EQ(number_at(message, "receivers.written"), 3);
  EXPECT_DOUBLE_EQ(number_at(message, "receivers.filtered"), 4);
  EXPECT_DOUBLE_EQ(number_at(message, "receivers_by_node.n2.written"), 1);
  EXPECT_EQ(message.find("by_node"), nullptr);
}

TEST(trace_merge, tells_messages_of_one_trace_apart) {
  trace_part part{10};
  const auto first = notes_of(1, {span_of(1, 0, "published", 1)});
  auto later = *first.mark;
  later.began += 1;
  auto second = notes_of(1, {span_of(2, 0, "published", 1)});
  second.mark = std::make_shared<const model::trace_mark>(later);
  part.add(first, began);
  part.add(second, began);
  trace_merge all;
  all.add(part.show("n1", began));
  const auto shown = all.show(9);
  ASSERT_EQ(shown.size(), 2u);
  EXPECT_EQ(text_at(shown[0], "trace_id"), text_at(shown[1], "trace_id"));
  EXPECT_NE(text_at(shown[0], "id"), text_at(shown[1], "id"));
  EXPECT_EQ(spans_of(shown[0]), 1u);
}

TEST(trace_merge, is_settled_when_nobody_waits_and_all_are_silent) {
  trace_part part{10};
  auto waits = notes_of(1, {span_of(1, 0, "queued", 1)});
  waits.receivers[static_cast<std::size_t>(outcome::passed)] = 1;
  part.add(waits, began);
  const auto settled = [&](std::size_t count, std::int64_t after_ms) {
    trace_merge all;
    all.add(part.show("n1", began + after_ms * ms));
    return all.settled(count, 400);
  };
  EXPECT_FALSE(settled(1, 1000)) << "a viewer waits";
  auto written = notes_of(1, {span_of(2, 1, "written", 1)});
  written.receivers[static_cast<std::size_t>(outcome::passed)] = -1;
  written.receivers[static_cast<std::size_t>(outcome::written)] = 1;
  part.add(written, began);
  EXPECT_FALSE(settled(1, 300)) << "more may come";
  EXPECT_TRUE(settled(1, 400));
  EXPECT_FALSE(settled(2, 400)) << "another was asked for";
}

TEST(trace_merge, is_not_settled_while_it_is_in_a_mailbox_however_silent_that_is) {
  const auto settled = [](std::string_view last, std::int64_t after_ms) {
    trace_part part{10};
    part.add(notes_of(1, {span_of(1, 0, "received", 1), span_of(2, 1, last, 2)}), began);
    trace_merge all;
    all.add(part.show("n1", began + after_ms * ms));
    return all.settled(1, 400);
  };
  EXPECT_FALSE(settled("batched", 60'000));
  EXPECT_FALSE(settled("exchanged", 1000));
  EXPECT_TRUE(settled("exchanged", 2000)) << "a node without clients";
  EXPECT_TRUE(settled("fan_out", 400)) << "a hub without viewers";
}

TEST(trace_merge, blames_what_took_longest) {
  auto slow = span_of(2, 1, "exchanged", 5);
  slow.handler = 20 * ms;
  slow.label = "x";
  auto waited = span_of(3, 2, "fan_out", 25);
  waited.mailbox = 19 * ms;
  trace_part part{10};
  part.add(notes_of(1, {span_of(1, 0, "published", 1), slow, waited}), began);
  trace_merge all;
  all.add(part.show("n1", began));
  const auto shown = all.show(1);
  EXPECT_EQ(text_at(shown.front(), "slowest.what"), "handler");
  EXPECT_DOUBLE_EQ(number_at(shown.front(), "slowest.ms"), 20);
  EXPECT_DOUBLE_EQ(number_at(shown.front(), "slowest.actor"), 12);
}

TEST(trace_merge, keeps_what_a_connection_has_a_part_in) {
  auto to_it = span_of(2, 1, "written", 2);
  to_it.kind = "connection";
  to_it.label = "c7";
  to_it.result = outcome::written;
  auto not_to_it = to_it;
  not_to_it.result = outcome::filtered;
  trace_part part{10};
  part.add(notes_of(1, {span_of(1, 0, "published", 1)}), began);
  part.add(notes_of(2, {to_it}), began);
  part.add(notes_of(3, {not_to_it}), began);
  trace_merge all;
  all.add(part.show("n1", began));
  all.keep_those_of("n1", "c7");
  EXPECT_EQ(all.size(), 1u);
  all.keep_those_of("n2", "c7");
  EXPECT_EQ(all.size(), 0u);
}

TEST(trace_merge, takes_anything_from_a_peer) {
  trace_part part{10};
  part.add(notes_of(1, {span_of(1, 0, "published", 1)}), began);
  std::string text;
  codec::append_json(text, model::value{part.show("n1", began)});
  trace_merge all;
  all.add(nullptr);
  all.add(model::array{1, "x", model::object{{"trace_id", 7}}, model::object{{"trace_id", "a"}, {"spans", 4}}});
  std::mt19937_64 random{4};
  for (int i = 0; i < 3000; ++i) {
    auto broken = text;
    for (auto n = 1 + random() % 4; n > 0; --n)
      broken[random() % broken.size()] = static_cast<char>(32 + random() % 95);
    if (const auto value = codec::parse_json(broken))
      all.add(*value);
  }
  EXPECT_LE(all.size(), 1000u);
  static_cast<void>(all.show(1000));
  static_cast<void>(all.settled(1000, 1));
}

} // namespace towncrier::ops
