#include "ws/web_origin.hpp"

#include <gtest/gtest.h>

namespace towncrier::ws {

TEST(web_origin, reads_hosts_with_and_without_a_port) {
  EXPECT_EQ(parse_authority("Town.Example"), (authority{"town.example", 0}));
  EXPECT_EQ(parse_authority("town.example:8443"), (authority{"town.example", 8443}));
  EXPECT_EQ(parse_authority("192.0.2.1:80"), (authority{"192.0.2.1", 80}));
  EXPECT_EQ(parse_authority("[2001:DB8:0:0::1]:443"), (authority{"[2001:db8::1]", 443}));
  EXPECT_EQ(parse_authority("[::1]"), (authority{"[::1]", 0}));
}

TEST(web_origin, refuses_what_is_no_host) {
  for (const auto* text : {"",
                           ":80",
                           "a b",
                           "a/b",
                           "me@town.example",
                           "town.example:",
                           "town.example:0",
                           "town.example:65536",
                           "town.example:+1",
                           "town.example:1:2",
                           "[::1",
                           "::1",
                           "[::1]x",
                           "[::1]:",
                           "[]",
                           "[127.0.0.1]",
                           "[::1%25lo]",
                           "m\xc3\xbcnchen.example",
                           "*.example",
                           "a,b",
                           "a\nb"})
    EXPECT_FALSE(parse_authority(text)) << text;
}

TEST(web_origin, knows_loopback_by_whole_hosts) {
  for (const auto* host : {"localhost", "127.0.0.1", "127.255.255.254", "[::1]"})
    EXPECT_TRUE(is_loopback_host(host)) << host;
  for (const auto* host : {"", "localhost.", "127.0.0.1.", "127.1", "127.evil.example", "127.0.0.1.evil.example",
                           "128.0.0.1", "127.0.0.256", "0127.0.0.1", "127.0.0.01", "[::ffff:127.0.0.1]", "[::2]", "::1",
                           "localhost.evil.example", "evil-localhost"})
    EXPECT_FALSE(is_loopback_host(host)) << host;
}

TEST(web_origin, fills_in_the_port_of_the_scheme) {
  EXPECT_EQ(parse_origin("HTTPS://Town.Example"), (web_origin{"https", "town.example", 443}));
  EXPECT_EQ(parse_origin("http://town.example"), (web_origin{"http", "town.example", 80}));
  EXPECT_EQ(parse_origin("http://town.example:443"), (web_origin{"http", "town.example", 443}));
  EXPECT_EQ(parse_origin("chrome-extension://abc"), (web_origin{"chrome-extension", "abc", 0}));
}

TEST(web_origin, refuses_what_is_no_origin) {
  for (const auto* text : {"", "null", "file://", "://a", "a", "https:/a", "https://", "https://a/", "https://a?b",
                           "https://a#b", "https://a@b", "ht tp://a", "https://a https://b"})
    EXPECT_FALSE(parse_origin(text)) << text;
}

} // namespace towncrier::ws
