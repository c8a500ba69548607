#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace towncrier::protocol {

/// The URLs of the other nodes' edges, written by one actor and read when a client is welcomed. From any thread.
class edge_list {
public:
  using urls = std::shared_ptr<const std::vector<std::string>>;

  void set(urls x) {
    const std::lock_guard guard{mutex_};
    urls_ = std::move(x);
  }

  /// nullptr: there are none.
  urls get() const {
    const std::lock_guard guard{mutex_};
    return urls_;
  }

private:
  mutable std::mutex mutex_;
  urls urls_;
};

} // namespace towncrier::protocol
