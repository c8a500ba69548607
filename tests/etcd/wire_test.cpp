#include "etcd/base64.hpp"
#include "etcd/wire.hpp"

#include <gtest/gtest.h>

namespace towncrier::etcd {

TEST(base64_test, has_the_examples_of_the_rfc) {
  const std::pair<std::string, std::string> examples[]{{"", ""},
                                                       {"f", "Zg=="},
                                                       {"fo", "Zm8="},
                                                       {"foo", "Zm9v"},
                                                       {"foob", "Zm9vYg=="},
                                                       {"fooba", "Zm9vYmE="},
                                                       {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : examples) {
    EXPECT_EQ(to_base64(bytes), text);
    EXPECT_EQ(from_base64(text), bytes);
  }
  std::string all;
  for (int i = 0; i < 256; ++i)
    all += static_cast<char>(i);
  EXPECT_EQ(from_base64(to_base64(all)), all);
  for (const auto* bad : {"Z", "Zg=", "Zg", "Z===", "====", "Zg=a", "Z\ng=", "Zm-v"})
    EXPECT_FALSE(from_base64(bad)) << bad;
}

TEST(wire_test, a_prefix_ends_where_the_next_key_that_has_it_not_begins) {
  EXPECT_EQ(read_call("/t/").body, R"({"key":"L3Qv","range_end":"L3Qw"})");
}

TEST(wire_test, reads_what_etcd_answers) {
  EXPECT_EQ(*parse_grant(R"({"header":{"revision":"1"},"ID":"7587899148488114181","TTL":"2"})"), 7587899148488114181u);
  EXPECT_TRUE(*parse_keep_alive("{\"result\":{\"ID\":\"77\",\"TTL\":\"3\"}}\n"));
  EXPECT_FALSE(*parse_keep_alive("{\"result\":{\"ID\":\"77\"}}\n"));
  const auto refused = parse_put(R"({"header":{"revision":"4"},"responses":[{"response_range":{"kvs":[{"key":"YQ==",)"
                                 R"("mod_revision":"2","value":"eA=="}]}}]})");
  ASSERT_TRUE(refused && refused->current);
  EXPECT_FALSE(refused->done);
  EXPECT_EQ(refused->current->value, "x");
  EXPECT_EQ(refused->current->revision, 2u);
  EXPECT_TRUE(parse_put(R"({"header":{"revision":"4"},"succeeded":true})")->done);
  EXPECT_EQ(parse_read(R"({"header":{"revision":"9"}})")->revision, 9u);
  const auto changes = parse_watch(R"({"result":{"header":{"revision":"3"},"events":[{"kv":{"key":"YQ==",)"
                                   R"("mod_revision":"2","value":"eA=="}},{"type":"DELETE","kv":{"key":"YQ==",)"
                                   R"("mod_revision":"3"}}]}})");
  ASSERT_TRUE(changes);
  ASSERT_EQ(changes->size(), 2u);
  EXPECT_EQ(changes->at(0).value, "x");
  EXPECT_FALSE(changes->at(1).value);
  EXPECT_EQ(changes->at(1).revision, 3u);
  EXPECT_TRUE(parse_watch(R"({"result":{"header":{},"created":true}})")->empty());
  EXPECT_FALSE(parse_watch(R"({"result":{"canceled":true,"cancel_reason":"compacted"}})"));
  EXPECT_EQ(parse_refusal(R"({"message":"no","code":5})", "x").code, 5u);
  EXPECT_EQ(parse_refusal("<html>", "HTTP status 502").message, "HTTP status 502");
}

TEST(wire_test, whatever_comes_is_read_or_refused) {
  for (const std::string text : {"", "{", "null", "[]", "1", R"({"header":1})", R"({"header":{"revision":"x"}})",
                                 R"({"header":{"revision":"-1"},"kvs":[]})", R"({"result":1})",
                                 R"({"header":{"revision":"1"},"kvs":[{"key":"?"}]})",
                                 R"({"result":{"events":[{"kv":{"key":"?"}}]}})", R"({"error":{"message":1}})"}) {
    EXPECT_FALSE(parse_grant(text)) << text;
    EXPECT_FALSE(parse_put(text) && parse_put(text)->done) << text;
    EXPECT_FALSE(parse_read(text)) << text;
    const auto watched = parse_watch(text);
    EXPECT_TRUE(!watched || watched->empty()) << text;
    EXPECT_FALSE(parse_authenticate(text)) << text;
    parse_refusal(text, "x");
  }
}

} // namespace towncrier::etcd
