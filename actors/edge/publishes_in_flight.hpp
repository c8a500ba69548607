#pragma once

#include "actors/edge/partial_batches.hpp"
#include "model/client_message.hpp"
#include "protocol/messages.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace towncrier::edge {

/// What one client published and what not every hub has yet. A receipt travels with what was read in one go, and
/// comes back when the last hub has it. No actor, so that it can be tested as it is.
class publishes_in_flight {
public:
  /// Counts what is published by `messages`, and gives what their receipt says when it comes back; a weight of 0:
  /// nothing is published, it needs none.
  protocol::delivered add(std::span<const model::client_message> messages);

  /// The rate limiter refused this message. Its receipt comes back all the same, which does not mean that it was done.
  void refuse(const model::message_id& id);

  /// A receipt came back: the messages that the client is to be told are done.
  std::vector<model::message_id> finish(const protocol::delivered& x);

  /// Parts of the batch `id` are wrong: `refused` says what, a sentence each; `taken` others were good.
  void add_faults(const model::message_id& id, std::size_t taken, std::vector<std::string> refused);

  /// Of a message that is done: the data of the error that answers it, but for its `id` and `code`; nothing when all of
  /// it was good.
  std::optional<model::object> take_faults(const model::message_id& id);

  std::size_t count() const noexcept { return count_; }

private:
  std::size_t count_ = 0;
  std::unique_ptr<std::vector<model::message_id>> refused_; // nearly always none
  std::unique_ptr<partial_batches> faults_;                 // nearly always none
};

} // namespace towncrier::edge
