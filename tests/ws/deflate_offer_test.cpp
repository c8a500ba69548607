#include "ws/deflate_offer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace towncrier::ws;
using testing::HasSubstr;
using testing::Not;

TEST(deflate_offer, is_agreed_to_without_context) {
  const auto agreed = agree_on_deflate("permessage-deflate");
  ASSERT_TRUE(agreed);
  EXPECT_EQ(agreed->answer, "permessage-deflate; server_no_context_takeover; client_no_context_takeover");
  EXPECT_EQ(agreed->server_window_bits, 15);
}

TEST(deflate_offer, limits_the_window_as_asked) {
  for (const auto* offer : {"permessage-deflate; server_max_window_bits=10",
                            " permessage-deflate ;client_max_window_bits; server_max_window_bits=\"10\"",
                            "permessage-deflate;server_max_window_bits=10;client_max_window_bits=8"}) {
    const auto agreed = agree_on_deflate(offer);
    ASSERT_TRUE(agreed) << offer;
    EXPECT_EQ(agreed->server_window_bits, 10) << offer;
    EXPECT_THAT(agreed->answer, HasSubstr("server_max_window_bits=10"));
    EXPECT_THAT(agreed->answer, Not(HasSubstr("client_max_window_bits")));
  }
}

TEST(deflate_offer, takes_the_first_that_is_possible) {
  EXPECT_EQ(agree_on_deflate("mystery, permessage-deflate; server_max_window_bits=8, "
                             "permessage-deflate; mystery=1, permessage-deflate; server_max_window_bits=9, "
                             "permessage-deflate")
                ->server_window_bits,
            9);
}

TEST(deflate_offer, is_declined_where_it_is_wrong) {
  for (const auto* parameters :
       {"server_max_window_bits", "server_max_window_bits=7", "server_max_window_bits=8", "server_max_window_bits=16",
        "server_max_window_bits=09", "server_max_window_bits=x", "server_max_window_bits=10x",
        "client_max_window_bits=7", "client_max_window_bits=16", "server_no_context_takeover=1",
        "client_no_context_takeover=0", "mystery", "server_no_context_takeover; server_no_context_takeover",
        "server_max_window_bits=10; server_max_window_bits=10"})
    EXPECT_FALSE(agree_on_deflate(std::string{"permessage-deflate; "} + parameters)) << parameters;
  EXPECT_FALSE(agree_on_deflate(""));
  EXPECT_FALSE(agree_on_deflate("x-webkit-deflate-frame"));
}
