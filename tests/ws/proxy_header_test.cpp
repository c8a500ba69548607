#include "ws/proxy_header.hpp"

#include <gtest/gtest.h>

#include <random>

namespace towncrier::ws {

namespace {

using namespace std::string_literals;
using progress = proxy_header::progress;

const auto signature = "\r\n\r\n\0\r\nQUIT\n"s;

std::string binary(unsigned char command, unsigned char family, const std::string& block) {
  return signature + static_cast<char>(command) + static_cast<char>(family) + static_cast<char>(block.size() >> 8) +
         static_cast<char>(block.size()) + block;
}

const auto block_v4 = "\xCB\0\x71\x09\xC0\0\x02\x01\x10\xE1\x01\xBB"s; // 203.0.113.9:4321 to 192.0.2.1:443
const auto block_v6 = "\x20\x01\x0d\xb8"s + std::string(11, '\0') + '\x09' + std::string(16, '\0') + "\0\x07\x01\xBB"s;

/// What it says, `more`, or `bad`; and that it looks at nothing behind it.
std::string outcome(const std::string& bytes) {
  const auto x = read_proxy_header(bytes);
  if (x.state != progress::done)
    return x.state == progress::more ? "more" : "bad";
  const auto longer = read_proxy_header(bytes + "GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(longer.size, x.size);
  EXPECT_EQ(longer.peer, x.peer);
  EXPECT_EQ(x.size, bytes.size());
  return x.peer.empty() ? "itself" : x.peer;
}

} // namespace

TEST(proxy_header, tells_the_client_in_both_versions) {
  EXPECT_EQ(outcome("PROXY TCP4 203.0.113.9 192.0.2.1 4321 443\r\n"), "203.0.113.9:4321");
  EXPECT_EQ(outcome("PROXY TCP6 2001:db8::9 2001:db8::1 0 443\r\n"), "[2001:db8::9]:0");
  EXPECT_EQ(outcome(binary(0x21, 0x11, block_v4)), "203.0.113.9:4321");
  EXPECT_EQ(outcome(binary(0x21, 0x21, block_v6)), "[2001:db8::9]:7");
  EXPECT_EQ(outcome(binary(0x21, 0x11, block_v4 + std::string(1000, 'x'))), "203.0.113.9:4321");
}

TEST(proxy_header, tells_when_the_proxy_speaks_for_itself) {
  for (const auto& text : {"PROXY UNKNOWN\r\n"s, "PROXY UNKNOWN ffff::1 x 1 2\r\n"s, binary(0x20, 0x00, ""),
                           binary(0x20, 0x11, block_v4), binary(0x21, 0x00, "anything")})
    EXPECT_EQ(outcome(text), "itself");
}

TEST(proxy_header, waits_for_the_rest_of_a_header) {
  for (const auto& whole : {"PROXY TCP4 203.0.113.9 192.0.2.1 4321 443\r\n"s, binary(0x21, 0x21, block_v6)})
    for (std::size_t n = 0; n < whole.size(); ++n)
      EXPECT_EQ(outcome(whole.substr(0, n)), "more") << n;
}

TEST(proxy_header, refuses_everything_else) {
  for (const auto& text : {"GET / HTTP/1.1\r\n"s,
                           "\x16\x03\x01"s,
                           "PROXY  TCP4 1.1.1.1 2.2.2.2 1 2\r\n"s,
                           "PROXY TCP4 1.1.1.1 2.2.2.2 1 2 \r\n"s,
                           "PROXY TCP4 1.1.1.1 2.2.2.2 1\r\n"s,
                           "PROXY TCP4 ::1 ::1 1 2\r\n"s,
                           "PROXY TCP6 1.1.1.1 2.2.2.2 1 2\r\n"s,
                           "PROXY TCP4 1.1.1.1 2.2.2.2 65536 2\r\n"s,
                           "PROXY TCP4 1.1.1.1 2.2.2.2 01 2\r\n"s,
                           "PROXY TCP4 1.1.1.1 2.2.2.2 +1 2\r\n"s,
                           "PROXY UDP4 1.1.1.1 2.2.2.2 1 2\r\n"s,
                           "PROXY TCP4 1.1.1.1 2.2.2.2 1 2\nGET"s,
                           "PROXY \r\n"s,
                           "PROXY " + std::string(101, 'x'),
                           binary(0x11, 0x11, block_v4),
                           binary(0x22, 0x11, block_v4),
                           binary(0x21, 0x12, block_v4),
                           binary(0x21, 0x31, block_v4),
                           binary(0x21, 0x11, block_v4.substr(1)),
                           binary(0x21, 0x21, block_v4),
                           binary(0x21, 0x11, block_v4 + std::string(5000, 'x'))})
    EXPECT_EQ(outcome(text), "bad") << text;
}

TEST(proxy_header, survives_any_bytes) {
  std::mt19937_64 random{7};
  for (int i = 0; i < 20'000; ++i) {
    auto text = random() % 2 == 0 ? signature + "\x21" : "PROXY TCP4 "s;
    for (auto n = random() % 120; n > 0; --n)
      text += "0123456789.: \r\n\x11\x21\0\xff"[random() % 20];
    const auto x = read_proxy_header(text);
    EXPECT_LE(x.size, text.size());
  }
}

} // namespace towncrier::ws
