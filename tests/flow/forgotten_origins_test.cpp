#include "flow/forgotten_origins.hpp"

#include <gtest/gtest.h>

namespace towncrier::flow {

namespace {

model::position at(std::string_view text) { return *model::position::parse(text); }

} // namespace

struct forgotten_origins_test : ::testing::Test {
  model::position current = at("a:1:5,gone:1:7");
  forgotten_origins forgotten;

  forgotten_origins_test() { forgotten.forget("gone", current); }

  std::string translated(std::string_view x) const {
    const auto result = forgotten.translate(at(x), current);
    return result ? result->to_string() : "?";
  }

  /// A batch that had just been said.
  void hear(std::string_view origin, std::uint64_t life, std::uint64_t number) {
    current.advance({std::string{origin}, life, number});
  }
};

TEST_F(forgotten_origins_test, positions_name_it_no_more) {
  EXPECT_EQ(current.to_string(), "a:1:5");
  EXPECT_EQ(forgotten.size(), 1u);
  forgotten.forget("gone", current);
  forgotten.forget("stranger", current);
  EXPECT_EQ(current.to_string(), "a:1:5");
  EXPECT_EQ(forgotten.size(), 1u);
}

TEST_F(forgotten_origins_test, who_was_at_its_end_goes_on) {
  EXPECT_EQ(translated("a:1:5,gone:1:7"), "a:1:5");
  EXPECT_EQ(translated("a:1:2,gone:1:7"), "a:1:2");
}

TEST_F(forgotten_origins_test, who_missed_some_of_it_or_heard_more_does_not) {
  EXPECT_EQ(translated("a:1:5,gone:1:6"), "?");
  EXPECT_EQ(translated("a:1:5,gone:1:8"), "?");
  EXPECT_EQ(translated("a:1:5,gone:2:1"), "?");
}

TEST_F(forgotten_origins_test, who_does_not_name_it_may_be_from_before_it) {
  EXPECT_EQ(translated("a:1:5"), "?");
  EXPECT_EQ(translated("a:1:2"), "?");
  EXPECT_EQ(translated(""), "?");
  hear("a", 1, 6);
  EXPECT_EQ(translated("a:1:5"), "?");
}

TEST_F(forgotten_origins_test, or_is_shown_to_be_from_after_it) {
  hear("a", 1, 6);
  EXPECT_EQ(translated("a:1:6"), "a:1:6");
  hear("new", 1, 1);
  EXPECT_EQ(translated("a:1:5,new:1:1"), "a:1:5,new:1:1");
  EXPECT_EQ(translated("a:1:5,new:1:0"), "?") << "it may have been silent for long";
}

TEST_F(forgotten_origins_test, what_came_late_shows_nothing) {
  hear("a", 1, 9);
  forgotten.note_undated({"a", 1, 9});
  EXPECT_EQ(translated("a:1:9"), "?");
  hear("a", 1, 10);
  EXPECT_EQ(translated("a:1:a"), "a:1:a");
}

TEST_F(forgotten_origins_test, each_counts_from_when_it_was_forgotten_itself) {
  hear("b", 1, 4);
  hear("a", 1, 8);
  forgotten.forget("b", current);
  EXPECT_EQ(translated("a:1:7,b:1:4"), "a:1:7") << "after the first, before the second";
  EXPECT_EQ(translated("a:1:7"), "?");
  EXPECT_EQ(translated("a:1:8,gone:1:7,b:1:4"), "a:1:8");
  hear("a", 1, 9);
  EXPECT_EQ(translated("a:1:9"), "a:1:9");
}

TEST_F(forgotten_origins_test, a_forgotten_one_shows_nothing_of_another) {
  hear("second", 1, 1);
  forgotten.forget("second", current);
  EXPECT_EQ(translated("a:1:5,second:1:1"), "?") << "from before the first, perhaps";
  hear("second", 2, 1);
  EXPECT_EQ(translated("a:1:5,second:1:1"), "?");
  EXPECT_EQ(translated("a:1:5,second:2:1"), "a:1:5,second:2:1");
}

TEST_F(forgotten_origins_test, one_that_comes_back_in_another_life_is_new) {
  hear("gone", 2, 1);
  EXPECT_EQ(translated("a:1:5,gone:1:7"), "a:1:5") << "all of the new life is to come";
  EXPECT_EQ(translated("a:1:5,gone:2:1"), "a:1:5,gone:2:1");
}

TEST_F(forgotten_origins_test, one_that_comes_back_in_the_same_life_goes_on) {
  hear("gone", 1, 9);
  EXPECT_EQ(translated("a:1:5,gone:1:7"), "a:1:5,gone:1:7");
  EXPECT_EQ(translated("a:1:5"), "?");
}

TEST_F(forgotten_origins_test, many_are_kept_in_fewer_groups_and_none_is_taken_for_what_it_is_not) {
  for (int i = 0; i < 200; ++i) {
    const auto name = "x" + std::to_string(i);
    hear(name, 1, 1);
    hear("a", 1, 10 + static_cast<std::uint64_t>(i));
    forgotten.forget(name, current);
  }
  EXPECT_EQ(current.to_string(), "a:1:5t");
  EXPECT_EQ(translated("a:1:5"), "?");
  EXPECT_EQ(translated(current.to_string()), "?");
  hear("a", 1, 300);
  EXPECT_EQ(translated(current.to_string()), current.to_string());
}

} // namespace towncrier::flow
