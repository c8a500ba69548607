#include "nodes/commands/interrupt.hpp"

#include <csignal>

namespace towncrier::commands {

namespace {

volatile std::sig_atomic_t flag = 0;

extern "C" void note_interrupt(int) { flag = 1; }

} // namespace

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = note_interrupt;
  // A second one ends the program, should it hang.
  action.sa_flags = SA_RESETHAND;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool interrupted() noexcept { return flag != 0; }

} // namespace towncrier::commands
