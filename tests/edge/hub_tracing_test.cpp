#include "tests/edge/hub_fixture.hpp"
#include "tests/support/fake_trace_time.hpp"
#include "tracing/notes.hpp"

namespace towncrier::edge {

namespace {

using namespace std::chrono_literals;
using support::character;
using tracing::outcome;

} // namespace

/// What a hub says of followed messages.
struct hub_tracing_test : hub_fixture {
  support::fake_trace_time clock{*this};
  tracing::board_ptr traces = std::make_shared<tracing::board>();
  support::probe<protocol::tracer_actor> tracer = make_probe<protocol::tracer_actor>();

  hub_tracing_test() {
    traces->tell(tracer.handle()->address());
    support::watch(*traces, "character:ada");
  }

  model::trace_ptr mark() { return traces->begin({"character:ada", "state_change"}, {}, nullptr); }

  /// The next batch, whose last change is followed.
  void publish_followed(std::vector<model::change> changes) {
    auto batch = *support::batch(++sequence, std::move(changes), origin, incarnation);
    batch.followed.push_back({static_cast<std::uint32_t>(batch.changes.size() - 1), mark()});
    give(std::make_shared<const model::batch>(std::move(batch)));
    advance(options.flush_window);
  }

  static model::change ada(std::uint64_t version, model::point where = {5, 5}) {
    return support::state_change(character("ada", version, "square", where));
  }

  /// `step outcome reason` of each, sorted.
  std::string told() {
    std::vector<std::string> all;
    for (const auto& report : tracer.take<tracing::report>())
      for (const auto& message : report.messages)
        for (const auto& x : message.spans)
          if (!x.more)
            all.push_back(std::string{x.step} + ' ' + std::string{to_string(x.result)} +
                          (x.reason.empty() ? "" : " " + x.reason));
    std::sort(all.begin(), all.end());
    std::string result;
    for (const auto& x : all)
      result += (result.empty() ? "" : ", ") + x;
    return result;
  }

  /// The followed items of the chunks that `x` was given, as versions; `h` where they were held.
  std::string given(viewer& x) {
    std::string result;
    for (const auto& message : x.probe.take_all()) {
      using probe = support::probe<protocol::connection_actor>;
      const auto chunk = probe::is<protocol::delivery>(message) ? message.get_as<protocol::delivery>(0).chunk
                         : probe::is<protocol::replay>(message) ? message.get_as<protocol::replay>(0).chunk
                                                                : nullptr;
      for (const auto& item : chunk ? chunk->followed() : std::vector<fanout::followed_item>{})
        result +=
            (result.empty() ? "" : " ") + std::to_string(item.what->now()->rev.version) + (item.was_held ? "h" : "");
    }
    return result;
  }
};

TEST_F(hub_tracing_test, gives_followed_items_to_those_who_are_shown_them) {
  start();
  auto world = join_live({"world"});
  auto narrow = join_live({"character:ada"});
  publish_followed({support::state_change(character("bob", 1)), ada(7)});
  EXPECT_EQ(given(world), "7");
  EXPECT_EQ(given(narrow), "7");
  EXPECT_EQ(told(), "fan_out passed");
  publish({ada(8)});
  EXPECT_EQ(given(world), "") << "the next one nobody follows";
}

TEST_F(hub_tracing_test, says_why_the_others_are_not_shown_it) {
  start();
  auto other = join_live({"character:bob"});
  auto nothing = join_live({});
  auto far = join_live({});
  subscribe(far, {}, model::area{100, 100, 10, 10});
  auto near = join_live({});
  subscribe(near, {}, model::area{0, 0, 10, 10});
  for (auto* x : {&other, &nothing, &far, &near})
    x->probe.clear();
  publish_followed({ada(7)});
  EXPECT_EQ(given(near), "7");
  EXPECT_EQ(given(far), "");
  EXPECT_EQ(told(), "fan_out passed, filtered filtered not_subscribed, filtered filtered nothing_subscribed, filtered "
                    "filtered outside_its_area");
}

TEST_F(hub_tracing_test, holds_it_for_one_that_may_resume_yet) {
  start();
  auto late = join({"world"});
  publish_followed({ada(7)});
  EXPECT_EQ(told(), "fan_out passed, held held held_for_resume");
  EXPECT_EQ(given(late), "");
  advance(options.resume_grace);
  EXPECT_EQ(given(late), "7h");
}

TEST_F(hub_tracing_test, a_snapshot_takes_the_place_of_what_was_held) {
  start();
  auto late = join({"world"});
  publish_followed({ada(7)});
  told();
  subscribe(late, {"world"}, {}, true);
  EXPECT_EQ(told(), "conflated conflated it is given the present state of everything it watches instead");
}

TEST_F(hub_tracing_test, says_what_is_of_no_use) {
  start();
  join_live({"world"});
  publish({ada(9)});
  publish_followed({ada(8)});
  EXPECT_EQ(told(), "fan_out dropped a later state of the character came before it");
}

TEST_F(hub_tracing_test, tells_how_long_it_waited_for_the_window) {
  start();
  auto world = join_live({"world"});
  // An idle hub delivers at once; what comes right after that waits.
  give(support::batch(++sequence, {ada(1)}, origin, incarnation));
  publish_followed({ada(2)});
  std::int64_t kept = -1;
  for (const auto& report : tracer.take<tracing::report>())
    for (const auto& message : report.messages)
      for (const auto& x : message.spans)
        if (x.more)
          kept = x.kept;
  EXPECT_EQ(kept, std::chrono::nanoseconds{options.flush_window}.count());
}

TEST_F(hub_tracing_test, marks_that_name_nobody_are_left_alone) {
  start();
  auto world = join_live({"world"});
  auto batch = *support::batch(++sequence, {ada(7)}, origin, incarnation);
  auto foreign = std::make_shared<model::trace_mark>(*mark());
  foreign->sink = nullptr;
  batch.followed = {{0, foreign}, {0, foreign}};
  give(std::make_shared<const model::batch>(std::move(batch)));
  advance(options.flush_window);
  EXPECT_EQ(told(), "");
  EXPECT_EQ(given(world), "");
}

} // namespace towncrier::edge
