#pragma once

#include "model/result.hpp"
#include "model/value.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace towncrier::codec {

/// Puts a value together from what a parser meets, and keeps the rules that both encodings share: valid UTF-8, finite
/// numbers, unique keys, bounded depth. Every call returns whether to go on; after a false, `error` says why not.
/// Memory grows with what was met, never with what was announced.
class value_builder {
public:
  explicit value_builder(std::size_t max_depth);

  bool null();
  bool boolean(bool x);
  bool integer(std::int64_t x);
  bool integer(std::uint64_t x);
  bool number(double x);
  bool text(std::string_view x);
  bool key(std::string_view x);
  bool begin_array();
  bool begin_object();
  bool end_array();
  bool end_object();

  /// Stops with a reason. Always false.
  bool fail(std::string reason);

  /// Empty as long as all went well.
  const std::string& error() const noexcept { return error_; }

  /// The whole value. Precondition: the parser met one whole value, and `error` is empty.
  model::value take() noexcept { return std::move(root_); }

private:
  /// Where the next value goes.
  model::value& slot();
  bool refuse_depth();

  std::size_t max_depth_;
  model::value root_;
  /// The open containers, outermost first. An outer one does not grow while an inner one is open, so none moves.
  std::vector<model::value*> open_;
  std::string error_;
};

} // namespace towncrier::codec
