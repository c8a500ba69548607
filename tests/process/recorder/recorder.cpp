#include "recorder.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <sys/epoll.h>
#include <unistd.h>

namespace recorder {

namespace {

constexpr std::uint32_t commands_mark = ~0U;
constexpr int pause_ms = 10;
constexpr std::uint64_t report_interval = 200'000;

volatile std::sig_atomic_t told_to_end = 0;

std::string made(const std::string& folder) {
  std::filesystem::create_directories(folder);
  return folder;
}

} // namespace

recorder::recorder(options x)
    : asked_(std::move(x)), frames_(made(asked_.out) + "/frames.bin"), log_(asked_.out + "/journal.bin"),
      edges_(asked_.edges), shared_{frames_, log_, edges_, asked_.silence_ms * 1000},
      epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  std::signal(SIGTERM, [](int) { told_to_end = 1; });
  std::signal(SIGINT, [](int) { told_to_end = 1; });
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u32 = commands_mark;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, STDIN_FILENO, &event);
  add(asked_.viewers);
}

recorder::~recorder() { close(epoll_); }

void recorder::run() {
  std::array<epoll_event, 256> events{};
  while (!ends_ && told_to_end == 0) {
    const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), pause_ms);
    for (int i = 0; i < count; ++i) {
      const auto mark = events[static_cast<std::size_t>(i)].data.u32;
      mark == commands_mark ? read_commands() : on_viewer(mark);
    }
    const auto now = now_us();
    tick(now);
    report(now);
  }
  finish();
}

void recorder::add(std::uint32_t count) {
  const auto now = now_us();
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto index = static_cast<std::uint32_t>(viewers_.size());
    const auto edge = static_cast<std::uint32_t>(index / 2 % edges_.size());
    const auto at = now + 1'000'000ULL * i / asked_.ramp;
    viewers_.push_back(std::make_unique<viewer>(index, index % 2 == 0 ? format::json : format::msgpack, edge, at));
  }
}

void recorder::tick(std::uint64_t now) {
  for (std::uint32_t i = 0; i < viewers_.size(); ++i) {
    if (!viewers_[i]->tick(shared_, now))
      continue;
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.u32 = i;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, viewers_[i]->socket(), &event);
  }
}

void recorder::on_viewer(std::uint32_t index) { viewers_[index]->on_ready(shared_); }

void recorder::read_commands() {
  char buffer[4096];
  const auto count = read(STDIN_FILENO, buffer, sizeof buffer);
  if (count <= 0) {
    ends_ = true;
    return;
  }
  commands_.append(buffer, static_cast<std::size_t>(count));
  for (std::size_t end; (end = commands_.find('\n')) != std::string::npos; commands_.erase(0, end + 1))
    obey(commands_.substr(0, end));
}

void recorder::obey(const std::string& command) {
  if (command == "finish")
    ends_ = true;
  else if (command.starts_with("add "))
    add(static_cast<std::uint32_t>(std::max(0, std::atoi(command.c_str() + 4))));
  else if (command == "patience")
    shared_.silence_us = 0;
  else
    std::fprintf(stderr, "recorder: no such command: %s\n", command.c_str());
}

void recorder::report(std::uint64_t now) {
  if (now < next_report_)
    return;
  next_report_ = now + report_interval;
  const auto open =
      std::count_if(viewers_.begin(), viewers_.end(), [](const auto& x) { return x->where() == viewer::phase::open; });
  std::printf(
      "{\"viewers\":%zu,\"open\":%zd,\"deliveries\":%llu,\"frames\":%zu,\"quiet_ms\":%llu}\n", viewers_.size(), open,
      static_cast<unsigned long long>(shared_.deliveries), frames_.size(),
      static_cast<unsigned long long>(shared_.last_news == 0 ? 0 : (now - std::min(now, shared_.last_news)) / 1000));
  std::fflush(stdout);
}

void recorder::finish() {
  for (const auto& x : viewers_)
    x->leave(shared_);
  auto* file = std::fopen((asked_.out + "/meta.json").c_str(), "w");
  if (file == nullptr)
    return;
  std::fprintf(file, "{\"edges\":[");
  for (std::size_t i = 0; i < edges_.size(); ++i)
    std::fprintf(file, "%s\"ws://%s\"", i == 0 ? "" : ",", edges_[i].c_str());
  std::fprintf(file, "],\"viewers\":%zu}\n", viewers_.size());
  std::fclose(file);
}

} // namespace recorder
