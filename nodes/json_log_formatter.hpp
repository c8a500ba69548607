#pragma once

#include <spdlog/formatter.h>

#include <memory>

namespace towncrier::node {

/// Writes each log message as one JSON object on a line of its own:
/// `{"timestamp":1795378422.637,"level":"info","message":"..."}`. Bytes that are no UTF-8 become U+FFFD.
class json_log_formatter final : public spdlog::formatter {
public:
  void format(const spdlog::details::log_msg& x, spdlog::memory_buf_t& out) override;
  std::unique_ptr<spdlog::formatter> clone() const override;
};

} // namespace towncrier::node
