#include "codec/json.hpp"
#include "nodes/load/results.hpp"

#include <gmock/gmock.h>

namespace towncrier::load {

using ::testing::HasSubstr;

results some() {
  results x;
  x.connected = 10;
  x.published = 100;
  x.seconds = 2;
  x.deliveries = 1000;
  x.frames = 400;
  for (int i = 0; i < 1000; ++i)
    x.latency.add(2'000'000);
  return x;
}

TEST(results, are_good_only_when_nothing_went_wrong) {
  EXPECT_TRUE(some().good());
  const auto bad = [](auto change) {
    auto x = some();
    change(x);
    return !x.good();
  };
  EXPECT_TRUE(bad([](results& x) { x.connected = 0; }));
  EXPECT_TRUE(bad([](results& x) { x.refused = 1; }));
  EXPECT_TRUE(bad([](results& x) { x.lost_connections = 1; }));
  EXPECT_TRUE(bad([](results& x) { x.unfinished = 1; }));
  EXPECT_TRUE(bad([](results& x) { x.errors = 1; }));
  EXPECT_TRUE(bad([](results& x) { x.fast.missing = 1; }));
  EXPECT_TRUE(bad([](results& x) { x.slow.stale = 1; }));
  EXPECT_FALSE(bad([](results& x) { x.slow.missing = x.slow.told = 1; })) << "told is not lost";
}

TEST(results, are_a_table_and_an_object_of_the_same) {
  settings asked;
  asked.clients = 10;
  const auto table = as_table(asked, some());
  EXPECT_THAT(table, HasSubstr("10 of 10"));
  EXPECT_THAT(table, HasSubstr("500/s, 2.5 a frame"));
  EXPECT_THAT(table, HasSubstr("p99 2."));
  EXPECT_THAT(table, ::testing::Not(HasSubstr("server")));
  const auto parsed = codec::parse_json(as_json(asked, some()));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->find("deliveries_per_second")->number_or(0), 500);
  EXPECT_EQ(*parsed->find("good"), model::value{true});
  EXPECT_EQ(parsed->find("server"), nullptr);
}

TEST(results, tell_of_the_server_where_it_was_measured) {
  settings asked;
  asked.server = 1;
  EXPECT_THAT(as_table(asked, some()), HasSubstr("us of CPU a delivery"));
  EXPECT_NE(codec::parse_json(as_json(asked, some()))->find("server"), nullptr);
}

} // namespace towncrier::load
