#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace towncrier::flow {

/// The turns that make a round.
inline constexpr std::size_t pulse_parts = 16;

/// Something that is due for each of many, again and again at the same interval: one timer serves them all. A timing
/// wheel (Varghese and Lauck, 1987) whose round is the interval: `turn` is called `pulse_parts` times an interval, and
/// each member has its turn once a round. The first comes up to a part of the interval early.
template <class Member>
class pulse {
public:
  void add(Member x) { parts_[at_].push_back(x); }

  /// Calls `visit` for each member of the next part; one for which it answers false is forgotten.
  template <class Visit>
  void turn(Visit visit) {
    at_ = (at_ + 1) % pulse_parts;
    auto& part = parts_[at_];
    std::erase_if(part, [&visit](const Member& x) { return !visit(x); });
    if (part.empty())
      part = {};
  }

private:
  std::array<std::vector<Member>, pulse_parts> parts_;
  std::size_t at_ = 0;
};

} // namespace towncrier::flow
