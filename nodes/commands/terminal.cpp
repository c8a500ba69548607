#include "nodes/commands/terminal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace towncrier::commands {

namespace {

void put(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

bool readable(std::chrono::milliseconds wait) {
  pollfd in{STDIN_FILENO, POLLIN, 0};
  return ::poll(&in, 1, static_cast<int>(wait.count())) > 0;
}

} // namespace

bool is_terminal() { return ::isatty(STDIN_FILENO) != 0 && ::isatty(STDOUT_FILENO) != 0; }

terminal::terminal() {
  ::tcgetattr(STDIN_FILENO, &before_);
  auto raw = before_;
  raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw);
  put("\x1b[?1049h\x1b[?25l"); // the other screen, no cursor
}

terminal::~terminal() {
  put("\x1b[?25h\x1b[?1049l");
  ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
}

struct terminal::size terminal::size() const {
  winsize x{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &x) != 0 || x.ws_row == 0 || x.ws_col == 0)
    return {};
  return {x.ws_row, x.ws_col};
}

void terminal::show(const std::string& text) {
  const auto now = size();
  std::string out = "\x1b[H";
  std::size_t from = 0;
  for (std::size_t row = 0; row < now.rows && from <= text.size(); ++row) {
    const auto end = std::min(text.find('\n', from), text.size());
    if (row != 0)
      out += "\r\n";
    // Lines in colour were cut by whoever coloured them.
    const auto length =
        text[std::min(from, text.size() - 1)] == '\x1b' ? end - from : std::min(end - from, now.columns);
    out += text.substr(from, length) + "\x1b[K";
    from = end + 1;
  }
  put(out + "\x1b[J");
}

int terminal::key(std::chrono::milliseconds wait) {
  char c = 0;
  if (!readable(wait) || ::read(STDIN_FILENO, &c, 1) != 1)
    return 0;
  if (c != '\x1b' || !readable(std::chrono::milliseconds{20}))
    return static_cast<unsigned char>(c);
  char rest[2] = {}; // no more: the next key may be there already
  const auto n = ::read(STDIN_FILENO, rest, sizeof rest);
  return n < 2 ? 0 : 0x100 | static_cast<unsigned char>(rest[1]);
}

} // namespace towncrier::commands
