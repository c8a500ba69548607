#include "ws/http.hpp"
#include "ws/upgrade.hpp"
#include "ws/url.hpp"

#include <gtest/gtest.h>

using namespace towncrier::ws;

TEST(percent_decode, undoes_what_is_sound_and_leaves_the_rest) {
  EXPECT_EQ(percent_decode("a%20b%C3%A9"), "a b\xc3\xa9");
  EXPECT_EQ(percent_decode("100%"), "100%");
  EXPECT_EQ(percent_decode("%4"), "%4");
  EXPECT_EQ(percent_decode("%zz%-1% 1"), "%zz%-1% 1");
  EXPECT_EQ(percent_decode("a+b"), "a+b");
  EXPECT_EQ(percent_decode("a+b%2B", true), "a b+");
}

TEST(http_request, finds_headers_whatever_their_letter_case) {
  http_request x;
  x.fields = {{"Content-Type", "a"}, {"content-type", "b"}};
  EXPECT_EQ(x.header("CONTENT-TYPE"), "a");
  EXPECT_EQ(x.header("Content"), "");
}

TEST(valid_websocket_key, is_16_bytes_in_base64) {
  EXPECT_TRUE(valid_websocket_key("dGhlIHNhbXBsZSBub25jZQ=="));
  EXPECT_TRUE(valid_websocket_key("++++++++/////////////w=="));
  EXPECT_FALSE(valid_websocket_key("dGhlIHNhbXBsZSBub25jZQ="));
  EXPECT_FALSE(valid_websocket_key("dGhlIHNhbXBsZSBub25jZQAA"));
  EXPECT_FALSE(valid_websocket_key("dGhlIHNhbXBsZSBub25jZB=="));
  EXPECT_FALSE(valid_websocket_key("dGhlIHNhbXBsZSBub25=ZQ=="));
}

TEST(parse_url, takes_what_tools_are_given) {
  const auto full = parse_url("wss://town.example:8443/ws?x=1");
  ASSERT_TRUE(full);
  EXPECT_TRUE(full->secure);
  EXPECT_EQ(full->host, "town.example");
  EXPECT_EQ(full->port, "8443");
  EXPECT_EQ(full->target, "/ws?x=1");
  EXPECT_EQ(full->authority(), "town.example:8443");
  EXPECT_EQ(parse_url("http://h")->target, "/");
  EXPECT_EQ(parse_url("http://h")->port, "80");
  EXPECT_EQ(parse_url("https://h?a")->target, "/?a");
  EXPECT_EQ(parse_url("https://h")->authority(), "h");
  EXPECT_EQ(parse_url("ws://[::1]:9/")->host, "::1");
  EXPECT_EQ(parse_url("ws://[::1]:9/")->authority(), "[::1]:9");
}

TEST(parse_url, refuses_what_is_none) {
  for (const auto* text : {"", "ws", "ws:", "ws://", "ws:///x", "ftp://h/", "h:80", "ws://h:/", "ws://h:x/",
                           "ws://h:123456/", "ws://[::1/", "ws://[::1]x/"})
    EXPECT_FALSE(parse_url(text)) << text;
}
