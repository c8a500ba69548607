#include "fanout/item.hpp"
#include "tests/support/changes.hpp"
#include "tests/support/fake_socket.hpp"

namespace towncrier::fanout {

namespace {

using codec::format;
using support::character;
using support::text_at;

model::value decode(std::string_view bytes) { return *codec::parse_json(bytes); }

} // namespace

TEST(item, is_encoded_once_a_format) {
  const item x{support::update(character("a", 1))};
  const auto first = x.as_is(format::json);
  EXPECT_EQ(first.data(), x.as_is(format::json).data());
  EXPECT_EQ(text_at(decode(first), "type"), "character_update");
  const auto packed = x.as_is(format::msgpack);
  EXPECT_EQ(packed.data(), x.as_is(format::msgpack).data());
  EXPECT_EQ(*codec::parse_msgpack(packed), decode(first));
}

TEST(item, a_state_change_can_be_told_as_the_whole_state) {
  const item x{support::state_change(character("a", 2)), character("a", 1)};
  EXPECT_EQ(text_at(decode(x.as_is(format::json)), "type"), "state_change");
  const auto whole = decode(x.as_update(format::json));
  EXPECT_EQ(text_at(whole, "type"), "character_update");
  EXPECT_EQ(text_at(whole, "data.state"), "v2");
  EXPECT_EQ(*codec::parse_msgpack(x.as_update(format::msgpack)), whole);
  EXPECT_EQ(x.as_update(format::json).data(), x.as_update(format::json).data());
}

TEST(item, an_update_is_the_whole_state_already) {
  const item x{support::update(character("a", 2))};
  EXPECT_EQ(x.as_is(format::json).data(), x.as_update(format::json).data());
}

TEST(item, knows_what_it_is) {
  const item update{support::update(character("a", 2)), character("a", 1)};
  EXPECT_FALSE(update.is_event());
  EXPECT_FALSE(update.is_removal());
  EXPECT_EQ(update.now()->rev.version, 2u);
  EXPECT_EQ(update.before()->rev.version, 1u);
  EXPECT_TRUE(item{support::removed(character("a", 3))}.is_removal());
  const item event{support::event("rain")};
  EXPECT_TRUE(event.is_event());
  EXPECT_FALSE(event.is_removal());
  EXPECT_EQ(event.now(), nullptr);
  EXPECT_EQ(event.before(), nullptr);
}

} // namespace towncrier::fanout
