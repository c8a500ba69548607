#include "nodes/load/swarm.hpp"

#include "nodes/load/clock.hpp"
#include "nodes/load/server_process.hpp"

#include <algorithm>
#include <array>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

namespace towncrier::load {

namespace {

/// Connections that are begun and not yet live, at most: the listener's backlog is finite.
constexpr std::size_t max_knocking = 500;

/// What one read may take, in bytes.
constexpr std::size_t buffer_size = 256 * 1024;

std::uint64_t ns(std::chrono::milliseconds x) { return static_cast<std::uint64_t>(x / std::chrono::nanoseconds{1}); }

double seconds_since(std::uint64_t start) { return static_cast<double>(now_ns() - start) / second; }

/// As many descriptors as the system lets us have.
std::size_t raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

} // namespace

swarm::swarm(const settings& asked, const address& server, progress_callback tell)
    : asked_(asked), server_(server), tell_(std::move(tell)), epoll_(epoll_create1(EPOLL_CLOEXEC)),
      viewers_(asked.clients + 1), buffer_(buffer_size, '\0'), pacer_(asked.rate, asked.in_flight) {
  const auto slow = static_cast<std::size_t>(asked.slow_share * static_cast<double>(asked.clients));
  for (std::size_t i = 0; i < asked.clients; ++i) {
    viewers_[i].account = account{asked.kind == kind::states ? asked.characters : 0};
    // Spread evenly, so that every I/O thread of the server has some.
    viewers_[i].slow = slow != 0 && (i + 1) * slow / asked.clients != i * slow / asked.clients;
  }
}

swarm::~swarm() { ::close(epoll_); }

model::result<results> swarm::run() {
  constexpr std::size_t spare = 20;
  if (const auto limit = raise_descriptor_limit(); limit < viewers_.size() + spare)
    return model::failure{"this process may open " + std::to_string(limit) + " files, too few for " +
                          std::to_string(asked_.clients) + " clients: raise it with ulimit -n, or ask for fewer"};
  results_.memory_before = own_memory(asked_.server);
  const auto cpu = cpu_time(asked_.server);
  if (!connect_publisher() || !connect_all())
    return model::failure{"no viewer could connect: " +
                          (results_.first_refusal.empty() ? results_.first_loss : results_.first_refusal)};
  results_.connect_cpu = static_cast<double>(cpu_time(asked_.server) - cpu) / second;
  idle();
  publishing_ = true;
  pacer_.begin(now_ns());
  phase_ = "warming up";
  run_for(asked_.warm_up);
  measure();
  finish();
  sum_up();
  return results_;
}

bool swarm::connect_publisher() {
  const auto index = viewers_.size() - 1;
  begin(index);
  const auto end = now_ns() + 10 * second;
  auto& x = viewers_.back();
  while (!stopped_ && now_ns() < end && (x.stage == viewer::phase::connecting || x.stage == viewer::phase::knocking))
    turn(end);
  return x.stage == viewer::phase::live;
}

bool swarm::connect_all() {
  const auto start = now_ns();
  const auto patience = start + ns(asked_.patience) + asked_.clients * second / asked_.ramp;
  std::size_t begun = 0;
  const auto waiting = [&] { return begun - live_ - results_.refused - results_.lost_connections; };
  while (!stopped_ && now_ns() < patience && (begun < asked_.clients || waiting() != 0)) {
    const auto due = static_cast<std::size_t>(seconds_since(start) * static_cast<double>(asked_.ramp)) + 1;
    while (begun < std::min(due, asked_.clients) && waiting() < max_knocking)
      begin(begun++);
    turn(now_ns() + second / 1000);
  }
  results_.connect_seconds = seconds_since(start);
  results_.connected = live_;
  results_.slow_viewers = live_ - live_fast_;
  return live_ != 0;
}

void swarm::idle() {
  phase_ = "idle";
  run_for(asked_.idle);
  results_.memory_idle = own_memory(asked_.server);
  results_.memory_peak = results_.memory_idle;
  results_.memory_per_connection =
      (static_cast<double>(results_.memory_idle) - static_cast<double>(results_.memory_before)) /
      static_cast<double>(std::max<std::size_t>(live_, 1));
}

void swarm::run_for(std::chrono::milliseconds time) {
  for (const auto end = now_ns() + ns(time); !stopped_ && now_ns() < end;)
    turn(end);
}

void swarm::measure() {
  phase_ = "measuring";
  measured_from_ = pacer_.last() + 1;
  measuring_ = true;
  const auto start = now_ns();
  const auto cpu = cpu_time(asked_.server);
  const auto bytes = bytes_;
  const auto deliveries = deliveries_;
  const auto frames = frames_;
  const auto part = asked_.duration / (asked_.storms + 1);
  run_for(part);
  for (std::size_t i = 0; i < asked_.storms; ++i) {
    storm();
    run_for(part);
  }
  const auto used = static_cast<double>(cpu_time(asked_.server) - cpu);
  results_.seconds = seconds_since(start);
  results_.deliveries = deliveries_ - deliveries;
  results_.bytes = bytes_ - bytes;
  results_.frames = frames_ - frames;
  results_.cores = used / second / results_.seconds;
  results_.cpu_per_delivery = used / 1000 / static_cast<double>(std::max<std::uint64_t>(results_.deliveries, 1));
  publishing_ = false;
}

/// All are cut off at once, and all come back at once.
void swarm::storm() {
  for (std::size_t i = 0; i + 1 < viewers_.size(); ++i) {
    auto& x = viewers_[i];
    if (x.stage != viewer::phase::live)
      continue;
    count(x, false);
    x.socket.close(true);
    x.stage = viewer::phase::absent;
    x.partial.clear();
    x.returning = true;
    ++results_.returns;
  }
  std::size_t next = 0;
  std::size_t begun = 0;
  while (!stopped_ && next + 1 < viewers_.size()) {
    for (; next + 1 < viewers_.size() && begun - std::min(begun, live_) < max_knocking; ++next)
      if (viewers_[next].stage == viewer::phase::absent) {
        begin(next);
        ++begun;
      }
    turn(now_ns() + second / 1000);
  }
}

bool swarm::everybody_has_all() const {
  return std::none_of(viewers_.begin(), viewers_.end() - 1, [this](const viewer& x) {
    return x.stage == viewer::phase::connecting || x.stage == viewer::phase::knocking ||
           (x.stage == viewer::phase::live && !x.account.complete(pacer_.last()));
  });
}

void swarm::finish() {
  phase_ = "waiting for the rest";
  all_read_ = true;
  for (std::size_t i = 0; i + 1 < viewers_.size(); ++i)
    if (viewers_[i].slow && viewers_[i].stage == viewer::phase::live)
      watch(i, EPOLLIN, true);
  const auto end = now_ns() + ns(asked_.patience);
  while (!stopped_ && now_ns() < end && !everybody_has_all())
    turn(std::min(end, now_ns() + second / 20));
}

void swarm::sum_up() {
  const auto last = pacer_.last();
  results_.published = last;
  for (std::size_t i = 0; i + 1 < viewers_.size(); ++i) {
    const auto& x = viewers_[i];
    if (x.stage != viewer::phase::live)
      continue;
    (x.slow ? results_.slow : results_.fast) += x.account.result(last);
    results_.unfinished += !x.account.complete(last);
  }
}

void swarm::turn(std::uint64_t until) {
  const auto now = now_ns();
  if (now >= next_tell_) {
    next_tell_ = now + second / 5;
    results_.memory_peak = std::max(results_.memory_peak, own_memory(asked_.server));
    stopped_ = stopped_ || !tell_({phase_, live_, deliveries_});
  }
  if (publishing_)
    publish_due(now);
  if (!all_read_ && now >= next_slow_read_) {
    next_slow_read_ = now + second / 10;
    read_slowly();
  }
  auto wake = all_read_ ? until : std::min(until, next_slow_read_);
  if (publishing_)
    wake = std::min(wake, pacer_.due(now));
  std::array<epoll_event, 256> events;
  // The kernel's timer may be late; the last stretch is waited out by asking again.
  const auto wait =
      wake > now && !asked_.spin ? static_cast<int>(std::min<std::uint64_t>((wake - now) / 1'000'000, 50)) : 0;
  const auto n = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), wait);
  for (int i = 0; i < n; ++i)
    on_ready(events[static_cast<std::size_t>(i)].data.u32, events[static_cast<std::size_t>(i)].events);
}

} // namespace towncrier::load
