#include "ws/client_address.hpp"

#include <gtest/gtest.h>

namespace towncrier::ws {

namespace {

proxy_rules rules(const char* header = "x-forwarded-for") {
  proxy_rules x;
  EXPECT_FALSE(x.trusted.add("10.0.0.0/8"));
  x.header = header;
  return x;
}

client_address found(const proxy_rules& by, std::vector<http_field> fields, const char* from = "10.0.0.1:5") {
  return find_client(by, {from, {}}, fields);
}

const client_address nobody_elses{"10.0.0.1:5", {}};

} // namespace

TEST(client_address, is_the_first_from_the_right_that_is_not_trusted) {
  const client_address seen{"192.0.2.1:0", "10.0.0.1:5"};
  EXPECT_EQ(found(rules(), {{"X-Forwarded-For", "192.0.2.1"}}), seen);
  EXPECT_EQ(found(rules(), {{"x-forwarded-for", "8.8.8.8, 192.0.2.1,10.2.2.2 "}}), seen);
  EXPECT_EQ(found(rules(), {{"X-Forwarded-For", "8.8.8.8"}, {"X-FORWARDED-FOR", "192.0.2.1"}}), seen)
      << "lines are one list";
  EXPECT_EQ(found(rules(), {{"X-Forwarded-For", "10.3.3.3, 10.2.2.2"}}).peer, "10.3.3.3:0")
      << "all of them are trusted";
  EXPECT_EQ(found(rules(), {{"X-Forwarded-For", "192.0.2.1, x, 10.2.2.2"}}).peer, "10.2.2.2:0")
      << "it ends at what is none";
}

TEST(client_address, is_the_connections_where_nobody_may_say_another) {
  EXPECT_EQ(found(rules(), {}), nobody_elses);
  EXPECT_EQ(found(rules(), {{"X-Forwarded-For", "x"}}), nobody_elses);
  EXPECT_EQ(found(rules(), {{"Forwarded", "for=192.0.2.1"}}), nobody_elses);
  EXPECT_EQ(found(rules(), {{"X-Forwarded-For", "192.0.2.1"}}, "11.0.0.1:5"), (client_address{"11.0.0.1:5", {}}));
  EXPECT_EQ(found({}, {{"X-Forwarded-For", "192.0.2.1"}}), nobody_elses);
}

TEST(client_address, reads_forwarded_with_its_quotes) {
  const auto by = rules("forwarded");
  for (const auto* text :
       {"for=192.0.2.1", "FOR=\"192.0.2.1\"", "by=a;for=192.0.2.1;host=\"a,b;c\"", "for=8.8.8.8, for=192.0.2.1",
        "for=\"8.8.8.8, for=9.9.9.9\", for=192.0.2.1", "for=\"192.0\\.2.1\"", ", for=192.0.2.1 ,",
        "for=unknown, for=192.0.2.1", "for=192.0.2.1, for=10.1.1.1"})
    EXPECT_EQ(found(by, {{"Forwarded", text}}).peer, "192.0.2.1:0") << text;
  for (const auto* text : {"for=unknown", "for=_x", "by=192.0.2.1", "for=\"192.0.2.1", "for=1.1.1.1;for=192.0.2.1",
                           "192.0.2.1", "for=\"192.0.2.1\\", "for=192.0.2.1, by=10.1.1.1", ""})
    EXPECT_EQ(found(by, {{"Forwarded", text}}), nobody_elses) << text;
}

TEST(client_address, keeps_the_proxy_that_is_connected) {
  EXPECT_EQ(find_client(rules(), {"10.0.0.2:7", "10.0.0.1:5"}, {{"X-Forwarded-For", "192.0.2.1"}}),
            (client_address{"192.0.2.1:0", "10.0.0.1:5"}));
}

} // namespace towncrier::ws
