#pragma once

#include "model/value.hpp"

#include <cstddef>
#include <string>

namespace towncrier::commands {

/// What `/api/v1/why` answers, as a sentence for people.
std::string why_sentence(const model::value& answer);

/// What `/api/v1/nodes` answers: the nodes, and the links of the one that was asked, as tables of lines of at most
/// `width` columns.
std::string node_tables(const model::value& answer, std::size_t width);

} // namespace towncrier::commands
