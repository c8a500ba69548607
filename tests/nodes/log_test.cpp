#include "codec/json.hpp"
#include "nodes/json_log_formatter.hpp"
#include "nodes/log.hpp"

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

namespace towncrier::node {

namespace {

std::string formatted(std::string_view text) {
  spdlog::details::log_msg x{"towncrier", spdlog::level::warn, spdlog::string_view_t{text.data(), text.size()}};
  x.time = spdlog::log_clock::time_point{std::chrono::milliseconds{1'795'378'422'637}};
  spdlog::memory_buf_t out;
  json_log_formatter{}.format(x, out);
  return {out.data(), out.size()};
}

} // namespace

TEST(log, a_json_line_says_when_how_serious_and_what) {
  EXPECT_EQ(formatted("up"), "{\"timestamp\":1795378422.637,\"level\":\"warning\",\"message\":\"up\"}\n");
}

TEST(log, a_json_line_is_valid_json_whatever_was_logged) {
  for (const std::string text : {"a \"quote\" \\ and\nline\x01", "caf\xC3\xA9", "bad \xFF\xC3 bytes", ""}) {
    const auto line = formatted(text);
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    EXPECT_TRUE(codec::parse_json(std::string_view{line}.substr(0, line.size() - 1))) << line;
  }
}

TEST(log, a_line_of_text_is_valid_utf8_whatever_was_logged) {
  const auto before = spdlog::default_logger();
  ::testing::internal::CaptureStderr();
  set_up_log({"warn", "text"});
  spdlog::warn("caf\xC3\xA9 bad \xFF\xC3 bytes");
  const auto log = ::testing::internal::GetCapturedStderr();
  spdlog::set_default_logger(before);
  EXPECT_NE(log.find("caf\xC3\xA9 bad "), std::string::npos);
  EXPECT_EQ(log.find('\xFF'), std::string::npos) << log;
}

TEST(log, goes_to_stderr_from_the_configured_level_on) {
  const auto before = spdlog::default_logger();
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  set_up_log({"warn", "json"});
  spdlog::info("quiet");
  spdlog::warn("loud");
  set_up_log({"off", "text"});
  spdlog::critical("nothing");
  set_up_log({"trace", "text"});
  spdlog::trace("all of it");
  const auto log = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
  spdlog::set_default_logger(before);
  EXPECT_EQ(log.find("quiet"), std::string::npos);
  EXPECT_NE(log.find("\"message\":\"loud\""), std::string::npos);
  EXPECT_EQ(log.find("nothing"), std::string::npos);
  EXPECT_NE(log.find("all of it"), std::string::npos);
  EXPECT_EQ(log.find('\x1b'), std::string::npos) << "colour without a terminal";
}

} // namespace towncrier::node
