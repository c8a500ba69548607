#pragma once

#include "fanout/item.hpp"
#include "model/position.hpp"
#include "protocol/wants.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace towncrier::edge {

using wants_ptr = std::shared_ptr<const protocol::wants>;

/// One batch as a hub keeps it.
struct record {
  model::origin_position stamp;
  std::vector<fanout::item_ptr> items;
  /// The heap that its batch takes, estimated. Not counted: the items' encodings, which are made when they are needed.
  std::size_t bytes = 0;
  /// False: latest states and events that stand for several batches, so that nobody can resume within them.
  bool exact = true;
  /// How many batches of its origin it is given instead of.
  std::uint64_t stands_for = 1;
  /// nullptr: it is complete. Otherwise the peer left out what this node did not want: it is complete for a viewer that
  /// watches no more than this.
  wants_ptr complete_for = nullptr;
};

using record_ptr = std::shared_ptr<const record>;

/// A place in the stream of records: what came there, and the place after it. A viewer that is caught up has one place,
/// the first that it was not given; that costs the same however much follows, because the records that follow exist
/// once, for all such viewers and the history.
struct place {
  place() = default;
  place(const place&) = delete;
  place& operator=(const place&) = delete;
  // In a loop and not by recursion: the last viewer that was far back may own thousands, which would overflow the
  // stack.
  ~place() {
    for (auto x = std::move(next); x && x.use_count() == 1;)
      x = std::move(x->next);
  }

  /// nullptr: nothing has come yet.
  record_ptr what;
  std::shared_ptr<place> next;
  /// How many records came before it, and how many bytes.
  std::uint64_t number = 0;
  std::uint64_t bytes_before = 0;
};

using place_ptr = std::shared_ptr<const place>;

/// The records of a hub in the order in which it took them in. It owns none of them: whoever has a place (the history,
/// a viewer that is caught up) owns what comes from there on.
class record_stream {
public:
  /// Gives the place of `x`.
  place_ptr append(record_ptr x) {
    auto next = std::make_shared<place>();
    next->number = end_->number + 1;
    next->bytes_before = end_->bytes_before + x->bytes;
    end_->what = std::move(x);
    end_->next = next;
    return std::exchange(end_, std::move(next));
  }

  /// Where the next record will be.
  place_ptr end() const noexcept { return end_; }

  /// How many bytes came from `x` on.
  std::size_t bytes_from(const place& x) const noexcept { return end_->bytes_before - x.bytes_before; }

private:
  std::shared_ptr<place> end_ = std::make_shared<place>();
};

} // namespace towncrier::edge
