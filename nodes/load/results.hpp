#pragma once

#include "nodes/load/account.hpp"
#include "nodes/load/histogram.hpp"
#include "nodes/load/settings.hpp"

#include <cstdint>
#include <string>

namespace towncrier::load {

/// What a load test found.
struct results {
  std::size_t connected = 0;
  std::size_t refused = 0;
  std::string first_refusal;
  std::size_t lost_connections = 0;
  std::string first_loss;
  double connect_seconds = 0;
  std::size_t published = 0;
  /// While it was measured.
  double seconds = 0;
  std::uint64_t deliveries = 0;
  std::uint64_t bytes = 0;
  /// In which the deliveries came.
  std::uint64_t frames = 0;
  /// From publishing to the viewer, of those who are not slow.
  histogram latency;
  tally fast;
  tally slow;
  std::size_t slow_viewers = 0;
  /// Viewers that did not get everything in the time they had.
  std::size_t unfinished = 0;
  std::size_t returns = 0;
  std::size_t resumed = 0;
  std::uint64_t errors = 0;
  std::string first_error;
  /// Of the server's process, where it is known: its CPU in microseconds a delivery, cores in use, seconds to let all
  /// in, bytes of memory a connection before the first message, and the highest memory seen, in bytes.
  double cpu_per_delivery = 0;
  double cores = 0;
  double connect_cpu = 0;
  double memory_per_connection = 0;
  std::uint64_t memory_before = 0;
  std::uint64_t memory_idle = 0;
  std::uint64_t memory_peak = 0;

  /// Everything that was promised was kept.
  bool good() const noexcept;
};

/// A table for people.
std::string as_table(const settings& asked, const results& x);

/// One JSON object for programs.
std::string as_json(const settings& asked, const results& x);

} // namespace towncrier::load
