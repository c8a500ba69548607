#include "hosting/actor_list.hpp"
#include "nodes/node.hpp"
#include "nodes/shutdown_order.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>

namespace towncrier::node {

namespace {

using ::testing::IsSubsetOf;
using names = std::set<std::string>;

/// Those that have a place in the order.
names placed() {
  names result;
  for (const auto& stage : shutdown_order())
    for (const auto kind : stage)
      EXPECT_TRUE(result.emplace(kind).second) << kind << " has two places";
  return result;
}

/// The names of all state classes under `actors/`.
names written() {
  const std::regex wanted{R"#(static inline const char\* name = "([^"]+)")#"};
  names result;
  for (const auto& file : std::filesystem::recursive_directory_iterator{TOWNCRIER_SOURCE_DIR "/actors"}) {
    if (file.path().extension() != ".hpp")
      continue;
    std::ifstream stream{file.path()};
    const std::string text{std::istreambuf_iterator<char>{stream}, {}};
    for (std::sregex_iterator at{text.begin(), text.end(), wanted}; at != std::sregex_iterator{}; ++at)
      result.insert((*at)[1]);
  }
  return result;
}

/// How many actors of each kind this process has spawned.
std::map<std::string, std::uint64_t> spawned() {
  caf::actor_system_config config;
  caf::actor_system any{config};
  std::map<std::string, std::uint64_t> result;
  for (const auto& x : hosting::actor_list::kinds(any))
    result[x.name] = x.spawned;
  return result;
}

protocol::options small_node() {
  protocol::options x;
  x.node.id = "north";
  x.edge.listen = "127.0.0.1:0";
  x.edge.threads = 2;
  x.admin.listen = "127.0.0.1:0";
  x.world.characters = 24;
  return x;
}

} // namespace

TEST(shutdown_test, every_kind_of_actor_has_its_place) {
  EXPECT_GT(written().size(), 15u);
  EXPECT_EQ(placed(), written()) << "nodes/shutdown_order.hpp does not name the actors that there are";
}

TEST(shutdown_test, a_node_ends_all_actors_that_ever_lived_in_their_order) {
  const auto before = spawned();
  auto started = node::start(small_node());
  ASSERT_TRUE(started) << started.error();
  const auto& result = (*started)->stop();
  EXPECT_THAT(result.unlisted, ::testing::IsEmpty());
  EXPECT_THAT(result.killed, ::testing::IsEmpty());
  EXPECT_THAT(result.stuck, ::testing::IsEmpty());
  names lived;
  for (const auto& [kind, count] : spawned())
    if (const auto at = before.find(kind); count > (at == before.end() ? 0 : at->second))
      lived.insert(kind);
  EXPECT_GT(lived.size(), 12u);
  EXPECT_THAT(lived, IsSubsetOf(placed()));
}

TEST(shutdown_test, a_node_that_did_not_come_to_run_ends_all_the_same) {
  auto first = node::start(small_node());
  ASSERT_TRUE(first) << first.error();
  auto options = small_node();
  options.admin.listen = "127.0.0.1:" + std::to_string((*first)->admin_port());
  const auto second = node::start(options);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().find(std::to_string((*first)->admin_port())), std::string::npos) << second.error();
}

} // namespace towncrier::node
