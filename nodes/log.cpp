#include "nodes/log.hpp"

#include "codec/json.hpp"
#include "codec/utf8.hpp"
#include "nodes/json_log_formatter.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <string>

namespace towncrier::node {

namespace {

/// Valid UTF-8, whatever was logged: a client's bytes may be in it.
std::string as_utf8(std::string_view text) {
  if (codec::is_utf8(text))
    return std::string{text};
  constexpr std::size_t longest_character = 4; // in bytes
  std::string result;
  while (!text.empty()) {
    std::size_t length = 1;
    while (length <= std::min(longest_character, text.size()) && !codec::is_utf8(text.substr(0, length)))
      ++length;
    const bool is_character = length <= std::min(longest_character, text.size());
    result += is_character ? text.substr(0, length) : std::string_view{"\xEF\xBF\xBD"};
    text.remove_prefix(is_character ? length : 1);
  }
  return result;
}

std::string_view view(spdlog::string_view_t x) { return {x.data(), x.size()}; }

/// What was logged, in a line of text.
class utf8_payload final : public spdlog::custom_flag_formatter {
public:
  void format(const spdlog::details::log_msg& x, const std::tm&, spdlog::memory_buf_t& out) override {
    const auto text = as_utf8(view(x.payload));
    out.append(text.data(), text.data() + text.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<utf8_payload>(); }
};

std::unique_ptr<spdlog::formatter> text_formatter() {
  auto result = std::make_unique<spdlog::pattern_formatter>();
  result->add_flag<utf8_payload>('*').set_pattern("%Y-%m-%d %H:%M:%S.%e %^%-5l%$ %*");
  return result;
}

} // namespace

void json_log_formatter::format(const spdlog::details::log_msg& x, spdlog::memory_buf_t& out) {
  using namespace std::chrono;
  std::string line = "{\"timestamp\":";
  codec::append_json_number(line,
                            static_cast<double>(duration_cast<milliseconds>(x.time.time_since_epoch()).count()) / 1000);
  line += ",\"level\":";
  codec::append_json_string(line, view(spdlog::level::to_string_view(x.level)));
  line += ",\"message\":";
  codec::append_json_string(line, as_utf8(view(x.payload)));
  line += "}\n";
  out.append(line.data(), line.data() + line.size());
}

std::unique_ptr<spdlog::formatter> json_log_formatter::clone() const { return std::make_unique<json_log_formatter>(); }

void set_up_log(const protocol::log_options& options) {
  const auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
  auto logger = std::make_shared<spdlog::logger>("towncrier", sink);
  if (options.format == "json")
    logger->set_formatter(std::make_unique<json_log_formatter>());
  else
    logger->set_formatter(text_formatter());
  logger->set_level(spdlog::level::from_str(options.level));
  logger->flush_on(spdlog::level::trace);
  spdlog::set_default_logger(std::move(logger));
}

bool set_log_level(const std::string& level) {
  const auto parsed = spdlog::level::from_str(level);
  if (parsed == spdlog::level::off && level != "off")
    return false;
  spdlog::set_level(parsed);
  return true;
}

} // namespace towncrier::node
