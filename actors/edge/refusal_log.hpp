#pragma once

#include "flow/time.hpp"
#include "protocol/traffic.hpp"

#include <array>
#include <chrono>
#include <cstdint>

namespace towncrier::edge {

/// Decides which refused tokens get a line in the log: one a second for each reason, so that who tries many does not
/// fill it. Each line says for how many it stands.
class refusal_log {
public:
  /// Notes a refusal. For how many a line is to be written now; 0: none.
  std::uint64_t note(protocol::token_fault fault, flow::time_point now) {
    auto& x = kinds_[static_cast<std::size_t>(fault)];
    ++x.unsaid;
    if (x.said && now - x.last < interval)
      return 0;
    x.said = true;
    x.last = now;
    const auto count = x.unsaid;
    x.unsaid = 0;
    return count;
  }

private:
  static constexpr std::chrono::seconds interval{1};

  struct kind {
    std::uint64_t unsaid = 0;
    flow::time_point last{};
    bool said = false;
  };

  std::array<kind, protocol::token_faults.size()> kinds_{};
};

} // namespace towncrier::edge
