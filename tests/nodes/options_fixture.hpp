#pragma once

#include "nodes/options/option_table.hpp"
#include "nodes/options/options.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>
#include <variant>
#include <vector>

namespace towncrier::node {

/// A folder for the files of one test.
struct options_test : ::testing::Test {
  options_test() { std::filesystem::create_directories(folder); }
  ~options_test() override { std::filesystem::remove_all(folder); }

  std::string write(const std::string& name, const std::string& text) const {
    const auto path = (folder / name).string();
    std::ofstream{path} << text;
    return path;
  }

  /// The options out of all three sources; the test fails when they were refused.
  static protocol::options accept(const std::vector<std::string>& arguments, const environment& env = {}) {
    auto x = parse_options(arguments, env);
    if (const auto* exit = std::get_if<early_exit>(&x)) {
      ADD_FAILURE() << exit->text;
      return {};
    }
    return std::get<protocol::options>(x);
  }

  /// Why options were refused, after a look at the exit code; the test fails when they were not.
  static std::string refuse(const std::vector<std::string>& arguments, const environment& env = {}) {
    auto x = parse_options(arguments, env);
    const auto* exit = std::get_if<early_exit>(&x);
    if (exit == nullptr) {
      ADD_FAILURE() << "accepted";
      return {};
    }
    EXPECT_EQ(exit->code, 2);
    return exit->text;
  }

  std::string refuse_file(const std::string& text) const { return refuse({"--config", write("town.toml", text)}); }

  std::filesystem::path folder =
      std::filesystem::temp_directory_path() /
      ("towncrier-" + std::to_string(getpid()) + "-" + ::testing::UnitTest::GetInstance()->current_test_info()->name());
};

} // namespace towncrier::node
