#pragma once

#include "model/position.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace towncrier::fanout {

/// A position as clients are told it, shared by all who stand there; nullptr: none.
using position_text = std::shared_ptr<const std::string>;

/// Where the batches of a stretch of the stream end. A position within it is written out only when it is asked for:
/// most stretches are one message, which needs the end alone, and with many nodes a position is long.
class trail {
public:
  /// The next batch; `before` is where the stream stood without it.
  void add(const model::position& before, const model::origin_position& batch);

  /// Nothing more is added; the stretch ends at `x`.
  void end_at(position_text x) noexcept { end_ = std::move(x); }

  /// The batches that were added.
  std::size_t batches() const noexcept { return batches_; }

  const position_text& end() const noexcept { return end_; }

  /// The position after the first `batches` batches. Precondition: at least one, and not all of them.
  std::string after(std::size_t batches) const;

private:
  std::size_t batches_ = 0;
  model::position first_;                    ///< after the first batch, once there are two
  std::vector<model::origin_position> rest_; ///< the batches after the first
  position_text end_;
};

using trail_ptr = std::shared_ptr<const trail>;

} // namespace towncrier::fanout
