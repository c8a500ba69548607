#pragma once

namespace towncrier::ops {

/// What this process uses of the machine.
struct process_usage {
  double resident_bytes = 0;
  double heap_bytes = 0; ///< handed out by malloc
  double cpu_seconds = 0;
  double open_files = 0;
};

/// Reads it from the system; what cannot be read is 0.
process_usage read_process_usage();

} // namespace towncrier::ops
