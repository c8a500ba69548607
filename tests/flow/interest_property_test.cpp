#include "flow/interest.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace towncrier::flow {
namespace {

constexpr interest::slot subscriber_count = 1'060;
constexpr interest::slot area_count = 1'000;
constexpr std::size_t character_count = 10'000;
constexpr int steps = 20'000;
constexpr double map_size = 1'000;

/// A subscriber as a plain list.
struct plain {
  std::vector<channel> channels;
  std::optional<model::area> area;

  bool has(channel_kind kind, const std::string& name) const {
    return std::find(channels.begin(), channels.end(), channel{kind, name}) != channels.end();
  }
  bool world() const { return has(channel_kind::world, ""); }
  bool in_area(const model::character& x) const { return area && x.place && area->contains(*x.place); }
  bool sees(const model::character& x) const {
    return world() || has(channel_kind::character, x.id.text) || has(channel_kind::location, x.location) || in_area(x);
  }
};

/// A simulation, those who watch it, and the same watchers once more in the tested form.
class scene {
public:
  explicit scene(std::uint64_t seed) : random_(seed), plain_(subscriber_count), characters_(character_count) {
    for (std::size_t i = 0; i < character_count; ++i)
      characters_[i] = some_character(i);
    for (interest::slot who = 0; who < area_count; ++who)
      change_area(who);
  }

  void step() {
    switch (random_() % 8) {
      case 0:
        return change_area(static_cast<interest::slot>(random_() % area_count));
      case 1:
        return change_channels();
      case 2:
        return event();
      default:
        return change_character();
    }
  }

  std::size_t told() const noexcept { return told_; }

private:
  double coordinate() { return std::floor(static_cast<double>(random_() % 10'000)) / 10'000 * map_size; }

  model::character some_character(std::size_t i) {
    model::character x;
    x.id = {std::to_string(i), false};
    x.location = "location " + std::to_string(random_() % 40);
    if (random_() % 10 != 0)
      x.place = model::point{coordinate(), coordinate()};
    return x;
  }

  channel some_channel() {
    switch (random_() % 10) {
      case 0:
        return {channel_kind::world, ""};
      case 1:
      case 2:
        return {channel_kind::event, "type " + std::to_string(random_() % 5)};
      case 3:
      case 4:
      case 5:
        return {channel_kind::location, "location " + std::to_string(random_() % 40)};
      default:
        return {channel_kind::character, std::to_string(random_() % character_count)};
    }
  }

  interest::slot someone() { return static_cast<interest::slot>(random_() % subscriber_count); }

  void change_area(interest::slot who) {
    const auto size = [&] { return coordinate() / static_cast<double>(1 + random_() % 50); };
    plain_[who].area = model::area{coordinate(), coordinate(), size(), size()};
    tested_.subscribe(who, {}, plain_[who].area);
  }

  void change_channels() {
    const auto who = someone();
    auto& xs = plain_[who].channels;
    if (random_() % 30 == 0) {
      plain_[who] = {};
      tested_.remove(who);
    } else if (random_() % 2 == 0 && !xs.empty()) {
      const auto gone = xs[random_() % xs.size()];
      std::erase(xs, gone);
      tested_.unsubscribe(who, std::span{&gone, 1});
    } else {
      const auto added = some_channel();
      if (!plain_[who].has(added.kind, added.name))
        xs.push_back(added);
      tested_.subscribe(who, std::span{&added, 1});
    }
    compare_channels(who);
  }

  void compare_channels(interest::slot who) {
    std::vector<std::string> expected;
    for (const auto& x : plain_[who].channels)
      expected.push_back(to_string(x));
    std::sort(expected.begin(), expected.end());
    ASSERT_EQ(tested_.channels(who), expected);
  }

  void event() {
    const model::event x{"type " + std::to_string(random_() % 5), {}, 0};
    std::vector<interest::concern> expected;
    for (interest::slot who = 0; who < subscriber_count; ++who)
      if (!plain_[who].world() && plain_[who].has(channel_kind::event, x.event_type))
        expected.push_back({who, effect::as_is});
    compare(tested_.concerned(x), expected);
  }

  void change_character() {
    const auto i = random_() % character_count;
    auto& current = characters_[i];
    auto next = some_character(i);
    if (current && random_() % 3 == 0)
      next.location = current->location;
    if (current && random_() % 3 == 0)
      next.place = current->place;
    const auto kind = random_() % 10 == 0 ? model::change_kind::removed : model::change_kind::update;
    const auto* old = current ? &*current : nullptr;
    compare(tested_.concerned(old, next, kind), expected_of(old, next, kind));
    compare_visible(next);
    current = kind == model::change_kind::removed ? std::nullopt : std::optional{next};
  }

  std::vector<interest::concern> expected_of(const model::character* old, const model::character& next,
                                             model::change_kind kind) const {
    std::vector<interest::concern> out;
    for (interest::slot who = 0; who < subscriber_count; ++who) {
      const auto& x = plain_[who];
      const bool saw = old != nullptr && x.sees(*old);
      const bool gone = kind == model::change_kind::removed;
      const bool sees = !gone && x.sees(next);
      if (x.world() || (!saw && !sees))
        continue;
      const auto left = saw && x.in_area(*old) ? effect::left_area : effect::left_location;
      out.push_back({who, saw && (sees || gone) ? effect::as_is : sees ? effect::entered : left});
    }
    return out;
  }

  void compare_visible(const model::character& x) {
    const auto who = someone();
    ASSERT_EQ(tested_.visible(who, x), plain_[who].sees(x));
  }

  void compare(std::span<const interest::concern> given, const std::vector<interest::concern>& expected) {
    std::vector<interest::concern> sorted(given.begin(), given.end());
    std::sort(sorted.begin(), sorted.end());
    ASSERT_EQ(sorted, expected);
    told_ += sorted.size();
  }

  std::mt19937_64 random_;
  std::vector<plain> plain_;
  std::vector<std::optional<model::character>> characters_;
  interest tested_;
  std::size_t told_ = 0;
};

TEST(interest, tells_exactly_those_whom_a_search_of_all_subscribers_finds) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    SCOPED_TRACE(seed);
    scene x{seed};
    for (int i = 0; i < steps && !testing::Test::HasFatalFailure(); ++i)
      x.step();
    EXPECT_GT(x.told(), 10'000u) << "too few were concerned for this to prove anything";
  }
}

} // namespace
} // namespace towncrier::flow
