#pragma once

#include "model/change.hpp"
#include "model/position.hpp"
#include "model/trace.hpp"

#include <memory>
#include <vector>

namespace towncrier::model {

/// Changes of one origin node that travel together, in order.
struct batch {
  /// Which one this is among all batches of its origin.
  origin_position stamp;
  std::vector<change> changes;
  /// Those of them that are followed, by index; nearly always none.
  std::vector<marked_change> followed{};
};

using batch_ptr = std::shared_ptr<const batch>;

/// The heap that a change holds, in bytes, estimated from its contents.
std::size_t estimated_size(const change& x) noexcept;

/// The heap that a batch holds, in bytes, estimated from its contents: what a history counts.
std::size_t estimated_size(const batch& x) noexcept;

} // namespace towncrier::model
