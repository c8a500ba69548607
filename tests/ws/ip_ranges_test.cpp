#include "ws/ip_ranges.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace towncrier::ws {

namespace {

bool in(const char* range, const char* address) {
  ip_ranges x;
  EXPECT_FALSE(x.add(range)) << range;
  return x.contains(*parse_ip(address));
}

std::string read(const char* text) {
  const auto x = parse_ip_endpoint(text);
  return x ? x->text() : "none";
}

} // namespace

TEST(ip_ranges, contain_what_they_say) {
  EXPECT_TRUE(in("10.0.0.0/8", "10.255.0.1"));
  EXPECT_FALSE(in("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(in("192.0.2.128/25", "192.0.2.128"));
  EXPECT_FALSE(in("192.0.2.128/25", "192.0.2.127"));
  EXPECT_TRUE(in("192.0.2.1", "::ffff:192.0.2.1"));
  EXPECT_FALSE(in("192.0.2.1", "192.0.2.2"));
  EXPECT_TRUE(in("fd00::/8", "fdff::1"));
  EXPECT_FALSE(in("fd00::/8", "fe00::1"));
  EXPECT_TRUE(in("0.0.0.0/0", "8.8.8.8"));
  EXPECT_FALSE(in("0.0.0.0/0", "2001:db8::1"));
  EXPECT_TRUE(in("::/0", "8.8.8.8"));
  EXPECT_TRUE(in("::ffff:10.0.0.0/104", "10.1.2.3"));
  EXPECT_FALSE(ip_ranges{}.contains(*parse_ip("127.0.0.1")));
}

TEST(ip_ranges, refuse_what_is_none) {
  for (const auto* text :
       {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "10.0.0.1/8", "10.0.0.0/ 8", "::1/129",
        "fd00::1/8", "proxy.example", "10/8", "10.0.0", "[::1]", "10.0.0.0/8/8"})
    EXPECT_TRUE(ip_ranges{}.add(text)) << text;
}

TEST(ip_ranges, endpoints_are_read_with_and_without_a_port) {
  EXPECT_EQ(read("192.0.2.1"), "192.0.2.1:0");
  EXPECT_EQ(read("192.0.2.1:80"), "192.0.2.1:80");
  EXPECT_EQ(read("[2001:DB8:0::1]:80"), "[2001:db8::1]:80");
  EXPECT_EQ(read("2001:db8::1"), "[2001:db8::1]:0");
  EXPECT_EQ(read("[::ffff:192.0.2.1]:1"), "192.0.2.1:1");
  for (const auto* text : {"", ":80", "192.0.2.1:", "192.0.2.1:65536", "192.0.2.1:x", "[::1", "[::1]80",
                           "[192.0.2.1]:1", "a", "::1%lo", "192.0.2.1:-1", " 192.0.2.1"})
    EXPECT_EQ(read(text), "none") << text;
}

} // namespace towncrier::ws
