#include "fanout/trail.hpp"

namespace towncrier::fanout {

void trail::add(const model::position& before, const model::origin_position& batch) {
  if (batches_ == 1)
    first_ = before;
  if (batches_ != 0)
    rest_.push_back(batch);
  ++batches_;
}

std::string trail::after(std::size_t batches) const {
  auto at = first_;
  for (std::size_t i = 1; i < batches; ++i)
    at.advance(rest_[i - 1]);
  return at.to_string();
}

} // namespace towncrier::fanout
