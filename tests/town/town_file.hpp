#pragma once

#include "town/simulation.hpp"

#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>

namespace towncrier::town {

/// The town that comes with the program, as text.
inline std::string town_text() {
  std::ifstream file{TOWNCRIER_TOWN_FILE};
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// The same, read once. Every test relies on it: without it there is nothing to test.
inline const definition& built_in_town() {
  static const auto town = [] {
    auto read = load_definition(town_text());
    if (!read)
      throw std::runtime_error{read.error()};
    return *read;
  }();
  return town;
}

/// The same, for who shares it.
inline std::shared_ptr<const definition> shared_town() { return std::make_shared<const definition>(built_in_town()); }

/// A text member of an event's data; empty when there is none.
inline std::string text_of(const model::event_input& x, std::string_view key) {
  const auto* found = x.data.find(key);
  const auto* text = found ? found->get_if<std::string>() : nullptr;
  return text ? *text : std::string{};
}

} // namespace towncrier::town
