#pragma once

#include "model/position.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace towncrier::flow {

/// What a history can still give of each origin. It remembers how far each came and what can no longer be given, so
/// that a gap is never passed off as complete; for good, unless it is told to erase one.
class origin_log {
public:
  /// Whether `stamp` is the newest of its origin, which is then brought up to it; what is noted stands for the last
  /// `stands_for` sequences up to it. What lies before a skipped sequence counts as forgotten.
  bool note(const model::origin_position& stamp, std::uint64_t stands_for = 1);

  /// The batch at `stamp`, and all of its origin before it, cannot be given any more.
  void forget(const model::origin_position& stamp);

  /// Nothing is known of the origin any more. Precondition: no batch of it is kept.
  void erase(std::string_view name);

  /// How many batches lie between two positions, of all origins; nothing if not all of them can be given, or that
  /// cannot be known.
  std::optional<std::size_t> missed(const model::position& from, const model::position& current) const;

private:
  using mark = model::position::mark;

  /// Of the present life of an origin the sequences after `missing`, up to `last`, can be given.
  struct origin {
    std::uint64_t incarnation = 0;
    std::uint64_t missing = 0;
    std::uint64_t last = 0;
    /// The end of its life before, if one was seen.
    std::optional<mark> ended;
  };

  std::optional<std::uint64_t> missed(std::string_view name, const std::optional<mark>& from, const mark& to) const;

  std::map<std::string, origin, std::less<>> origins_;
};

/// How many sequences of its life lie after `from`, up to and with `x`. Precondition: `x` lies after `from`.
std::uint64_t sequences_after(const model::position& from, const model::origin_position& x);

/// Whether `x` lies after `from` and not after `current`.
bool is_between(const model::origin_position& x, const model::position& from, const model::position& current);

} // namespace towncrier::flow
