#include "protocol/interfaces.hpp"
#include "tests/support/actor_fixture.hpp"

#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>

namespace towncrier::protocol {

namespace {

std::string readable(const std::vector<char>& bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result;
  for (const auto c : bytes) {
    const auto x = static_cast<unsigned char>(c);
    if (std::isalnum(x) != 0 || c == '/')
      result += c;
    else
      (((result += '.') += digits[x >> 4]) += digits[x & 15]) += ' ';
  }
  return result;
}

link_hello example() {
  link_hello x;
  x.protocol = 2;
  x.cluster = "/c";
  x.node = "n1";
  x.incarnation = 3;
  x.to = "n2";
  x.session = 4;
  x.known_incarnation = 5;
  x.known_sequence = 6;
  x.interest = {false, {"event:x"}};
  x.interest_number = 7;
  return x;
}

} // namespace

struct link_messages_test : support::actor_fixture {
  template <class T>
  std::vector<char> written(T x) {
    std::vector<char> result;
    caf::binary_serializer out{system(), result};
    EXPECT_FALSE(out(x));
    return result;
  }
};

/// If this fails, do not mend the test: a node of another version could not read the greeting, and its link would be
/// lost without a word instead of refused with a sentence. Say what is new in a message that follows.
TEST_F(link_messages_test, the_greeting_is_the_same_in_all_versions) {
  const std::string hello = ".00 .00 .00 .02 .02 /c.02 n1.00 .00 .00 .00 .00 .00 .00 .03 .02 n2"
                            ".00 .00 .00 .00 .00 .00 .00 .04 .00 .00 .00 .00 .00 .00 .00 .05 "
                            ".00 .00 .00 .00 .00 .00 .00 .06 .00 .01 .07 event.3a x.00 .00 .00 .00 .00 .00 .00 .07 "
                            ".00 .00 .00 .00 .00 .00 .00 .00 .00 .00 .00 .00 .00 .00 .00 .0f ";
  EXPECT_EQ(readable(written(example())), hello);
  EXPECT_EQ(readable(written(link_reply{false, "no", example()})), ".00 .02 no" + hello);
  EXPECT_EQ(readable(written(link_reply{true, {}, example()})), ".01 .00 " + hello);
}

TEST_F(link_messages_test, what_was_written_can_be_read) {
  auto bytes = written(link_reply{false, "no", example()});
  link_reply x;
  caf::binary_deserializer in{system(), bytes};
  EXPECT_FALSE(in(x));
  EXPECT_FALSE(x.accepted);
  EXPECT_EQ(x.refusal, "no");
  EXPECT_EQ(x.hello.cluster, "/c");
  EXPECT_EQ(x.hello.known_sequence, 6u);
  EXPECT_EQ(x.hello.interest, example().interest);
}

} // namespace towncrier::protocol
