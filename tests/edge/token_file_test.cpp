#include "actors/edge/token_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace towncrier::edge {

namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// echo -n "<16 bytes of salt>secret" | sha256sum
constexpr std::string_view salt = "000102030405060708090a0b0c0d0e0f";
constexpr std::string_view hash = "67557c0d86179c45199f096d85b7aeb2b8b34bf423c403ba517f72bcc5913c4c";

std::string line(std::string_view name, std::string_view role) {
  return std::string{name} + " " + std::string{role} + " sha256:" + std::string{salt} + ":" + std::string{hash} + "\n";
}

} // namespace

TEST(token_file, lets_in_who_has_a_token_under_its_name_and_role) {
  const auto table = token_table::parse(line("ada", "publisher"), "tokens");
  ASSERT_TRUE(table) << table.error();
  const auto who = table->verify("secret");
  ASSERT_TRUE(who);
  EXPECT_EQ(who->name, "ada");
  EXPECT_EQ(who->role, protocol::role::publisher);
  EXPECT_EQ(who->expires_at, 0);
}

TEST(token_file, refuses_every_other_token) {
  const auto table = token_table::parse(line("ada", "publisher"), "tokens");
  for (const std::string_view token : {"", "Secret", "secre", "secret ", hash.data()})
    EXPECT_FALSE(table->verify(token)) << token;
  EXPECT_FALSE(token_table{}.verify("secret"));
  EXPECT_FALSE(token_table{}.verify(""));
}

TEST(token_file, an_empty_token_is_refused_even_where_its_hash_is_listed) {
  // echo -n "" | sha256sum, with no salt
  const auto table =
      token_table::parse("a viewer sha256::e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "tokens");
  ASSERT_TRUE(table) << table.error();
  EXPECT_FALSE(table->verify(""));
}

TEST(token_file, a_made_token_is_let_in_by_its_line) {
  for (const auto role : {protocol::role::viewer, protocol::role::publisher, protocol::role::operator_}) {
    const auto made = make_token("ada", role);
    ASSERT_TRUE(made);
    EXPECT_THAT(made->line, Not(HasSubstr(made->token)));
    const auto table = token_table::parse(made->line, "tokens");
    ASSERT_TRUE(table) << table.error();
    EXPECT_EQ(table->verify(made->token)->role, role);
  }
}

TEST(token_file, no_two_made_tokens_are_alike) {
  std::set<std::string> tokens;
  for (int i = 0; i < 100; ++i)
    tokens.insert(make_token("ada", protocol::role::viewer)->token);
  EXPECT_EQ(tokens.size(), 100u);
  EXPECT_EQ(tokens.begin()->size(), 64u);
}

TEST(token_file, refuses_names_that_no_line_can_hold) {
  for (const std::string& name : {std::string{}, std::string{"a b"}, std::string{"#a"}, std::string{"a\n"},
                                  std::string(65, 'a'), std::string{"caf\xC3\xA9"}})
    EXPECT_FALSE(make_token(name, protocol::role::viewer)) << name;
}

TEST(token_file, skips_comments_and_blank_lines_and_takes_several_tokens) {
  const auto other = make_token("bob", protocol::role::viewer);
  const auto table = token_table::parse(
      "# ours\n\n   \t\r\n  # more\n" + line("ada", "operator") + "\t" + other->line + "\r\n", "tokens");
  ASSERT_TRUE(table) << table.error();
  EXPECT_EQ(table->size(), 2u);
  EXPECT_EQ(table->verify("secret")->name, "ada");
  EXPECT_EQ(table->verify(other->token)->name, "bob");
}

TEST(token_file, names_the_line_that_is_wrong_but_no_hash) {
  const std::string good = line("ada", "viewer");
  const std::string start = "bob viewer sha256:" + std::string{salt} + ":";
  for (const std::string& bad :
       {std::string{"bob"}, std::string{"bob viewer"}, line("bob", "king"), good.substr(0, good.size() - 2),
        start + std::string(64, 'g'), start + std::string(62, 'a'), "bob viewer md5:00:" + std::string{hash},
        "bob viewer sha256:" + std::string{hash}, "bob viewer sha256:0:" + std::string{hash},
        start + std::string{hash} + " more", std::string(65, 'b') + " viewer x"}) {
    const auto table = token_table::parse("# ours\n" + good + bad + "\n", "tokens");
    ASSERT_FALSE(table) << bad;
    EXPECT_THAT(table.error(), HasSubstr("tokens:3: "));
    EXPECT_THAT(table.error(), Not(HasSubstr(std::string{hash.substr(0, 8)})));
  }
}

TEST(token_file, a_file_that_cannot_be_read_is_named) {
  EXPECT_THAT(token_table::load("/no/such").error(), HasSubstr("/no/such cannot be read: No such file"));
  EXPECT_THAT(token_table::load("/tmp").error(), HasSubstr("/tmp cannot be read"));
}

} // namespace towncrier::edge
