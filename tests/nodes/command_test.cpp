#include "actors/edge/token_file.hpp"
#include "nodes/commands/command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace towncrier::commands {

namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

struct outcome {
  int code = 0;
  std::string out;
  std::string err;
};

outcome run_line(const arguments& line) {
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  outcome result;
  result.code = run(line);
  result.out = ::testing::internal::GetCapturedStdout();
  result.err = ::testing::internal::GetCapturedStderr();
  return result;
}

} // namespace

TEST(command, help_lists_every_command) {
  for (const arguments& line : {arguments{"help"}, arguments{"--help"}, arguments{"-h"}}) {
    const auto x = run_line(line);
    EXPECT_EQ(x.code, 0);
    for (const auto& each : all_commands())
      EXPECT_THAT(x.out, HasSubstr("  " + std::string{each.name} + " "));
  }
}

TEST(command, every_command_explains_itself_in_two_ways) {
  for (const auto& each : all_commands()) {
    const auto x = run_line({"help", std::string{each.name}});
    EXPECT_EQ(x.code, 0);
    EXPECT_THAT(x.out, HasSubstr("towncrier " + std::string{each.name}));
    EXPECT_EQ(run_line({std::string{each.name}, "--help"}).out, x.out);
  }
}

TEST(command, nothing_at_all_is_misuse_and_gets_the_overview) {
  const auto x = run_line({});
  EXPECT_EQ(x.code, 2);
  EXPECT_THAT(x.err, HasSubstr("Usage: towncrier COMMAND"));
}

TEST(command, an_unknown_command_is_misuse_and_the_nearest_is_named) {
  for (const arguments& line : {arguments{"wacth"}, arguments{"help", "wacth"}}) {
    const auto x = run_line(line);
    EXPECT_EQ(x.code, 2);
    EXPECT_EQ(x.out, "");
    EXPECT_THAT(x.err, HasSubstr("'wacth' is no command; did you mean 'watch'?"));
  }
}

TEST(command, the_version_is_printed) {
  EXPECT_EQ(run_line({"version"}).out, "towncrier " TOWNCRIER_VERSION "\n");
  EXPECT_EQ(run_line({"--version"}).out, "towncrier " TOWNCRIER_VERSION "\n");
  EXPECT_EQ(run_line({"version", "x"}).code, 2);
}

TEST(command, a_made_token_is_printed_with_a_line_that_lets_it_in) {
  const auto x = run_line({"token", "ada", "publisher"});
  EXPECT_EQ(x.code, 0);
  ASSERT_THAT(x.out, StartsWith("token: "));
  const auto token = x.out.substr(7, 64);
  const auto table = edge::token_table::parse(x.out.substr(x.out.find("ada")), "out");
  ASSERT_TRUE(table) << table.error();
  EXPECT_EQ(table->verify(token)->name, "ada");
  for (const arguments& line :
       {arguments{"token"}, arguments{"token", "ada", "king"}, arguments{"token", "a b", "viewer"}})
    EXPECT_EQ(run_line(line).code, 2);
}

TEST(command, check_config_tells_good_files_from_bad) {
  const auto path = std::filesystem::temp_directory_path() / ("towncrier-check-" + std::to_string(getpid()) + ".toml");
  std::ofstream{path} << "[edge]\necho = true\n";
  EXPECT_EQ(run_line({"check-config", path}).code, 0);
  std::ofstream{path} << "[edge]\necko = true\n";
  const auto bad = run_line({"check-config", path});
  EXPECT_EQ(bad.code, 2);
  EXPECT_THAT(bad.err, HasSubstr(path.string() + ":2: edge.ecko is no option; did you mean 'edge.echo'?"));
  EXPECT_EQ(run_line({"check-config"}).code, 2);
  std::filesystem::remove(path);
}

TEST(command, wrong_arguments_of_clients_are_misuse) {
  EXPECT_EQ(run_line({"watch", "--frobnicate"}).code, 2);
  EXPECT_EQ(run_line({"watch", "--count", "0"}).code, 2);
  EXPECT_EQ(run_line({"publish"}).code, 2);
  EXPECT_EQ(run_line({"publish", "ws://127.0.0.1:1/", "/no/such"}).code, 2);
  EXPECT_EQ(run_line({"publish", "ws://127.0.0.1:1/", "/dev/null", "--speed", "0"}).code, 2);
}

TEST(command, a_node_that_is_not_there_is_a_failure) {
  const auto x = run_line({"watch", "ws://127.0.0.1:1/"});
  EXPECT_EQ(x.code, 1);
  EXPECT_THAT(x.err, StartsWith("towncrier: "));
}

} // namespace towncrier::commands
