#pragma once

#include "flow/time.hpp"
#include "protocol/wants.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <utility>

namespace towncrier::edge {

/// What a hub wants of the peers for its viewers, and who of these waits until the peers know of it. `Who` names a
/// viewer, `Order` is what it asks for. No actor and no clock, so that it can be tested as it is.
///
/// Peers leave out what a node does not want. So the confirmation of a `subscribe` says the truth only when all peers
/// know of it: until then the order is parked. The orders of one viewer stay in their order, those of others do not
/// wait for it.
template <class Who, class Order>
class peer_wants {
public:
  /// Requests this of all peers from now on; `granted` is to be called when all of them know.
  using requester = std::function<void(const protocol::wants&)>;

  explicit peer_wants(requester x) : request_(std::move(x)) {}

  /// There are peers. Until then nothing is wanted of anyone, and nobody waits.
  void begin(flow::time_point now) {
    has_peers_ = true;
    used_ = now;
  }

  /// Keeps `x` when it needs more than all peers know, or when an earlier order of the same viewer waits. False: it
  /// need not wait, and is not kept.
  template <class X>
  bool park(const Who& who, const protocol::wants& needs, const X& x) {
    if (!has_peers_ || (!waits(who) && covers(*in_force_, needs)))
      return false;
    parked_.push_back({who, x});
    if (!covers(requested_, needs))
      request(merged(requested_, needs));
    return true;
  }

  /// All peers know that `x` is wanted. Gives the orders that were parked, to be carried out in their order. Those that
  /// need still more park themselves again.
  std::deque<Order> granted(const protocol::wants& x) {
    --unanswered_;
    in_force_ = std::make_shared<const protocol::wants>(merged(*in_force_, x));
    std::deque<Order> result;
    for (auto& waiting : std::exchange(parked_, {}))
      result.push_back(std::move(waiting.order));
    return result;
  }

  /// A viewer is gone: its orders are void.
  void forget(const Who& who) {
    std::erase_if(parked_, [&](const auto& x) { return x.who == who; });
  }

  /// Wants less of the peers when all of it has not been needed for `patience`, within which viewers may come back.
  /// `needed`: what all viewers watch now. `is_settled`: nobody has just come, who may still say what it watches.
  void review(const protocol::wants& needed, bool is_settled, flow::duration patience, flow::time_point now) {
    if (!has_peers_ || unanswered_ > 0)
      return;
    if (needed == requested_) {
      if (is_settled)
        used_ = now;
    } else if (now - used_ >= patience) {
      in_force_ = std::make_shared<const protocol::wants>(needed);
      request(needed);
    }
  }

  bool has_peers() const noexcept { return has_peers_; }

  /// What all peers know is wanted of them.
  const std::shared_ptr<const protocol::wants>& in_force() const noexcept { return in_force_; }

  /// What was requested of them last.
  const protocol::wants& requested() const noexcept { return requested_; }

  std::size_t parked() const noexcept { return parked_.size(); }

private:
  struct parked_order {
    Who who;
    Order order;
  };

  bool waits(const Who& who) const {
    return std::any_of(parked_.begin(), parked_.end(), [&](const auto& x) { return x.who == who; });
  }

  void request(const protocol::wants& x) {
    requested_ = x;
    ++unanswered_;
    request_(x);
  }

  requester request_;
  bool has_peers_ = false;
  protocol::wants requested_;
  std::shared_ptr<const protocol::wants> in_force_ = std::make_shared<const protocol::wants>();
  std::size_t unanswered_ = 0;
  /// When all of what was requested was last needed.
  flow::time_point used_{};
  std::deque<parked_order> parked_;
};

} // namespace towncrier::edge
