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

TEST(batch, says_what_was_wrong) {
  EXPECT_NE(parse_batch("\x01").error().find("not a batch"), std::string::npos);
  model::batch bad{{"no good id", 1, 1}, {}};
  EXPECT_FALSE(parse_batch(encode_batch(bad)));
}

} // namespace
} // namespace towncrier::codec
