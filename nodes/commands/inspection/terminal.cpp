#include "nodes/commands/inspection/terminal.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <limits>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace towncrier::commands {

namespace {

/// What follows an escape belongs to it when it comes within this time.
constexpr std::chrono::milliseconds escape_time{25};

volatile std::sig_atomic_t continued = 0;

extern "C" void note_change(int signal) { continued = continued | (signal == SIGCONT ? 1 : 0); }

/// So that `poll` returns at once.
void watch(int signal) {
  struct sigaction action {};
  action.sa_handler = note_change;
  sigaction(signal, &action, nullptr);
}

void put(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

screen_size size_of(int descriptor) {
  winsize x{};
  if (::ioctl(descriptor, TIOCGWINSZ, &x) != 0 || x.ws_row == 0 || x.ws_col == 0)
    return {};
  return {x.ws_row, x.ws_col};
}

} // namespace

bool is_terminal() { return ::isatty(STDIN_FILENO) != 0 && ::isatty(STDOUT_FILENO) != 0; }

std::size_t output_width() {
  return ::isatty(STDOUT_FILENO) != 0 ? size_of(STDOUT_FILENO).columns : std::numeric_limits<std::size_t>::max() / 2;
}

terminal::terminal() {
  ::tcgetattr(STDIN_FILENO, &before_);
  watch(SIGWINCH);
  watch(SIGCONT);
  enter();
}

terminal::~terminal() { leave(); }

void terminal::enter() {
  auto raw = before_;
  raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  // A key that interrupts throws away what was typed before it: a read must not wait for that then.
  raw.c_cc[VMIN] = 0;
  raw.c_cc[VTIME] = 0;
  raw.c_cc[VSUSP] = _POSIX_VDISABLE; // a stopped program would leave the screen as it is
  ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw);
  put("\x1b[?1049h\x1b[?25l\x1b[2J"); // the other screen, no cursor
}

void terminal::leave() {
  put("\x1b[0m\x1b[?25h\x1b[?1049l");
  ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
}

screen_size terminal::size() const { return size_of(STDOUT_FILENO); }

void terminal::show(const std::vector<std::string>& lines) {
  std::string out = "\x1b[H";
  const auto shown = std::min(lines.size(), size().rows);
  for (std::size_t i = 0; i < shown; ++i)
    out += (i == 0 ? "" : "\r\n") + lines[i] + "\x1b[0m\x1b[K";
  put(out + "\x1b[J");
}

std::vector<key_press> terminal::wait(std::chrono::milliseconds wait, int other) {
  // The rest of an escape sequence, or nothing, comes at once.
  const auto time = unread_.empty() ? wait : escape_time;
  pollfd both[2] = {{STDIN_FILENO, POLLIN, 0}, {other, POLLIN, 0}};
  const auto ready = ::poll(both, other < 0 ? 1 : 2, static_cast<int>(time.count()));
  if (continued != 0) { // somebody else had the terminal meanwhile
    continued = 0;
    enter();
  }
  if (ready > 0 && (both[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
    char bytes[256];
    const auto n = ::read(STDIN_FILENO, bytes, sizeof bytes);
    gone_ = n <= 0 && (both[0].revents & (POLLHUP | POLLERR)) != 0;
    if (n > 0)
      unread_.append(bytes, static_cast<std::size_t>(n));
  }
  std::string_view left = unread_;
  auto keys = decode_keys(left, ready == 0);
  unread_.erase(0, unread_.size() - left.size());
  return keys;
}

} // namespace towncrier::commands
