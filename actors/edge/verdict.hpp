#pragma once

#include "protocol/messages.hpp"
#include "protocol/traffic.hpp"

#include <string>
#include <utility>
#include <variant>

namespace towncrier::edge {

/// Why a token is refused: for those who count, and a sentence for the log, which never holds the token.
struct refusal {
  protocol::token_fault fault = protocol::token_fault::unknown_token;
  std::string sentence;
};

/// What became of a token: whose it is and what lets him in (see `protocol::grants`), or why it is refused.
class [[nodiscard]] verdict {
public:
  struct admitted {
    protocol::identity who;
    std::string grant;
  };

  verdict(admitted x) : data_(std::move(x)) {}
  verdict(refusal x) : data_(std::move(x)) {}

  bool has_value() const noexcept { return data_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  /// Precondition of these three: `has_value()`.
  const protocol::identity& operator*() const noexcept { return std::get_if<0>(&data_)->who; }
  const protocol::identity* operator->() const noexcept { return &std::get_if<0>(&data_)->who; }
  const std::string& grant() const noexcept { return std::get_if<0>(&data_)->grant; }

  /// Precondition of these two: `!has_value()`.
  protocol::token_fault fault() const noexcept { return std::get_if<1>(&data_)->fault; }
  const std::string& error() const noexcept { return std::get_if<1>(&data_)->sentence; }

private:
  std::variant<admitted, refusal> data_;
};

} // namespace towncrier::edge
