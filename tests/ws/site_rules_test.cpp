#include "ws/site_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace towncrier::ws {

namespace {

using ::testing::HasSubstr;

origin_list list_of(std::initializer_list<const char*> texts) {
  origin_list result;
  for (const auto* text : texts)
    EXPECT_FALSE(result.add(text)) << text;
  return result;
}

std::string why_never(const char* text) {
  origin_list list;
  const auto wrong = list.add(text);
  EXPECT_TRUE(list.empty() || !wrong) << text;
  return wrong ? wrong->message : "taken";
}

http_request asked(const char* host, std::initializer_list<const char*> origins = {}) {
  http_request x;
  x.fields.push_back({"Host", host});
  for (const auto* origin : origins)
    x.fields.push_back({"oRIGIN", origin});
  return x;
}

site_rules guarded() {
  site_rules x;
  x.guarded = true;
  x.loopback_only = true;
  return x;
}

} // namespace

TEST(site_rules, a_list_matches_by_scheme_host_and_port) {
  const auto list = list_of({"https://town.example", "http://Town.example:8080"});
  EXPECT_TRUE(list.has("https://town.example:443"));
  EXPECT_TRUE(list.has("HTTPS://TOWN.EXAMPLE"));
  EXPECT_TRUE(list.has("http://town.example:8080"));
  for (const auto* text :
       {"http://town.example", "https://town.example:8080", "https://town.example.",
        "https://town.example.evil.example", "https://a.town.example", "https://town.example/", "null", ""})
    EXPECT_FALSE(list.has(text)) << text;
}

TEST(site_rules, a_star_before_a_domain_means_its_subdomains) {
  const auto list = list_of({"https://*.town.example:8443"});
  EXPECT_TRUE(list.has("https://a.town.example:8443"));
  EXPECT_TRUE(list.has("https://a.b.town.example:8443"));
  for (const auto* text : {"https://town.example:8443", "https://.town.example:8443", "https://eviltown.example:8443",
                           "https://a.town.example", "https://a.town.example:8443.evil.example"})
    EXPECT_FALSE(list.has(text)) << text;
}

TEST(site_rules, words_mean_what_browsers_say) {
  EXPECT_TRUE(list_of({"*"}).has("null"));
  EXPECT_TRUE(list_of({"*"}).has("anything at all"));
  EXPECT_TRUE(list_of({"null"}).has("null"));
  EXPECT_FALSE(list_of({"null"}).has("file://"));
  EXPECT_TRUE(list_of({"file://"}).has("file://"));
}

TEST(site_rules, refuses_what_can_never_match_and_says_why) {
  EXPECT_THAT(why_never("town.example"), HasSubstr("no scheme"));
  EXPECT_THAT(why_never("://town.example"), HasSubstr("no scheme"));
  EXPECT_THAT(why_never("https://town.example/"), HasSubstr("goes on after the host"));
  EXPECT_THAT(why_never("https://town.example?x"), HasSubstr("goes on after the host"));
  EXPECT_THAT(why_never("https://me@town.example"), HasSubstr("names a user"));
  EXPECT_THAT(why_never("wss://town.example"), HasSubstr("scheme of the connection"));
  for (const auto* text : {"https://*", "https://a.*.example", "https://town.*", "https://*town.example",
                           "https://town.example:*", "https://*.*.example", "**"})
    EXPECT_NE(why_never(text), "taken") << text;
  for (const auto* text :
       {"https://", "https://*.", "https://m\xc3\xbcnchen.example", "https://a b", "https://town.example:0",
        "https://town.example:70000", "https://[::1", "https://[127.0.0.1]"})
    EXPECT_THAT(why_never(text), HasSubstr("host and port")) << text;
  EXPECT_THAT(why_never("https://127.1"), HasSubstr("ends in a number"));
  EXPECT_THAT(why_never("https://*.192.0.2.1"), HasSubstr("subdomains of an address"));
  EXPECT_THAT(why_never("https://*.[::1]"), HasSubstr("subdomains of an address"));
}

TEST(site_rules, an_open_listener_takes_every_page_and_every_name) {
  const site_rules open;
  EXPECT_FALSE(open.object_to_host(asked("evil.example")));
  EXPECT_FALSE(open.object_to_origin(asked("town.example", {"https://evil.example"})));
}

TEST(site_rules, a_guarded_one_takes_its_own_pages_and_those_of_loopback) {
  auto rules = guarded();
  rules.friends = [](std::string_view host) { return host == "north.example"; };
  for (const auto* origin : {"http://town.example", "https://town.example:1", "http://localhost:5173", "http://[::1]",
                             "http://127.0.0.9", "http://north.example:8765"})
    EXPECT_FALSE(rules.object_to_origin(asked("town.example:8765", {origin}))) << origin;
  EXPECT_FALSE(rules.object_to_origin(asked("town.example")));
  EXPECT_FALSE(rules.object_to_origin(asked("town.example", {""})));
  for (const auto* origin : {"http://evil.example", "null", "http://127.evil.example", "http://a.town.example"})
    EXPECT_EQ(rules.object_to_origin(asked("town.example:8765", {origin}))->status, 403u) << origin;
  EXPECT_TRUE(rules.object_to_origin(asked("town.example", {"http://town.example", "http://evil.example"})));
  EXPECT_TRUE(rules.object_to_origin(asked("", {"http://town.example"})));
}

TEST(site_rules, a_guarded_one_on_loopback_is_asked_by_loopback_names_alone) {
  auto rules = guarded();
  EXPECT_FALSE(rules.object_to_host(asked("localhost:8765")));
  EXPECT_EQ(rules.object_to_host(asked("evil.example:8765"))->status, 403u);
  EXPECT_TRUE(rules.object_to_host(asked("")));
  EXPECT_TRUE(rules.object_to_host(http_request{}));
  auto two = asked("localhost");
  two.fields.push_back({"host", "evil.example"});
  EXPECT_TRUE(rules.object_to_host(two));
  rules.allowed = list_of({"https://*.town.example"});
  EXPECT_FALSE(rules.object_to_host(asked("a.town.example")));
  EXPECT_TRUE(rules.object_to_host(asked("evil.example")));
  rules.loopback_only = false;
  EXPECT_FALSE(rules.object_to_host(asked("evil.example")));
}

} // namespace towncrier::ws
