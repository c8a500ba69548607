#pragma once

#include "model/batch.hpp"
#include "model/result.hpp"

#include <string>
#include <string_view>

namespace towncrier::codec {

/// The canonical form in which a batch travels between nodes: MessagePack, described in README.md.
std::string encode_batch(const model::batch& x);

/// Reads what `encode_batch` wrote; the failure says what was wrong with anything else. Total, as all our readers.
model::result<model::batch> parse_batch(std::string_view bytes);

} // namespace towncrier::codec
