#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <termios.h>

namespace towncrier::commands {

/// A full-screen view on stdout: keys come one at a time, and the terminal is as it was when this goes.
class terminal {
public:
  terminal();
  ~terminal();
  terminal(const terminal&) = delete;
  terminal& operator=(const terminal&) = delete;

  struct size {
    std::size_t rows = 24;
    std::size_t columns = 80;
  };
  terminal::size size() const;

  /// Replaces what is shown; lines beyond the screen are left out.
  void show(const std::string& text);

  /// The next key within `wait`; 0: none. An escape sequence (an arrow) reads as its last letter, marked by 0x100.
  int key(std::chrono::milliseconds wait);

private:
  termios before_{};
};

/// Whether both ends are a terminal.
bool is_terminal();

} // namespace towncrier::commands
