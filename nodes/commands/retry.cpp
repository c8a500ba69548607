#include "nodes/commands/retry.hpp"

#include "nodes/commands/interrupt.hpp"

#include <algorithm>
#include <thread>

namespace towncrier::commands {

using namespace std::chrono_literals;

retry::retry() : backoff_({200ms, 5s}, std::mt19937_64{std::random_device{}()}) {}

bool retry::wait(flow::duration at_least) {
  const auto end = std::chrono::steady_clock::now() + std::max<flow::duration>(backoff_.next(), at_least);
  while (!interrupted() && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::min<flow::duration>(50ms, end - std::chrono::steady_clock::now()));
  return !interrupted();
}

} // namespace towncrier::commands
