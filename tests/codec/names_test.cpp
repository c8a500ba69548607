#include "codec/names.hpp"

#include <gmock/gmock.h>

using namespace towncrier::codec;
using testing::EndsWith;
using testing::StartsWith;

TEST(name_fault, takes_a_name_of_1_to_256_bytes) {
  for (const auto& x : {std::string{"7"}, std::string{"caf\xC3\xA9"}, std::string(256, 'x')})
    EXPECT_EQ(name_fault(x), "") << x;
  EXPECT_EQ(name_fault(""), "has 0 bytes; give 1 to 256");
  EXPECT_EQ(name_fault(std::string(257, 'x')), "has 257 bytes; give 1 to 256");
  EXPECT_EQ(name_fault("\xFF"), "is not valid UTF-8; give 1 to 256 bytes of UTF-8");
}

TEST(channel_fault, takes_what_can_be_watched) {
  for (const auto& x :
       {std::string{"world"}, std::string{"none"}, std::string{"location:a:b"}, "character:" + std::string(256, 'x')})
    EXPECT_EQ(channel_fault(x), "") << x;
}

TEST(channel_fault, says_what_is_wrong_and_what_is_right) {
  const auto right =
      "; give 'world', 'location:<name>', 'character:<id>' or 'event:<type>', with a name of 1 to 256 bytes";
  for (const auto& [x, fault] :
       {std::pair{"evnt:chat", "is 'evnt:chat'"}, std::pair{"", "is ''"}, std::pair{"event:", "is 'event:'"},
        std::pair{"None", "is 'None'"}, std::pair{"event:\xFF", "is not valid UTF-8"},
        std::pair{"\xC3", "is not valid UTF-8"}})
    EXPECT_EQ(channel_fault(x), std::string{fault} + right);
  const auto too_long = channel_fault("event:" + std::string(257, 'x'));
  EXPECT_THAT(too_long, StartsWith("is 'event:xxx"));
  EXPECT_THAT(too_long, EndsWith("with a name of 257 bytes" + std::string{right}));
}
