#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace towncrier::protocol {

/// Whether new clients are welcome at this node, as `/readyz` says it: it has started, it does not stop, and nothing is
/// wrong with it. From any thread.
class readiness {
public:
  /// Whether the node has started and does not stop.
  void store(bool up) {
    const std::lock_guard guard{mutex_};
    up_ = up;
  }

  /// From now on `what` is wrong so that clients are better off elsewhere, or (`warning`) so that somebody should
  /// look. `sentence` says it to a person; empty: it is not wrong any more.
  void set(std::string_view what, std::string sentence, bool warning = false) {
    const std::lock_guard guard{mutex_};
    auto& here = warning ? warnings_ : faults_;
    auto& there = warning ? faults_ : warnings_;
    if (const auto at = there.find(what); at != there.end())
      there.erase(at);
    if (!sentence.empty())
      here.insert_or_assign(std::string{what}, std::move(sentence));
    else if (const auto at = here.find(what); at != here.end())
      here.erase(at);
  }

  bool load() const {
    const std::lock_guard guard{mutex_};
    return up_ && faults_.empty();
  }

  /// A line each.
  std::string text() const {
    const std::lock_guard guard{mutex_};
    std::string result = up_ && faults_.empty() ? "ready\n" : "not ready\n";
    for (const auto& [what, sentence] : faults_)
      result += sentence + '\n';
    for (const auto& [what, sentence] : warnings_)
      result += "warning: " + sentence + '\n';
    return result;
  }

  /// What is wrong, or somebody should look after.
  std::vector<std::string> sentences() const {
    const std::lock_guard guard{mutex_};
    std::vector<std::string> result;
    for (const auto* all : {&faults_, &warnings_})
      for (const auto& [what, sentence] : *all)
        result.push_back(sentence);
    return result;
  }

private:
  mutable std::mutex mutex_;
  bool up_ = false;
  std::map<std::string, std::string, std::less<>> faults_;
  std::map<std::string, std::string, std::less<>> warnings_;
};

} // namespace towncrier::protocol
