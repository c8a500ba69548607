#include "nodes/life_file.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace towncrier::node {

struct life_file_test : ::testing::Test {
  life_file_test() {
    std::string name = std::filesystem::temp_directory_path() / "towncrier-life-XXXXXX";
    folder = mkdtemp(name.data());
  }
  ~life_file_test() override { std::filesystem::remove_all(folder); }

  std::filesystem::path folder;
};

TEST_F(life_file_test, keeps_the_last_number) {
  const life_file x{folder / "life"};
  EXPECT_EQ(*x.read(), 0u);
  EXPECT_FALSE(x.write(17));
  EXPECT_FALSE(x.write(1'764'000'000'000));
  EXPECT_EQ(*life_file{folder / "life"}.read(), 1'764'000'000'000u);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator{folder}, {}), 1) << "nothing is left beside it";
}

TEST_F(life_file_test, does_not_take_what_is_no_number_for_none) {
  for (const auto* text : {"", "\n", "x\n", "17x\n", "-1\n", "99999999999999999999\n"}) {
    std::ofstream{folder / "life"} << text;
    const auto got = life_file{folder / "life"}.read();
    ASSERT_FALSE(got) << text;
    EXPECT_NE(got.error().find("node.life_file"), std::string::npos);
  }
}

TEST_F(life_file_test, says_where_it_cannot_write) {
  const auto failed = life_file{folder / "nowhere" / "life"}.write(1);
  ASSERT_TRUE(failed);
  EXPECT_NE(failed->message.find("nowhere/life: No such file"), std::string::npos) << failed->message;
}

} // namespace towncrier::node
