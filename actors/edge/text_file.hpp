#pragma once

#include "model/result.hpp"

#include <string>

namespace towncrier::edge {

/// The whole of a small file. The error names the file and says why it cannot be read.
model::result<std::string> read_text_file(const std::string& path);

} // namespace towncrier::edge
