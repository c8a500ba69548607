#pragma once

#include "protocol/options.hpp"

namespace towncrier::node {

/// Sends the program's log to stderr, as text (in colour on a terminal alone) or as one JSON object a line, from the
/// configured level on. stdout is for what a program is asked for. Precondition: the options were checked.
void set_up_log(const protocol::log_options& options);

/// Logs from `level` on from now; false, and nothing done: there is no such level.
bool set_log_level(const std::string& level);

} // namespace towncrier::node
