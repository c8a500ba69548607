#include "viewer.hpp"

#include "options.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cstdlib>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <random>
#include <sys/socket.h>
#include <unistd.h>

namespace recorder {

namespace {

/// How long a server may take to let a viewer in, in microseconds.
constexpr std::uint64_t upgrade_patience = 3'000'000;

std::uint64_t random_below(std::uint64_t limit) {
  static std::minstd_rand dice{std::random_device{}()};
  return std::uniform_int_distribution<std::uint64_t>{0, limit - 1}(dice);
}

/// Jittered, so that those whom a dead edge lost do not all knock at once.
std::uint64_t pause_before(std::uint32_t failures) {
  const std::uint64_t most = std::min<std::uint64_t>(100'000ULL << std::min(failures, 5U), 2'000'000);
  return 1 + random_below(most);
}

} // namespace

viewer::viewer(std::uint32_t index, format how, std::uint32_t edge, std::uint64_t at)
    : index_(index), how_(how), edge_(edge), due_(at) {}

bool viewer::tick(shared_state& with, std::uint64_t now) {
  if (due_ == 0 || now < due_)
    return false;
  if (phase_ == phase::waiting) {
    connect(with, now);
    return phase_ == phase::connecting;
  }
  if (phase_ == phase::open && with.silence_us == 0)
    due_ = 0; // it may be silent from now on
  else if (phase_ == phase::open)
    lose(with, happening::cut, ETIMEDOUT);
  else if (phase_ != phase::gone)
    lose(with, happening::refused, 0);
  return false;
}

bool viewer::on_ready(shared_state& with) {
  if (phase_ == phase::connecting && !begin_upgrade(with))
    return false;
  return phase_ == phase::gone || phase_ == phase::waiting ? false : read(with);
}

void viewer::leave(shared_state& with) {
  if (phase_ == phase::open) {
    send(websocket::client_frame(websocket::close_frame, std::string_view{"\x03\xe8", 2}));
    with.log.note(now_us(), index_, happening::left);
  }
  if (socket_ >= 0)
    close(socket_);
  socket_ = -1;
  phase_ = phase::gone;
}

void viewer::connect(shared_state& with, std::uint64_t now) {
  with.log.note(now, index_, happening::connecting, edge_);
  const auto& host = with.edges[edge_];
  const auto colon = host.rfind(':');
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(std::atoi(host.c_str() + colon + 1)));
  const auto name = host.substr(0, colon);
  inet_pton(AF_INET, name == "localhost" ? "127.0.0.1" : name.c_str(), &to.sin_addr);
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  received_.clear();
  fragments_.clear();
  phase_ = phase::connecting;
  due_ = now + upgrade_patience;
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 && errno != EINPROGRESS)
    lose(with, happening::refused, 0);
}

bool viewer::begin_upgrade(shared_state& with) {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0)
    return lose(with, happening::refused, 0);
  asked_to_resume_ = !position_.empty();
  send(websocket::upgrade_request(with.edges[edge_], how_, position_));
  phase_ = phase::upgrading;
  return true;
}

bool viewer::read(shared_state& with) {
  static char buffer[256 * 1024];
  for (;;) {
    const auto count = recv(socket_, buffer, sizeof buffer, 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
      return true;
    if (count <= 0)
      return lose(with, phase_ == phase::open ? happening::cut : happening::refused,
                  count < 0 && phase_ == phase::open ? static_cast<std::uint32_t>(errno) : 0);
    received_.append(buffer, static_cast<std::size_t>(count));
    if (phase_ == phase::upgrading && !take_response(with))
      return phase_ == phase::upgrading;
    if (phase_ == phase::open && !take_frames(with))
      return false;
    if (static_cast<std::size_t>(count) < sizeof buffer)
      return true;
  }
}

bool viewer::take_response(shared_state& with) {
  const auto end = received_.find("\r\n\r\n");
  if (end == std::string::npos)
    return false;
  const auto status = static_cast<std::uint32_t>(std::atoi(received_.c_str() + std::min<std::size_t>(9, end)));
  if (status != 101) {
    lose(with, happening::refused, status);
    return false;
  }
  received_.erase(0, end + 4);
  phase_ = phase::open;
  failures_ = 0;
  due_ = with.silence_us == 0 ? 0 : now_us() + with.silence_us;
  with.log.note(now_us(), index_, happening::open, asked_to_resume_ ? 1 : 0);
  constexpr std::string_view json = R"({"type":"subscribe","data":{"channels":["world"],"snapshot":true}})";
  constexpr std::string_view msgpack{"\x82\xa4type\xa9subscribe\xa4"
                                     "data\x82\xa8"
                                     "channels\x91\xa5world\xa8snapshot\xc3"};
  if (!asked_to_resume_)
    send(how_ == format::json ? websocket::client_frame(websocket::text_frame, json)
                              : websocket::client_frame(websocket::binary_frame, msgpack));
  return true;
}

bool viewer::take_frames(shared_state& with) {
  std::size_t taken = 0;
  while (const auto x = websocket::first_frame(std::string_view{received_}.substr(taken))) {
    if (x->breach)
      return lose(with, happening::breach, x->opcode);
    taken += x->size;
    if (x->opcode >= websocket::close_frame) {
      if (!take_control(with, *x))
        return false;
    } else if (x->final && fragments_.empty()) {
      take_message(with, x->payload);
    } else {
      fragments_ += x->payload;
      if (x->final) {
        take_message(with, fragments_);
        fragments_.clear();
      }
    }
  }
  received_.erase(0, taken);
  return true;
}

bool viewer::take_control(shared_state& with, const websocket::frame& x) {
  if (x.opcode == websocket::ping)
    send(websocket::client_frame(websocket::pong, x.payload));
  if (x.opcode != websocket::close_frame)
    return true;
  send(websocket::client_frame(websocket::close_frame, x.payload.substr(0, 2)));
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<std::uint8_t>(x.payload[i])); };
  return lose(with, happening::closed, x.payload.size() < 2 ? 1005 : byte(0) << 8 | byte(1));
}

void viewer::take_message(shared_state& with, std::string_view payload) {
  const auto now = now_us();
  const auto& facts = with.frames.put(payload, how_);
  with.log.note(now, index_, happening::frame, facts.id);
  ++with.deliveries;
  if (facts.type != "heartbeat")
    with.last_news = now;
  if (with.silence_us != 0)
    due_ = now + with.silence_us;
  for (const auto& url : facts.edges)
    if (const auto host = host_of(url); std::find(with.edges.begin(), with.edges.end(), host) == with.edges.end())
      with.edges.push_back(host);
  note_position(facts);
}

void viewer::note_position(const frame_facts& facts) {
  if (facts.type == "welcome") {
    // What was missed, or the snapshot instead of it, is still to come; until then it stands where it stood. One that
    // begins has asked for a snapshot, and begins again when it is cut before that.
    if (asked_to_resume_ && !facts.resumed)
      position_.assign(1, '-');
    return;
  }
  if (!facts.position.empty())
    position_ = facts.position;
}

bool viewer::lose(shared_state& with, happening how, std::uint32_t value) {
  const auto now = now_us();
  with.log.note(now, index_, how, value);
  close(socket_);
  socket_ = -1;
  phase_ = phase::waiting;
  due_ = now + pause_before(failures_++);
  if (with.edges.size() > 1)
    edge_ = static_cast<std::uint32_t>((edge_ + 1 + random_below(with.edges.size() - 1)) % with.edges.size());
  return false;
}

void viewer::send(std::string_view bytes) const {
  // A viewer says next to nothing: it always fits, or the connection is lost, which reading will tell.
  [[maybe_unused]] const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

} // namespace recorder
