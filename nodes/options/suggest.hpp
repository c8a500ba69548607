#pragma once

#include <span>
#include <string>
#include <string_view>

namespace towncrier::node {

/// The one of `known` that `word` is most likely a misspelling of; empty when none is near. `-` and `_` are the same.
/// Source: the optimal string alignment distance (Damerau, 1964): insert, delete, replace, swap neighbours.
std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

/// `; did you mean 'x'?` for the nearest of `known`, or nothing.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> known);

} // namespace towncrier::node
