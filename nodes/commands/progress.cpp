#include "nodes/commands/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <unistd.h>
#include <utility>

namespace towncrier::commands {

namespace {

constexpr std::size_t width = 30;
constexpr std::chrono::milliseconds pause{200};

} // namespace

std::string progress_line(double part, std::size_t messages, std::chrono::duration<double> elapsed) {
  part = std::clamp(part, 0.0, 1.0);
  const auto filled = static_cast<std::size_t>(part * width);
  std::string bar(filled, '=');
  if (filled < width)
    bar += '>';
  const auto rate = elapsed.count() > 0 ? static_cast<double>(messages) / elapsed.count() : 0;
  return fmt::format("[{:<{}}] {:3.0f}%  {} messages  {:.0f}/s", bar, width, part * 100, messages, rate);
}

status_line::status_line() : shown_(::isatty(STDERR_FILENO) != 0) {}

void status_line::show(std::string_view text) {
  if (!shown_)
    return;
  fmt::print(stderr, "\r{}\x1b[K", text);
  std::fflush(stderr);
}

void status_line::clear() {
  if (std::exchange(shown_, false))
    fmt::print(stderr, "\r\x1b[K");
}

void progress_display::update(double part, std::size_t messages) {
  const auto now = clock::now();
  if (!line_.shown() || now - last_ < pause)
    return;
  last_ = now;
  line_.show(progress_line(part, messages, now - start_));
}

} // namespace towncrier::commands
