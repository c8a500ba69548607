#pragma once

#include <cstdint>
#include <sys/types.h>

namespace towncrier::load {

/// Time that the threads of a process have run, in nanoseconds (`/proc/PID/task/*/schedstat`); 0 when it cannot be
/// read.
std::uint64_t cpu_time(pid_t process);

/// Memory that a process has for itself and that is in RAM, in bytes (`RssAnon`); 0 when it cannot be read.
std::uint64_t own_memory(pid_t process);

} // namespace towncrier::load
