#include "nodes/commands/recording.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unistd.h>
#include <zlib.h>

namespace towncrier::commands {

namespace {

using ::testing::HasSubstr;

std::string row(int t, const std::string& id) {
  return R"({"t":)" + std::to_string(t) + R"(,"id":")" + id +
         R"(","state":"DRIVING","location":"a#0","x":1.5,"y":2,"angle":90.0,"speed":8.1})";
}

struct recording_test : ::testing::Test {
  ~recording_test() override { std::filesystem::remove(path); }

  recording write(const std::string& text) const {
    std::ofstream{path} << text;
    auto x = recording::open(path);
    EXPECT_TRUE(x) << x.error();
    return std::move(*x);
  }

  /// Reads to the end, or to the error.
  static std::string error_of(recording x) {
    for (;;) {
      const auto step = x.next();
      if (!step)
        return step.error();
      if (!*step)
        return "";
    }
  }

  std::string path =
      (std::filesystem::temp_directory_path() / ("towncrier-recording-" + std::to_string(getpid()))).string();
};

} // namespace

TEST_F(recording_test, gives_the_rows_second_by_second) {
  auto x = write(row(0, "a") + "\n" + row(1, "a") + "\n\n" + row(1, "b") + "\r\n" + row(3, "b"));
  std::vector<std::pair<std::int64_t, std::size_t>> steps;
  for (auto step = x.next(); step && *step; step = x.next())
    steps.emplace_back((*step)->t, (*step)->rows.size());
  EXPECT_EQ(steps, (std::vector<std::pair<std::int64_t, std::size_t>>{{0, 1}, {1, 2}, {3, 1}}));
  EXPECT_TRUE(x.next());
  EXPECT_FALSE(*x.next());
}

TEST_F(recording_test, reads_what_a_row_holds) {
  const auto x = parse_row(row(7, "v"));
  ASSERT_TRUE(x) << x.error();
  EXPECT_EQ(x->t, 7);
  EXPECT_EQ(x->id, "v");
  EXPECT_EQ(x->state, "DRIVING");
  EXPECT_EQ(x->location, "a#0");
  EXPECT_EQ(x->x, 1.5);
  EXPECT_EQ(x->y, 2.0);
  EXPECT_EQ(x->angle, 90.0);
  EXPECT_EQ(x->speed, 8.1);
}

TEST_F(recording_test, takes_steps_below_a_second_and_what_other_programs_write) {
  const auto fine = [](const std::string& t, const std::string& id) {
    return R"({"t":)" + t + R"(,"id":)" + id + R"(,"state":"DRIVING","location":"a#0","x":1.5,"y":2})";
  };
  auto x = write("\xEF\xBB\xBF" + fine("0.1", "7") + "\r\n\r\n \t\r\n" + fine("0.1", "\"b\"") + "\r\n" +
                 fine("0.25", "18446744073709551615") + "\n\n");
  std::string all;
  for (auto step = x.next(); step && *step; step = x.next())
    for (const auto& each : (*step)->rows)
      all += std::to_string((*step)->t).substr(0, 4) + (each.integer_id ? " #" : " ") + each.id + "; ";
  EXPECT_EQ(all, "0.10 #7; 0.10 b; 0.25 #18446744073709551615; ");
}

TEST_F(recording_test, says_what_is_wrong_with_a_row) {
  const auto with = [](const std::string& key, const std::string& value) {
    std::string line = "{";
    for (const auto& [name, good] : {std::pair{"t", "1"}, std::pair{"id", "\"a\""}, std::pair{"state", "\"s\""},
                                     std::pair{"location", "\"\""}, std::pair{"x", "1"}, std::pair{"y", "1"}})
      line += (line.size() > 1 ? ",\"" : "\"") + std::string{name} + "\":" + (key == name ? value : good);
    return parse_row(line + "}");
  };
  EXPECT_TRUE(with("t", "1.5"));
  for (const auto& [key, value, why] :
       {std::tuple{"t", "\"1\"", "'t' is a string; give a number"}, std::tuple{"t", "null", "'t' is missing"},
        std::tuple{"id", "1.5", "'id' is a number; give a string or an integer"},
        std::tuple{"id", "\"\"", "'id' has 0 bytes"}, std::tuple{"state", "7", "'state' is a number; give a string"},
        std::tuple{"location", "null", "'location' is missing"}, std::tuple{"x", "null", "'y' is given without 'x'"},
        std::tuple{"y", "1e300", "too far away"}}) {
    const auto row = with(key, value);
    ASSERT_FALSE(row) << key << value;
    EXPECT_THAT(row.error(), HasSubstr(why));
  }
  EXPECT_THAT(parse_row("7").error(), HasSubstr("a row is an object, not a number"));
}

TEST_F(recording_test, names_the_line_that_is_wrong) {
  EXPECT_THAT(error_of(write(row(0, "a") + "\nnonsense\n")), HasSubstr(path + ":2: "));
  EXPECT_THAT(error_of(write(row(0, "a") + "\n\n{\"t\":1}\n")), HasSubstr(path + ":3: a row needs t"));
  EXPECT_THAT(error_of(write(row(0, ""))), HasSubstr(":1: a row needs"));
  EXPECT_THAT(error_of(write(row(5, "a") + "\n" + row(4, "a"))), HasSubstr(":2: time goes back"));
}

TEST_F(recording_test, an_empty_file_has_no_steps) { EXPECT_FALSE(*write("").next()); }

TEST_F(recording_test, reads_gzip_and_notices_where_it_was_cut) {
  const auto file = gzopen(path.c_str(), "wb");
  for (int t = 0; t < 1000; ++t)
    gzputs(file, (row(t, std::to_string(t * 7919)) + "\n").c_str());
  gzclose(file);
  EXPECT_EQ(error_of(std::move(*recording::open(path))), "");
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  EXPECT_THAT(error_of(std::move(*recording::open(path))), HasSubstr("cannot be read"));
}

TEST_F(recording_test, a_file_that_is_not_there_is_named) {
  EXPECT_THAT(recording::open("/no/such").error(), HasSubstr("/no/such cannot be read: No such file"));
}

TEST_F(recording_test, reads_recorded_town_traffic) {
  const char* recorded = std::getenv("TOWNCRIER_RECORDING");
  if (recorded == nullptr)
    GTEST_SKIP() << "set TOWNCRIER_RECORDING to the path of a recording";
  auto x = recording::open(recorded);
  ASSERT_TRUE(x) << x.error();
  EXPECT_EQ(error_of(std::move(*x)), "");
}

} // namespace towncrier::commands
