#include "actors/cluster/node_clock.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace towncrier::cluster {

namespace {

using source = flow::cluster_time::source;

/// How often it is logged that clocks are apart, while they are.
constexpr std::chrono::minutes reminder{5};

std::int64_t microseconds(flow::time_point x) {
  return std::chrono::duration_cast<std::chrono::microseconds>(x.time_since_epoch()).count();
}

std::string ahead_or_behind(std::int64_t offset) {
  return fmt::format("{:.1f} s {}", static_cast<double>(std::abs(offset)) / 1e6, offset < 0 ? "behind" : "ahead of");
}

} // namespace

node_clock::node_clock(settings x, flow::time_point now)
    : settings_(std::move(x)), time_(settings_.wall() - microseconds(now)) {}

std::uint64_t node_clock::milliseconds(flow::time_point now) const {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, read(now).cluster_ahead + microseconds(now))) / 1000;
}

bool node_clock::is_known() const {
  const std::lock_guard guard{mutex_};
  return time_.known_from() != source::own_clock;
}

void node_clock::begin(bool is_first) {
  const std::lock_guard guard{mutex_};
  time_.settle(is_first ? source::cluster : source::guess);
}

void node_clock::raise(std::uint64_t milliseconds, flow::time_point now) {
  const std::lock_guard guard{mutex_};
  time_.raise(static_cast<std::int64_t>(milliseconds) * 1000 - microseconds(now));
}

node_clock::reading node_clock::read(flow::time_point now) const {
  const auto steady = microseconds(now);
  const auto wall = settings_.wall();
  const std::lock_guard guard{mutex_};
  return {steady, wall - steady, time_.ahead(), time_.known_from()};
}

void node_clock::heard(const std::string& peer, const reading& x, std::int64_t offset, std::int64_t error,
                       flow::time_point now) {
  const auto own = read(now);
  const std::lock_guard guard{mutex_};
  time_.hear(offset + x.cluster_ahead, error, x.source);
  offsets_[peer] = offset + x.wall_ahead - own.wall_ahead;
  judge(own.wall_ahead, now);
}

void node_clock::lost(const std::string& peer) {
  const std::lock_guard guard{mutex_};
  if (offsets_.erase(peer) > 0)
    judge(wall_ahead_, judged_at_);
}

std::optional<std::int64_t> node_clock::wall_offset(const std::string& peer) const {
  const std::lock_guard guard{mutex_};
  const auto at = offsets_.find(peer);
  return at == offsets_.end() ? std::nullopt : std::optional{at->second};
}

std::string node_clock::complaint() const {
  const std::lock_guard guard{mutex_};
  return complaint_;
}

/// A clock that most of the others contradict is the one that is wrong. Where it is one word against another, it is
/// that of the node that came later: the cluster goes by the first one's.
void node_clock::judge(std::int64_t wall_ahead, flow::time_point now) {
  wall_ahead_ = wall_ahead;
  judged_at_ = now;
  const auto bound = std::chrono::duration_cast<std::chrono::microseconds>(settings_.max_offset).count();
  std::string apart;
  std::size_t differ = 0;
  for (const auto& [peer, offset] : offsets_)
    if (std::abs(offset) > bound) {
      ++differ;
      apart += fmt::format("{}that of {} is {} it", apart.empty() ? "" : ", ", peer, ahead_or_behind(offset));
    }
  const auto agree = offsets_.size() - differ + 1;
  const auto off_the_cluster = std::abs(wall_ahead - time_.ahead()) > bound;
  const auto at_fault = differ > agree || (differ == agree && off_the_cluster);
  const auto was = std::exchange(complaint_, {});
  if (differ > 0)
    complaint_ =
        fmt::format("the clocks of nodes are further apart than cluster.max_clock_offset ({:.1f} s): seen from "
                    "this node's clock, {}; {}",
                    static_cast<double>(bound) / 1e6, apart,
                    at_fault ? "it is this node's that is wrong: look after its NTP" : "look after their NTP");
  const auto changed = was.empty() != complaint_.empty() || at_fault != at_fault_;
  at_fault_ = at_fault;
  if (settings_.ready && (changed || complaint_ != was))
    settings_.ready->set("clock", complaint_, !at_fault);
  if (changed && complaint_.empty())
    spdlog::info("no clock is known to be off any more");
  if (complaint_.empty() || !(changed || now - complained_ >= reminder))
    return;
  complained_ = now;
  spdlog::log(at_fault ? spdlog::level::err : spdlog::level::warn, "{}", complaint_);
}

} // namespace towncrier::cluster
