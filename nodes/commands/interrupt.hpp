#pragma once

namespace towncrier::commands {

/// From now on SIGINT and SIGTERM are noted instead of ending the program at once.
void catch_interrupts();

/// Whether such a signal came.
bool interrupted() noexcept;

} // namespace towncrier::commands
