#include "raw_client.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <limits>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace towncrier::ws::test {

namespace {

constexpr int wait_seconds = 20;

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t x = 0;
  for (const auto c : bytes)
    x = x << 8 | static_cast<unsigned char>(c);
  return x;
}

void append_big_endian(std::string& out, std::uint64_t x, int bytes) {
  for (int i = bytes - 1; i >= 0; --i)
    out.push_back(static_cast<char>(x >> (8 * i) & 0xFF));
}

} // namespace

std::uint16_t raw_frame::code() const {
  return payload.size() < 2 ? std::uint16_t{0} : static_cast<std::uint16_t>(big_endian(payload.substr(0, 2)));
}

raw_client::raw_client(std::uint16_t port, int receive_buffer) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
  if (receive_buffer > 0)
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  const timeval limit{wait_seconds, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  const int on = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::connect(descriptor_, reinterpret_cast<const sockaddr*>(&where), sizeof where);
}

raw_client::~raw_client() { close(); }

bool raw_client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0)
      return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

std::string raw_client::upgrade_request(std::string_view target, std::string_view extra, std::string_view key,
                                        std::string_view version) {
  std::string x = "GET ";
  x.append(target).append(" HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n");
  x.append("Sec-WebSocket-Key: ").append(key).append("\r\nSec-WebSocket-Version: ").append(version).append("\r\n");
  return x.append(extra).append("\r\n");
}

std::string raw_client::upgrade(std::string_view target, std::string_view extra) {
  send(upgrade_request(target, extra));
  return read_head();
}

bool raw_client::fill() {
  if (at_ > 0) {
    buffer_.erase(0, at_);
    at_ = 0;
  }
  std::array<char, 65536> bytes;
  const auto n = ::recv(descriptor_, bytes.data(), bytes.size(), 0);
  if (n > 0)
    buffer_.append(bytes.data(), static_cast<std::size_t>(n));
  return n > 0;
}

std::string raw_client::read_head() {
  auto end = buffer_.find("\r\n\r\n", at_);
  while (end == std::string::npos && fill())
    end = buffer_.find("\r\n\r\n", at_);
  return read(end == std::string::npos ? buffer_.size() - at_ : end + 4 - at_);
}

std::string raw_client::read(std::size_t size) {
  std::string out;
  while (out.size() < size) {
    if (at_ == buffer_.size() && !fill())
      break;
    const auto n = std::min(size - out.size(), buffer_.size() - at_);
    out.append(buffer_, at_, n);
    at_ += n;
  }
  return out;
}

std::string raw_client::read_all() { return read(std::numeric_limits<std::size_t>::max()); }

std::optional<raw_frame> raw_client::read_frame() {
  const auto head = read(2);
  if (head.size() < 2)
    return std::nullopt;
  raw_frame x;
  x.final = (head[0] & 0x80) != 0;
  x.compressed = (head[0] & 0x40) != 0;
  x.opcode = head[0] & 0x0F;
  x.masked = (head[1] & 0x80) != 0;
  std::uint64_t size = head[1] & 0x7F;
  if (size >= 126)
    size = big_endian(read(size == 126 ? 2 : 8));
  x.payload = read(size);
  return x.payload.size() == size ? std::optional{x} : std::nullopt;
}

std::uint16_t raw_client::read_close() {
  while (const auto frame = read_frame())
    if (frame->opcode == 8)
      return frame->code();
  return 0;
}

void raw_client::reset() {
  const linger at_once{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close();
}

void raw_client::shut_down_sending() { ::shutdown(descriptor_, SHUT_WR); }

void raw_client::close() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
  descriptor_ = -1;
}

std::string client_frame(int opcode, std::string_view payload, bool final, bool compressed, bool masked,
                         std::optional<std::uint64_t> claimed) {
  const std::uint64_t size = claimed.value_or(payload.size());
  const int mask_bit = masked ? 0x80 : 0;
  std::string x;
  x.push_back(static_cast<char>((final ? 0x80 : 0) | (compressed ? 0x40 : 0) | opcode));
  if (size < 126) {
    x.push_back(static_cast<char>(mask_bit | static_cast<int>(size)));
  } else {
    x.push_back(static_cast<char>(mask_bit | (size < 65536 ? 126 : 127)));
    append_big_endian(x, size, size < 65536 ? 2 : 8);
  }
  constexpr std::string_view key = "\x11\x22\x33\x44";
  if (masked)
    x.append(key);
  for (std::size_t i = 0; i < payload.size(); ++i)
    x.push_back(static_cast<char>(payload[i] ^ (masked ? key[i % 4] : '\0')));
  return x;
}

} // namespace towncrier::ws::test
