#pragma once

#include "flow/time.hpp"

#include <cstdint>
#include <unordered_map>

namespace towncrier::flow {

/// Viewers that come from another edge and have heard there what is still on its way to this one. What they would be
/// shown now would turn their clocks back, so their joins wait until it has come, but not for long.
template <class Who>
class early_joins {
public:
  explicit early_joins(duration patience) : patience_(patience) {}

  enum class verdict : std::uint8_t {
    join,
    wait, ///< look again soon
    gone, ///< it left meanwhile
  };

  /// `who` joins, or is looked at again; `is_ahead`: it has heard something that has not come here.
  verdict look(const Who& who, bool is_ahead, time_point now) {
    const auto known = waiting_.find(who);
    const auto until = known == waiting_.end() ? now + patience_ : known->second.until;
    if (known != waiting_.end() && known->second.has_left) {
      waiting_.erase(known);
      return verdict::gone;
    }
    if (!is_ahead || now >= until) {
      waiting_.erase(who);
      return verdict::join;
    }
    waiting_[who].until = until;
    return verdict::wait;
  }

  void leave(const Who& who) {
    if (const auto known = waiting_.find(who); known != waiting_.end())
      known->second.has_left = true;
  }

  std::size_t size() const noexcept { return waiting_.size(); }

private:
  struct early_viewer {
    time_point until;
    bool has_left = false;
  };

  duration patience_;
  std::unordered_map<Who, early_viewer> waiting_;
};

} // namespace towncrier::flow
