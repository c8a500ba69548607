#include "codec/batch.hpp"

#include <gtest/gtest.h>

#include <random>

namespace towncrier::codec {
namespace {

model::change update(model::character x) {
  return model::character_change{
      model::change_kind::update, std::make_shared<const model::character>(std::move(x)), {}, false};
}

model::batch sample() {
  model::character a{
      {"7", true},  "Ann",        "CHAT", "Market", model::point{1.5, -2}, {{"mood", "glad"}, {"money", 12}},
      {5, 9, "n2"}, 1700000000.25};
  model::character b{{"b", false}, "", "", "", std::nullopt, {}, {UINT64_MAX, 1, ""}, 0};
  auto change = model::character_change{model::change_kind::state_change, std::make_shared<const model::character>(a),
                                        "WORK", true};
  auto gone =
      model::character_change{model::change_kind::removed, std::make_shared<const model::character>(b), {}, false};
  model::event e{"trade", model::object{{"price", 3}, {"list", model::array{1, "x", nullptr}}}, 2.5, UINT64_MAX - 1};
  return {{"n1", 1700000000000, 42}, {update(a), change, gone, std::make_shared<const model::event>(e)}};
}

void expect_equal(const model::change& x, const model::change& y) {
  ASSERT_EQ(x.index(), y.index());
  if (const auto* event = std::get_if<model::event_ptr>(&x)) {
    EXPECT_EQ(**event, *std::get<model::event_ptr>(y));
    return;
  }
  const auto& a = std::get<model::character_change>(x);
  const auto& b = std::get<model::character_change>(y);
  EXPECT_EQ(a.kind, b.kind);
  EXPECT_EQ(*a.now, *b.now);
  EXPECT_EQ(a.now->id.integer, b.now->id.integer);
  EXPECT_EQ(a.previous_state, b.previous_state);
  EXPECT_EQ(a.attributes_changed, b.attributes_changed);
}

TEST(batch, arrives_as_it_left) {
  const auto sent = sample();
  const auto got = parse_batch(encode_batch(sent));
  ASSERT_TRUE(got) << got.error();
  EXPECT_EQ(got->stamp, sent.stamp);
  ASSERT_EQ(got->changes.size(), sent.changes.size());
  for (std::size_t i = 0; i < sent.changes.size(); ++i)
    expect_equal(got->changes[i], sent.changes[i]);
}

TEST(batch, an_event_arrives_with_any_data) {
  for (const auto& data : {model::value{}, model::value{7}, model::value{UINT64_MAX}, model::value{"x"},
                           model::value{model::array{nullptr}}, model::value{-0.5}}) {
    const model::batch sent{{"n1", 1, 1}, {std::make_shared<const model::event>(model::event{"x", data, 2.5})}};
    const auto got = parse_batch(encode_batch(sent));
    ASSERT_TRUE(got) << got.error();
    expect_equal(got->changes.at(0), sent.changes[0]);
  }
}

TEST(batch, what_another_node_says_is_brought_within_the_limits) {
  model::character x{{"a", false}, "", "", "", model::point{1e300, -1e300}, {}, {1, 1, ""}, 1795378422637.0};
  const auto got = parse_batch(
      encode_batch({{"n1", 1, 1}, {update(x), std::make_shared<const model::event>(model::event{"x", {}, -1e15})}}));
  ASSERT_TRUE(got) << got.error();
  const auto& now = *std::get<model::character_change>(got->changes.at(0)).now;
  EXPECT_EQ(now.place, (model::point{1e12, -1e12}));
  EXPECT_LT(now.timestamp, 253402300800.0);
  EXPECT_EQ(std::get<model::event_ptr>(got->changes.at(1))->timestamp, -62135596800.0);
}

TEST(batch, an_empty_one_arrives_too) {
  const auto got = parse_batch(encode_batch({{"n1", 1, 0}, {}}));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->stamp, (model::origin_position{"n1", 1, 0}));
  EXPECT_TRUE(got->changes.empty());
}

TEST(batch, one_that_is_cut_off_anywhere_is_refused) {
  const auto bytes = encode_batch(sample());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(parse_batch(std::string_view{bytes}.substr(0, size))) << size;
}

TEST(batch, changed_bytes_never_do_more_than_be_refused) {
  const auto bytes = encode_batch(sample());
  std::mt19937_64 random{1};
  for (int i = 0; i < 20'000; ++i) {
    auto broken = bytes;
    for (auto n = 1 + random() % 4; n > 0; --n)
      broken[random() % broken.size()] = static_cast<char>(random());
    static_cast<void>(parse_batch(broken));
  }
}

// -- followed changes

model::trace_ptr mark(std::uint64_t number, std::vector<std::uint64_t> asked = {7}) {
  model::trace_mark x;
  x.id = {number, UINT64_MAX - number};
  x.parent = number + 1;
  x.publisher = number % 2 == 0 ? 0 : UINT64_MAX;
  x.began = 1'700'000'000'123'456'789;
  x.sent = x.began + static_cast<std::int64_t>(number >> 2U);
  x.asked = std::move(asked);
  return std::make_shared<const model::trace_mark>(std::move(x));
}

void expect_equal(const model::trace_mark& x, const model::trace_mark& y) {
  EXPECT_EQ(x.id, y.id);
  EXPECT_EQ(x.parent, y.parent);
  EXPECT_EQ(x.publisher, y.publisher);
  EXPECT_EQ(x.began, y.began);
  EXPECT_EQ(x.sent, y.sent);
  EXPECT_EQ(x.asked, y.asked);
}

TEST(batch, what_is_followed_arrives_with_its_marks) {
  std::mt19937_64 random{2};
  for (int i = 0; i < 200; ++i) {
    auto sent = sample();
    for (std::uint32_t change = 0; change < sent.changes.size(); ++change)
      if (random() % 2 == 0)
        sent.followed.push_back({change, mark(random() | 1U, std::vector<std::uint64_t>(1 + random() % 16, random()))});
    const auto got = parse_batch(encode_batch(sent));
    ASSERT_TRUE(got) << got.error();
    ASSERT_EQ(got->changes.size(), sent.changes.size());
    ASSERT_EQ(got->followed.size(), sent.followed.size());
    for (std::size_t j = 0; j < sent.followed.size(); ++j) {
      EXPECT_EQ(got->followed[j].change, sent.followed[j].change);
      expect_equal(*got->followed[j].mark, *sent.followed[j].mark);
      EXPECT_FALSE(model::followed(got->followed[j].mark)) << "a peer names nobody here";
    }
  }
}

TEST(batch, one_of_which_nothing_is_followed_is_as_it_always_was) {
  const auto bytes = encode_batch(sample());
  EXPECT_EQ(static_cast<unsigned char>(bytes[0]), 0x94) << "an array of four";
  EXPECT_TRUE(parse_batch(bytes)->followed.empty());
}

TEST(batch, marks_that_make_no_sense_are_refused) {
  const auto with = [](std::uint32_t change, model::trace_mark x) {
    auto sent = sample();
    sent.followed.push_back({change, std::make_shared<const model::trace_mark>(std::move(x))});
    return parse_batch(encode_batch(sent));
  };
  EXPECT_TRUE(with(0, *mark(1)));
  EXPECT_FALSE(with(4, *mark(1))) << "there is no such change";
  auto bad = *mark(1);
  bad.id = {};
  EXPECT_FALSE(with(0, bad));
  bad = *mark(1);
  bad.asked.clear();
  EXPECT_FALSE(with(0, bad));
  bad.asked.assign(17, 1);
  EXPECT_FALSE(with(0, bad)) << "more traces than there can be";
  bad = *mark(1);
  bad.began = -1;
  EXPECT_FALSE(with(0, bad));
  auto many = sample();
  many.followed.assign(1001, {0, mark(1)});
  EXPECT_NE(parse_batch(encode_batch(many)).error().find("followed"), std::string::npos);
}

TEST(batch, changed_bytes_of_marks_never_do_more_than_be_refused) {
  auto sent = sample();
  sent.followed = {{0, mark(1)}, {3, mark(2, {1, 2, 3})}};
  const auto bytes = encode_batch(sent);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(parse_batch(std::string_view{bytes}.substr(0, size))) << size;
  const auto from = encode_batch(sample()).size();
  std::mt19937_64 random{3};
  for (int i = 0; i < 20'000; ++i) {
    auto broken = bytes;
    for (auto n = 1 + random() % 4; n > 0; --n)
      broken[from + random() % (broken.size() - from)] = static_cast<char>(random());
    const auto got = parse_batch(broken);
    for (const auto& x : got ? got->followed : std::vector<model::marked_change>{}) {
      EXPECT_LT(x.change, got->changes.size());
    }
  }
}

TEST(batch, says_what_was_wrong) {
  EXPECT_NE(parse_batch("\x01").error().find("not a batch"), std::string::npos);
  model::batch bad{{"no good id", 1, 1}, {}};
  EXPECT_FALSE(parse_batch(encode_batch(bad)));
}

} // namespace
} // namespace towncrier::codec
