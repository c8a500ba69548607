#pragma once

#include "protocol/wants.hpp"

#include <caf/typed_response_promise.hpp>

#include <cstdint>
#include <utility>
#include <vector>

namespace towncrier::cluster {

/// What this node's viewers watch, as one peer is told it: in the greeting, and by a message whenever it changes. Each
/// version has a number, by which the peer says which one it goes by; whoever asked for a version waits for that.
class told_interest {
public:
  using promise = caf::typed_response_promise<bool>;

  const protocol::wants& latest() const noexcept { return latest_; }
  std::uint64_t number() const noexcept { return number_; }

  /// False: it was the same before.
  bool change(const protocol::wants& x) {
    if (x == latest_)
      return false;
    latest_ = x;
    ++number_;
    return true;
  }

  /// A greeting with the latest version is sent, or answered.
  void greeted() noexcept { greeted_ = number_; }

  /// That greeting began a session, in which the peer goes by it. True: a later version has to be told now.
  bool session_began() {
    followed_by_peer(greeted_);
    return number_ != greeted_;
  }

  /// Whatever comes from the peer now goes by version `number`, or a later one.
  void followed_by_peer(std::uint64_t number) {
    if (number < followed_)
      return;
    followed_ = number;
    std::erase_if(waiting_, [&](auto& x) {
      if (x.first > number)
        return false;
      x.second.deliver(true);
      return true;
    });
  }

  bool is_followed() const noexcept { return followed_ >= number_; }

  /// `x` is fulfilled when the peer goes by the latest version, or when nobody needs to wait for it any more.
  void wait(promise x) { waiting_.emplace_back(number_, std::move(x)); }

  /// There is no session: before anything comes from the peer, it is greeted with the latest version.
  void stop_waiting() {
    for (auto& x : std::exchange(waiting_, {}))
      x.second.deliver(true);
  }

private:
  protocol::wants latest_;
  std::uint64_t number_ = 0;
  std::uint64_t greeted_ = 0;
  std::uint64_t followed_ = 0;
  std::vector<std::pair<std::uint64_t, promise>> waiting_;
};

} // namespace towncrier::cluster
