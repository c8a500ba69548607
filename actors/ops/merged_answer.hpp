#pragma once

#include "model/value.hpp"

#include <string>
#include <utility>
#include <vector>

namespace towncrier::ops {

/// What several nodes answered to one question, as one answer: `mine` first. Lists of one name are joined, counts and
/// rates added; the actors of `top` and `actors` stand in the order that was asked for, as many as were. Of acts, the
/// first that was done.
model::value merged(const model::object& question, model::value mine,
                    std::vector<std::pair<std::string, model::value>> theirs);

} // namespace towncrier::ops
