#include "nodes/commands/inspection/key.hpp"

#include <gtest/gtest.h>

#include <string>

namespace towncrier::commands {

namespace {

std::vector<key> keys(std::string_view bytes, bool complete = true) {
  std::vector<key> result;
  for (const auto& x : decode_keys(bytes, complete))
    result.push_back(x.what);
  EXPECT_TRUE(bytes.empty());
  return result;
}

} // namespace

TEST(key, reads_what_terminals_send) {
  EXPECT_EQ(keys("\x1b[A\x1b[B\x1bOA\x1bOB"), (std::vector{key::up, key::down, key::up, key::down}));
  EXPECT_EQ(keys("\x1b[5~\x1b[6~\x1b[H\x1b[4~"), (std::vector{key::page_up, key::page_down, key::home, key::end}));
  EXPECT_EQ(keys("\r\n\x7f\b"), (std::vector{key::enter, key::enter, key::backspace, key::backspace}));
  EXPECT_EQ(keys("\x1b[1;5C\x01"), (std::vector{key::unknown, key::unknown}));
}

TEST(key, keeps_what_follows_an_arrow) {
  std::string_view bytes = "\x1b[Bq";
  const auto all = decode_keys(bytes, false);
  EXPECT_EQ(all, (std::vector<key_press>{{key::down, 0}, {key::text, 'q'}}));
}

TEST(key, waits_for_the_rest_of_a_sequence) {
  for (const std::string_view whole : {"\x1b[6~", "\x1bOA"})
    for (std::size_t n = 1; n < whole.size(); ++n) {
      auto part = whole.substr(0, n);
      EXPECT_TRUE(decode_keys(part, false).empty());
      EXPECT_EQ(part, whole.substr(0, n));
    }
}

TEST(key, takes_an_escape_by_itself_for_the_key) {
  EXPECT_EQ(keys("\x1b"), (std::vector{key::escape}));
  EXPECT_EQ(keys("\x1b\x1b[A", false), (std::vector{key::escape, key::up}));
}

} // namespace towncrier::commands
