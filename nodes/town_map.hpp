#pragma once

#include "model/result.hpp"
#include "town/definition.hpp"

#include <string>

namespace towncrier::node {

/// Reads the town's file, or the built-in one when `path` is empty.
model::result<town::definition> read_town(const std::string& path);

/// Places and streets as JSON, for a page that draws them:
/// `{name, width, height, places: [{name, x, y, kind}], streets: [{name, points: [[x, y], ...]}]}`.
std::string town_map_json(const town::definition& x);

} // namespace towncrier::node
