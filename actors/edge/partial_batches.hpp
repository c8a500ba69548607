#pragma once

#include "model/client_message.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace towncrier::edge {

/// What was wrong with parts of the batches that one client has under way. Each is answered once, when what was taken
/// of it has been delivered.
class partial_batches {
public:
  /// Of the batch `id`, `taken` messages were good; of the others `refused` says what was wrong, a sentence each.
  void add(const model::message_id& id, std::size_t taken, std::vector<std::string> refused);

  /// The data of the error that answers the oldest batch of this name, but for its `id` and `code`; nothing when all of
  /// it was good. It is forgotten then.
  std::optional<model::object> take(const model::message_id& id);

  bool empty() const noexcept { return under_way_.empty(); }

private:
  struct batch {
    model::message_id id;
    std::size_t taken = 0;
    std::vector<std::string> refused;
  };

  std::vector<batch> under_way_;
};

} // namespace towncrier::edge
