#pragma once

#include "flow/history.hpp"
#include "model/batch.hpp"

namespace towncrier::flow {

/// A history of whole batches, each as large as it is estimated.
struct batch_history : history<model::batch_ptr> {
  using history<model::batch_ptr>::history;

  bool append(const model::batch_ptr& x, time_point now, std::uint64_t stands_for = 1) {
    return history<model::batch_ptr>::append(x->stamp, x, model::estimated_size(*x), now, stands_for);
  }
};

} // namespace towncrier::flow
