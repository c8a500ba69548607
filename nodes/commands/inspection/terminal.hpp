#pragma once

#include "nodes/commands/inspection/key.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <termios.h>
#include <vector>

namespace towncrier::commands {

/// How much a terminal shows.
struct screen_size {
  std::size_t rows = 24;
  std::size_t columns = 80;

  friend bool operator==(const screen_size&, const screen_size&) = default;
};

/// A full-screen view on stdout: keys come one at a time, and the terminal is as it was when this goes.
class terminal {
public:
  terminal();
  ~terminal();
  terminal(const terminal&) = delete;
  terminal& operator=(const terminal&) = delete;

  screen_size size() const;

  /// Replaces what is shown; lines beyond the screen are left out. They are not cut: whoever makes them knows the size.
  void show(const std::vector<std::string>& lines);

  /// Waits until keys are pressed, `other` can be read, the size changes or a signal comes, no longer than `wait`;
  /// gives the keys.
  std::vector<key_press> wait(std::chrono::milliseconds wait, int other = -1);

  /// Whether nobody is at the other end any more.
  bool gone() const noexcept { return gone_; }

private:
  void enter();
  void leave();

  termios before_{};
  std::string unread_;
  bool gone_ = false;
};

/// Whether both ends are a terminal.
bool is_terminal();

/// How many columns a list on stdout may have: those of the terminal, or any number where it is none.
std::size_t output_width();

} // namespace towncrier::commands
