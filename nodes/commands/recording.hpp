#pragma once

#include "model/result.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace towncrier::commands {

/// One line of recorded movement: where one vehicle is at one time.
struct movement_row {
  double t = 0; ///< seconds, with fractions
  std::string id;
  std::string state;
  std::string location;
  double x = 0;
  double y = 0;
  std::optional<double> angle;
  std::optional<double> speed;
  bool integer_id = false; ///< whether `id` was written as a number
};

/// Reads one line, `{"t":1,"id":"0","state":"DRIVING","location":"...","x":1.5,"y":2.5,"angle":90.0,"speed":8.1}`.
/// `t` may have fractions of a second, `id` may be an integer, `angle` and `speed` may be missing; other members are
/// ignored. The error says which member is wrong, and what would be right.
model::result<movement_row> parse_row(std::string_view line);

/// The rows of one time.
struct movement_step {
  double t = 0;
  std::vector<movement_row> rows;
};

/// A file of recorded movement, one JSON object a line, plain or gzip, in the order of time. It may begin with a byte
/// order mark, its lines may end with a carriage return, and blank ones are passed over.
class recording {
public:
  static model::result<recording> open(const std::string& path);

  /// The rows of the next time; an empty optional at the end. The error names `file:line`.
  model::result<std::optional<movement_step>> next();

  /// How much of the file has been read, from 0 to 1.
  double progress() const;

  recording(recording&&) noexcept;
  recording& operator=(recording&&) noexcept;
  ~recording();

private:
  struct impl;
  explicit recording(std::unique_ptr<impl> x);

  std::unique_ptr<impl> impl_;
};

} // namespace towncrier::commands
