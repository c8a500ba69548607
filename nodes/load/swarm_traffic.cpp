#include "nodes/load/clock.hpp"
#include "nodes/load/published_message.hpp"
#include "nodes/load/swarm.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <sys/epoll.h>

namespace towncrier::load {

namespace {

/// A slow viewer's kernel must not read for it what it does not read itself, in bytes.
constexpr int slow_receive_buffer = 4096;

/// A publisher wants to hear nothing.
const std::vector<std::string> silence{"none"};

constexpr std::uint8_t text_frame = 1;
constexpr std::uint8_t binary_frame = 2;
constexpr std::uint8_t close_frame = 8;
constexpr std::uint8_t ping_frame = 9;
constexpr std::uint8_t pong_frame = 10;

} // namespace

// Connections

void swarm::begin(std::size_t index) {
  auto& x = viewers_[index];
  auto made = socket::connect(server_, x.slow ? slow_receive_buffer : 0);
  if (!made)
    return end(index, viewer::phase::refused, made.error());
  x.socket = std::move(*made);
  x.stage = viewer::phase::connecting;
  watch(index, EPOLLOUT, true);
}

void swarm::watch(std::size_t index, std::uint32_t events, bool anew) {
  epoll_event event{};
  event.events = events;
  event.data.u32 = static_cast<std::uint32_t>(index);
  epoll_ctl(epoll_, anew ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, viewers_[index].socket.fd(), &event);
}

void swarm::on_ready(std::size_t index, std::uint32_t events) {
  auto& x = viewers_[index];
  if (x.stage == viewer::phase::connecting)
    return on_connected(index);
  if ((events & EPOLLOUT) != 0 && is_publisher(index))
    flush_publisher();
  if ((events & ~std::uint32_t{EPOLLOUT}) != 0)
    read(index);
}

void swarm::on_connected(std::size_t index) {
  auto& x = viewers_[index];
  if (const auto error = x.socket.connect_error(); error != 0)
    return end(index, viewer::phase::refused, std::strerror(error));
  const auto position = x.returning && x.position ? *x.position : std::string{};
  const auto request = upgrade_request(asked_, is_publisher(index) ? silence : asked_.subscribe, position);
  if (x.socket.send(request) != static_cast<ssize_t>(request.size()))
    return end(index, viewer::phase::refused, "the knock was not taken");
  x.stage = viewer::phase::knocking;
  watch(index, EPOLLIN, false);
}

/// A viewer has become live, or is so no more.
void swarm::count(const viewer& x, bool live) noexcept {
  live_ += live ? 1 : -1;
  if (!x.slow)
    live_fast_ += live ? 1 : -1;
}

void swarm::end(std::size_t index, viewer::phase how, std::string why) {
  auto& x = viewers_[index];
  if (x.stage == viewer::phase::live && !is_publisher(index)) {
    count(x, false);
    // In a test of messages under way, nothing more is to be expected of it.
    pacer_.forget();
  }
  const auto refused = how == viewer::phase::refused;
  auto& first = refused ? results_.first_refusal : results_.first_loss;
  if (first.empty())
    first = is_publisher(index) ? "the publisher: " + why : std::move(why);
  ++(refused ? results_.refused : results_.lost_connections);
  x.stage = how;
  x.socket.close();
}

// What comes

void swarm::read(std::size_t index) {
  auto& x = viewers_[index];
  for (;;) {
    const auto n = x.socket.receive(buffer_);
    if (n == socket::would_block)
      return;
    if (n <= 0)
      return end(index, x.stage == viewer::phase::live ? viewer::phase::lost : viewer::phase::refused,
                 n == 0 ? "the server closed the connection" : std::strerror(errno));
    bytes_ += static_cast<std::uint64_t>(n);
    const std::string_view came{buffer_.data(), static_cast<std::size_t>(n)};
    if (x.partial.empty()) {
      x.partial = came.substr(consume(index, came));
    } else {
      x.partial += came;
      auto whole = std::move(x.partial);
      x.partial.clear();
      x.partial = std::string_view{whole}.substr(consume(index, whole));
    }
    if (x.partial.empty())
      x.partial.shrink_to_fit();
    if (!x.socket.open() || static_cast<std::size_t>(n) < buffer_.size())
      return;
  }
}

void swarm::read_slowly() {
  const auto size = std::min(asked_.slow_rate / 10, buffer_.size());
  for (std::size_t i = 0; size != 0 && i + 1 < viewers_.size(); ++i) {
    auto& x = viewers_[i];
    if (!x.slow || x.stage != viewer::phase::live)
      continue;
    if (const auto n = x.socket.receive({buffer_.data(), size}); n > 0) {
      x.partial.append(buffer_, 0, static_cast<std::size_t>(n));
      const auto whole = std::move(x.partial);
      x.partial = std::string_view{whole}.substr(consume(i, whole));
    }
  }
}

/// How much of `bytes` was used.
std::size_t swarm::consume(std::size_t index, std::string_view bytes) {
  auto left = bytes;
  if (viewers_[index].stage == viewer::phase::knocking && !take_answer(index, left))
    return bytes.size() - left.size();
  while (viewers_[index].socket.open()) {
    const auto frame = first_frame(left);
    if (frame.size == 0)
      break;
    left.remove_prefix(frame.size);
    take_frame(index, frame);
  }
  return bytes.size() - left.size();
}

bool swarm::take_answer(std::size_t index, std::string_view& bytes) {
  auto answer = read_knock_answer(bytes);
  if (answer.size == 0)
    return false;
  bytes.remove_prefix(answer.size);
  if (!answer.refusal.empty()) {
    end(index, viewer::phase::refused, std::move(answer.refusal));
    return false;
  }
  auto& x = viewers_[index];
  x.stage = viewer::phase::live;
  if (is_publisher(index))
    return true;
  if (!x.returning)
    x.account.begin_after(pacer_.last());
  count(x, true);
  if (x.slow && !all_read_)
    epoll_ctl(epoll_, EPOLL_CTL_DEL, x.socket.fd(), nullptr);
  return true;
}

void swarm::take_frame(std::size_t index, const server_frame& x) {
  auto& who = viewers_[index];
  if (x.opcode == ping_frame) {
    if (is_publisher(index))
      outgoing_ += client_frame(pong_frame, x.payload);
    else
      who.socket.send(client_frame(pong_frame, x.payload));
    return;
  }
  if (x.opcode == close_frame) {
    const auto reason = x.payload.size() > 2 ? ": " + std::string{x.payload.substr(2)} : "";
    const auto code = x.payload.size() < 2
                          ? 1005
                          : static_cast<unsigned char>(x.payload[0]) << 8 | static_cast<unsigned char>(x.payload[1]);
    return end(index, viewer::phase::lost, fmt::format("closed with {}{}", code, reason));
  }
  const auto* found = marks_.read(x);
  if (found == nullptr)
    return end(index, viewer::phase::lost, "a compressed message could not be read");
  if (found->what == marks::type::error) {
    if (results_.errors++ == 0)
      results_.first_error = found->text.substr(0, 300);
    return;
  }
  if (is_publisher(index))
    return;
  if (found->what == marks::type::welcome)
    take_welcome(who, *found);
  else
    take_traffic(who, *found);
}

void swarm::take_welcome(viewer& x, const marks& found) {
  if (!std::exchange(x.returning, false)) {
    x.position = found.position;
    return;
  }
  const auto resumed = number_under(found.text, "resumed").value_or(0) != 0;
  results_.resumed += resumed;
  if (!resumed)
    x.account.skip();
}

void swarm::take_traffic(viewer& x, const marks& found) {
  if (found.what == marks::type::lag)
    x.account.take_lag(number_under(found.text, "conflated").value_or(0),
                       number_under(found.text, "dropped_events").value_or(0));
  if (found.position)
    x.position = found.position;
  if (found.numbers.empty())
    return;
  ++frames_;
  const auto now = now_ns();
  if (found.run && found.numbers.back() <= intended_.size() &&
      x.account.take_run(found.numbers.front(), found.numbers.back()))
    return note_given(x, found.numbers.front(), found.numbers.back(), now);
  for (const auto n : found.numbers)
    if (x.account.take(n) && n <= intended_.size() && n != 0)
      note_given(x, n, n, now);
}

/// Numbers `first` to `last` are new to `x`.
void swarm::note_given(const viewer& x, std::uint32_t first, std::uint32_t last, std::uint64_t now) {
  deliveries_ += last - first + 1;
  if (x.slow)
    return;
  pacer_.reached(first, last);
  for (auto n = std::max(first, measured_from_); measuring_ && n <= last; ++n)
    results_.latency.add(now - std::min(now, intended_[n - 1]));
}

// What goes

void swarm::publish_due(std::uint64_t now) {
  for (auto due = pacer_.due(now); due <= now; due = pacer_.due(now))
    publish(due);
  flush_publisher();
}

void swarm::publish(std::uint64_t intended) {
  pacer_.published(live_fast_);
  intended_.push_back(intended);
  const auto opcode = asked_.msgpack ? binary_frame : text_frame;
  outgoing_ += client_frame(opcode, published_message(asked_, pacer_.last()));
}

void swarm::flush_publisher() {
  const auto index = viewers_.size() - 1;
  auto& x = viewers_.back();
  while (!outgoing_.empty() && x.stage == viewer::phase::live) {
    const auto n = x.socket.send(outgoing_);
    if (n == socket::broken) {
      publishing_ = false;
      return end(index, viewer::phase::lost, std::strerror(errno));
    }
    if (n == socket::would_block) {
      if (!std::exchange(publisher_waits_, true))
        watch(index, EPOLLIN | EPOLLOUT, false);
      return;
    }
    outgoing_.erase(0, static_cast<std::size_t>(n));
  }
  if (std::exchange(publisher_waits_, false) && x.socket.open())
    watch(index, EPOLLIN, false);
}

} // namespace towncrier::load
