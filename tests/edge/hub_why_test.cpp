#include "tests/edge/hub_fixture.hpp"

#include <map>
#include <random>

namespace towncrier::edge {

namespace {

using namespace std::chrono_literals;
using support::character;
using support::removed;
using support::update;

} // namespace

/// What the hub says of who saw what, against what each viewer was told.
struct hub_why_test : hub_fixture {
  hub_why_test() { start(); }

  model::value ask(const viewer& x, const std::string& id = "a") {
    return request<protocol::inspect_answer>(hub, protocol::why_request{x.ref(), {id, false}})->answer;
  }

  std::string why(const viewer& x, const std::string& id = "a") {
    const auto answer = ask(x, id);
    const auto* seen = answer.find("seen");
    return *answer.find("reason")->get_if<std::string>() + (*seen == model::value{true} ? " seen" : "");
  }
};

TEST_F(hub_why_test, delivered_means_that_it_was_told) {
  auto x = join_live({"world"});
  publish({update(character("a", 1))});
  EXPECT_EQ(why(x), "delivered seen");
  EXPECT_EQ(told(x), "a1");
  const auto answer = ask(x);
  EXPECT_EQ(*answer.find("epoch"), model::value{1});
  EXPECT_EQ(*answer.find("version"), model::value{1});
  EXPECT_EQ(*answer.find("channels"), (model::value{model::array{model::value{"world"}}}));
}

TEST_F(hub_why_test, what_nobody_knows_and_what_is_gone) {
  auto x = join_live({"world"});
  EXPECT_EQ(why(x), "unknown_character");
  EXPECT_EQ(*ask(x).find("channels"), (model::value{model::array{model::value{"world"}}}));
  publish({update(character("a", 1)), removed(character("a", 2))});
  EXPECT_EQ(why(x), "character_removed");
  EXPECT_EQ(told(x), "a1 a2x");
}

TEST_F(hub_why_test, what_it_does_not_watch) {
  auto nothing = join_live({});
  auto elsewhere = join_live({"location:mill"});
  auto outside = join_live({});
  subscribe(outside, {}, model::area{0, 0, 10, 10});
  told(outside);
  publish({update(character("a", 1, "square", model::point{50, 50}))});
  EXPECT_EQ(why(nothing), "nothing_subscribed");
  EXPECT_EQ(why(elsewhere), "not_subscribed");
  EXPECT_EQ(why(outside), "outside_its_area");
  EXPECT_EQ(*ask(outside).find("area")->find("width"), model::value{10.0});
  EXPECT_EQ(told(nothing) + told(elsewhere) + told(outside), "");
}

TEST_F(hub_why_test, what_waits_for_the_flush) {
  auto x = join_live({"world"});
  publish({update(character("a", 1))});
  told(x);
  give(support::batch(++sequence, {update(character("b", 1))}));
  EXPECT_EQ(told(x), "b1") << "an idle hub shows a change at once";
  give(support::batch(++sequence, {update(character("a", 2))}));
  EXPECT_EQ(why(x), "waiting_for_the_flush");
  EXPECT_EQ(told(x), "");
  advance(options.flush_window);
  EXPECT_EQ(why(x), "delivered seen");
  EXPECT_EQ(told(x), "a2");
}

TEST_F(hub_why_test, what_is_held_while_it_may_resume) {
  auto x = join({"world"});
  publish({update(character("a", 1))});
  EXPECT_EQ(why(x), "held_for_resume");
  EXPECT_EQ(told(x), "");
  advance(options.resume_grace);
  EXPECT_EQ(why(x), "delivered seen");
  EXPECT_EQ(told(x), "~a1");
}

TEST_F(hub_why_test, what_comes_after_what_it_missed_before) {
  auto x = join_live({"world"});
  publish({update(character("a", 1))});
  told(x);
  const auto position = x.position;
  leave(x);
  // More than goes out in one piece.
  for (std::uint64_t i = 2; i < 1000; ++i)
    publish({update(character("a", i, std::string(500, 'x')))});
  auto y = join({"world"}, position);
  publish({update(character("a", 1000))});
  EXPECT_EQ(why(y), "catching_up");
  EXPECT_EQ(told(y).find("a1000"), std::string::npos);
  take_more(y);
  EXPECT_NE(told_all(y).find("a1000"), std::string::npos);
  EXPECT_EQ(why(y), "delivered seen");
}

TEST_F(hub_why_test, what_was_before_it_came) {
  publish({update(character("a", 1))});
  auto x = join_live({"world"});
  EXPECT_EQ(why(x), "before_it_came");
  EXPECT_EQ(told(x), "");
  subscribe(x, {"world"}, {}, true);
  EXPECT_EQ(why(x), "delivered seen");
  EXPECT_EQ(told(x), "subscribed | a1+");
}

TEST_F(hub_why_test, what_was_before_it_watched) {
  auto x = join_live({"character:b"});
  publish({update(character("a", 1)), update(character("b", 1))});
  subscribe(x, {"character:a"});
  EXPECT_EQ(why(x), "before_it_subscribed");
  EXPECT_TRUE(ask(x).find("seen")->is_null());
  EXPECT_EQ(told(x), "b1+ | subscribed");
  publish({update(character("a", 2))});
  EXPECT_EQ(why(x), "delivered seen");
}

TEST_F(hub_why_test, who_resumed_was_given_everything) {
  auto x = join_live({"world"});
  publish({update(character("a", 1))});
  told(x);
  const auto position = x.position;
  leave(x);
  publish({update(character("b", 1))});
  auto y = join({"world"}, position);
  told_all(y);
  EXPECT_EQ(why(y, "b"), "delivered seen");
}

TEST_F(hub_why_test, who_is_not_there) {
  auto x = join_live({"world"});
  publish({update(character("a", 1))});
  leave(x);
  EXPECT_EQ(why(x), "not_welcome_yet");
}

/// Whatever happens: who is said to have seen the last change was told it, and nobody else was.
TEST_F(hub_why_test, agrees_with_what_everybody_was_told) {
  std::mt19937 random{7};
  const auto one_of = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>{0, n - 1}(random); };
  struct watcher {
    viewer who;
    std::map<std::string, std::uint64_t> told;
  };
  std::vector<watcher> all;
  std::map<std::string, std::uint64_t> versions;
  const std::vector<std::string> places{"mill", "square", "park"};
  for (const auto& channels : std::vector<std::vector<std::string>>{
           {"world"}, {"location:mill"}, {"character:a", "character:c"}, {}, {"location:park", "location:square"}})
    all.push_back({join_live(channels), {}});
  for (int step = 0; step < 400; ++step) {
    if (step % 40 == 20)
      all.push_back({join_live({"world"}), {}});
    if (step % 40 == 30)
      subscribe(all[one_of(all.size())].who, {"location:" + places[one_of(3)]}, {}, one_of(2) == 0);
    std::vector<model::change> changes;
    for (auto n = one_of(3) + 1; n > 0; --n) {
      const auto id = std::string(1, static_cast<char>('a' + one_of(4)));
      changes.push_back(update(character(id, ++versions[id], places[one_of(3)])));
    }
    give(support::batch(++sequence, std::move(changes)));
    if (one_of(3) != 0)
      advance(options.flush_window);
    for (auto& x : all) {
      for (const auto& message : x.who.probe.take_all())
        if (support::probe<protocol::connection_actor>::is<protocol::delivery>(message))
          for (const auto& entry : message.get_as<protocol::delivery>(0).chunk->entries())
            if (entry.shape != fanout::shape::left_location)
              x.told[entry.what->now()->id.text] = entry.what->now()->rev.version;
      for (const auto& [id, version] : versions) {
        const auto seen = *ask(x.who, id).find("seen");
        if (seen.is_null())
          continue; // the hub does not say
        EXPECT_EQ(seen == model::value{true}, x.told[id] == version)
            << id << " at step " << step << ": " << why(x.who, id);
      }
    }
  }
}

} // namespace towncrier::edge
