#pragma once

#include "model/result.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace towncrier::node {

/// The file that keeps, for the next life of this node, a number above all epochs of this one. It holds the number
/// alone, and is replaced as a whole: whoever ends meanwhile leaves the one before or the new one.
class life_file {
public:
  explicit life_file(std::string path) : path_(std::move(path)) {}

  /// What is kept; 0: nothing yet, there is no file. The error says what is wrong with it.
  model::result<std::uint64_t> read() const;

  /// Keeps `number`; gives why that cannot be done.
  std::optional<model::failure> write(std::uint64_t number) const;

private:
  std::string path_;
};

} // namespace towncrier::node
