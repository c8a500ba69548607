#include "tests/edge/hub_fixture.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <set>

namespace towncrier::edge {

namespace {

using namespace std::chrono_literals;

constexpr std::array locations{"mill", "square", "harbour"};
constexpr std::array events{"rain", "sale"};
constexpr std::size_t characters = 8;

/// What one viewer asked for, and what the hub should have told it since, as a plain reading of the protocol says.
struct oracle_viewer {
  hub_fixture::viewer viewer;
  std::set<std::string> channels;
  std::optional<model::area> area;
  std::vector<std::string> expected;

  bool has(const std::string& channel) const { return channels.contains(channel); }
  bool in_area(const model::character& x) const { return area && x.place && area->contains(*x.place); }
  bool sees(const model::character& x) const {
    return has("world") || has("character:" + x.id.text) || has("location:" + x.location) || in_area(x);
  }

  /// What a change from `old` (nullptr: unknown) to `now` is to this viewer; empty for nothing.
  std::string change(const model::character* old, const model::character& now, model::change_kind kind) const {
    const auto text = now.id.text + std::to_string(now.rev.version);
    const auto before = old != nullptr && sees(*old);
    if (kind == model::change_kind::removed)
      return before || has("world") ? text + "x" : "";
    if (sees(now))
      return before || has("world") ? text : text + "+";
    return !before ? "" : in_area(*old) ? text + "-area" : text + "-location";
  }
};

} // namespace

class hub_interest_test : public hub_fixture, public ::testing::WithParamInterface<unsigned> {
public:
  hub_interest_test() : random(GetParam()) { start(); }

protected:
  std::size_t any(std::size_t n) { return random() % n; }
  std::string any_location() { return locations[any(locations.size())]; }

  model::point any_place() { return {static_cast<double>(any(40)) * 10, static_cast<double>(any(40)) * 10}; }

  model::area any_area() {
    const auto corner = any_place();
    return {corner.x, corner.y, static_cast<double>(any(20)) * 10, static_cast<double>(any(20)) * 10};
  }

  std::string any_channel() {
    switch (any(9)) {
      case 0:
        return "world";
      case 1:
      case 2:
        return std::string{"event:"} + events[any(events.size())];
      case 3:
      case 4:
        return "character:c" + std::to_string(any(characters));
      default:
        return "location:" + any_location();
    }
  }

  model::change any_change() {
    if (any(5) == 0)
      return support::event(events[any(events.size())]);
    const auto id = "c" + std::to_string(any(characters));
    auto next = *support::character(id, ++versions[id], any_location());
    const auto known = latest.find(id);
    if (any(3) != 0)
      next.place = any_place();
    if (known != latest.end() && any(3) == 0) {
      next.location = known->second.location;
      next.place = known->second.place;
    }
    const auto now = std::make_shared<const model::character>(std::move(next));
    const auto kind = any(8);
    return kind == 0 ? support::removed(now) : kind < 4 ? support::update(now) : support::state_change(now);
  }

  void expect_change(const model::change& x) {
    if (const auto* happened = std::get_if<model::event_ptr>(&x)) {
      for (auto& one : viewers)
        if (one.has("world") || one.has("event:" + (*happened)->event_type))
          one.expected.push_back("!" + (*happened)->event_type);
      return;
    }
    const auto& change = std::get<model::character_change>(x);
    const auto known = latest.find(change.now->id.text);
    const auto* old = known == latest.end() ? nullptr : &known->second;
    for (auto& one : viewers)
      if (auto text = one.change(old, *change.now, change.kind); !text.empty())
        one.expected.push_back(std::move(text));
    if (change.kind == model::change_kind::removed)
      latest.erase(change.now->id.text);
    else
      latest.insert_or_assign(change.now->id.text, *change.now);
  }

  void publish_some() {
    std::vector<model::change> changes;
    for (auto n = any(4) + 1; n > 0; --n) {
      changes.push_back(any_change());
      expect_change(changes.back());
    }
    give(support::batch(++sequence, std::move(changes)));
    if (any(3) == 0)
      advance(options.flush_window);
  }

  void subscribe_some(oracle_viewer& x) {
    const std::vector<std::string> channels{any_channel()};
    const auto area = any(3) == 0 ? std::optional{any_area()} : std::nullopt;
    const auto snapshot = any(4) == 0;
    const auto before = x;
    x.channels.insert(channels.begin(), channels.end());
    if (area)
      x.area = area;
    std::vector<std::string> shown; // in no order: what follows a subscription comes at once
    for (const auto& [id, now] : latest) {
      const auto text = id + std::to_string(now.rev.version);
      if (snapshot ? x.sees(now) : area && x.sees(now) && !before.sees(now))
        shown.push_back(text + "+");
      else if (!snapshot && area && before.sees(now) && !x.sees(now))
        shown.push_back(text + "-area");
    }
    check(x); // what was gathered before comes before
    subscribe(x.viewer, channels, area, snapshot);
    auto got = take(x);
    std::sort(got.begin(), got.end());
    std::sort(shown.begin(), shown.end());
    EXPECT_EQ(got, shown);
  }

  void unsubscribe_some(oracle_viewer& x) {
    const auto channel = x.channels.empty() || any(3) == 0 ? any_channel() : *x.channels.begin();
    const auto area = any(2) == 0;
    unsubscribe(x.viewer, {channel}, area);
    x.channels.erase(channel);
    if (area)
      x.area.reset();
  }

  /// The entries that a viewer was shown since the last call.
  std::vector<std::string> take(oracle_viewer& x) {
    std::vector<std::string> result;
    for (const auto& delivered : x.viewer.probe.take<protocol::delivery>())
      for (const auto& entry : delivered.chunk->entries())
        result.push_back(support::to_text(entry));
    return result;
  }

  /// Every viewer was shown exactly what it should have been, in order.
  void check(oracle_viewer& x) {
    advance(options.flush_window);
    EXPECT_EQ(take(x), std::exchange(x.expected, {}));
  }

  std::mt19937_64 random;
  std::map<std::string, std::uint64_t> versions;
  std::map<std::string, model::character> latest;
  std::vector<oracle_viewer> viewers;
};

TEST_P(hub_interest_test, shows_every_viewer_exactly_what_it_watches) {
  for (int i = 0; i < 10; ++i)
    viewers.push_back({join_live({}), {}, {}, {}});
  for (int step = 0; step < 400 && !HasFailure(); ++step) {
    auto& one = viewers[any(viewers.size())];
    switch (any(10)) {
      case 0:
        subscribe_some(one);
        break;
      case 1:
        unsubscribe_some(one);
        break;
      case 2:
        check(one);
        break;
      case 3: // leaves, and another takes its place
        if (any(4) == 0) {
          leave(one.viewer);
          one = {join_live({}), {}, {}, {}};
        }
        break;
      default:
        publish_some();
    }
  }
  for (auto& x : viewers)
    check(x);
}

TEST_P(hub_interest_test, versions_never_fall) {
  for (int i = 0; i < 4; ++i)
    viewers.push_back({join_live({}), {}, {}, {}});
  std::map<std::pair<std::size_t, std::string>, std::uint64_t> seen;
  for (int step = 0; step < 300; ++step) {
    const auto at = any(viewers.size());
    if (any(4) == 0)
      subscribe(viewers[at].viewer, {any_channel()}, any(2) == 0 ? std::optional{any_area()} : std::nullopt,
                any(2) == 0);
    else
      publish_some();
    for (std::size_t i = 0; i < viewers.size(); ++i)
      for (const auto& delivered : viewers[i].viewer.probe.take<protocol::delivery>())
        for (const auto& entry : delivered.chunk->entries())
          if (!entry.what->is_event()) {
            auto& last = seen[{i, entry.what->now()->id.text}];
            EXPECT_LE(last, entry.what->now()->rev.version);
            last = entry.what->now()->rev.version;
          }
  }
}

INSTANTIATE_TEST_SUITE_P(seeds, hub_interest_test, ::testing::Range(1u, 21u));

} // namespace towncrier::edge
