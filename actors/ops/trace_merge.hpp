#pragma once

#include "model/value.hpp"

#include <map>
#include <string>
#include <vector>

namespace towncrier::ops {

/// The messages of a trace out of the parts that nodes have of them, which may come again and again. What other nodes
/// say is taken as it is where it reads as it should, and left out where it does not.
class trace_merge {
public:
  /// `messages`: as `message_record::show` made them on some node.
  void add(const model::value& messages);

  /// Leaves out what the connection `label` of `node` has no part in: of a trace that follows a connection.
  void keep_those_of(const std::string& node, const std::string& label);

  /// How many messages there are.
  std::size_t size() const noexcept { return messages_.size(); }

  /// Whether of the first `count` messages nobody waits for anything, and nothing was heard for `quiet_ms`.
  bool settled(std::size_t count, double quiet_ms) const;

  /// The first `count` messages, as the API shows them.
  model::array show(std::size_t count) const;

private:
  struct message {
    model::object head;
    double began = 0;
    std::map<std::string, model::object> spans;   ///< by id
    std::map<std::string, model::object> counted; ///< by node
  };

  std::vector<const message*> first(std::size_t count) const;

  std::map<std::string, message> messages_; ///< by trace_id and id
};

} // namespace towncrier::ops
