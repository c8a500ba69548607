#include "codec/utf8.hpp"
#include "raw_client.hpp"
#include "ws/frame_reader.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace towncrier::ws {

namespace {

using test::client_frame;
using event = frame_reader::event;

constexpr std::size_t max_message = 1000;

/// What a reader finds in `bytes` that come in pieces of at most `piece` bytes, a line an event.
std::string events_of(std::string_view bytes, std::size_t piece = SIZE_MAX) {
  frame_reader reader{max_message};
  std::string found;
  while (!bytes.empty()) {
    auto part = bytes.substr(0, piece);
    bytes.remove_prefix(part.size());
    for (auto x = reader.read(part); x != event::none; x = reader.read(part)) {
      switch (x) {
        case event::message:
          found += (reader.binary() ? "binary " : "text ") + reader.take_message();
          break;
        case event::ping:
          found += "ping " + std::string{reader.control()};
          break;
        case event::pong:
          found += "pong " + std::string{reader.control()};
          break;
        case event::close:
          found += "close " + std::to_string(reader.close_code()) + ' ' + std::string{reader.control()};
          break;
        default:
          return found + "broken " + std::to_string(reader.close_code()) + '\n';
      }
      found += '\n';
    }
  }
  return found;
}

} // namespace

TEST(frame_reader, finds_the_same_however_the_bytes_come) {
  const auto bytes = client_frame(1, "one") + client_frame(1, "tw", false) + client_frame(9, "between") +
                     client_frame(0, "", false) + client_frame(0, "o \xf0\x9f", false) + client_frame(10, "") +
                     client_frame(0, "\x8f\x98") + client_frame(2, std::string(300, '\xff')) + client_frame(1, "") +
                     client_frame(8, std::string_view{"\x0f\xa0thank you", 11});
  const auto expected = "text one\nping between\npong \ntext two \xf0\x9f\x8f\x98\nbinary " + std::string(300, '\xff') +
                        "\ntext \nclose 4000 thank you\n";
  for (std::size_t piece = 1; piece <= 64; ++piece)
    EXPECT_EQ(events_of(bytes, piece), expected) << piece;
  EXPECT_EQ(events_of(bytes), expected);
}

TEST(frame_reader, tells_a_close_without_a_code) { EXPECT_EQ(events_of(client_frame(8, "")), "close 1005 \n"); }

TEST(frame_reader, breaks_upon_what_the_rfc_forbids) {
  const std::vector<std::pair<std::string, int>> cases{
      {client_frame(1, "x", true, false, false), 1002},
      {client_frame(3, "x"), 1002},
      {client_frame(11, "x"), 1002},
      {client_frame(1, "x", true, true), 1002},
      {client_frame(0, "x"), 1002},
      {client_frame(1, "x", false) + client_frame(2, "y"), 1002},
      {client_frame(9, "x", false), 1002},
      {client_frame(9, std::string(126, 'x')), 1002},
      {client_frame(8, "x"), 1002},
      {client_frame(8, std::string_view{"\x03\xec", 2}), 1002},
      {client_frame(8, std::string_view{"\x03\xe8\xff", 3}), 1007},
      {client_frame(1, "x", true, false, true, std::uint64_t{1} << 63), 1002},
      {client_frame(2, "x", true, false, true, std::uint64_t{1} << 62), 1009},
      {client_frame(2, std::string(max_message + 1, 'x')), 1009},
      {client_frame(2, std::string(600, 'x'), false) + client_frame(0, std::string(401, 'x')), 1009},
      {client_frame(1, "\xc3", false) + client_frame(0, "("), 1007},
      {client_frame(1, "cut off \xc3"), 1007},
  };
  for (std::size_t i = 0; i < cases.size(); ++i)
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, SIZE_MAX})
      EXPECT_EQ(events_of(client_frame(9, "") + cases[i].first, piece),
                "ping \nbroken " + std::to_string(cases[i].second) + '\n')
          << i;
  EXPECT_EQ(events_of(std::string{"\x81\xfe\x00\x05", 4} + std::string(9, '\0')), "broken 1002\n")
      << "not the shortest";
}

TEST(frame_reader, takes_a_message_of_the_greatest_size) {
  EXPECT_EQ(events_of(client_frame(2, std::string(max_message, 'x'))),
            "binary " + std::string(max_message, 'x') + '\n');
}

TEST(frame_reader, survives_garbage) {
  std::mt19937_64 random{5};
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes(random() % 60, '\0');
    for (auto& c : bytes)
      c = static_cast<char>(random());
    if (bytes.size() > 1 && random() % 2 == 0) {
      bytes[0] = static_cast<char>(bytes[0] & 0x8F);
      bytes[1] = static_cast<char>(0x80 | (bytes[1] & 0x1F));
    }
    EXPECT_EQ(events_of(bytes, 3), events_of(bytes));
  }
}

TEST(utf8_check, agrees_with_the_codec_however_the_text_comes) {
  std::mt19937_64 random{6};
  // Bytes at which the rules change.
  constexpr std::string_view bytes{"a\x7f\x80\x8f\x90\x9f\xa0\xbf\xc0\xc1\xc2\xdf\xe0\xe1\xec\xed\xee\xef\xf0\xf1\xf3"
                                   "\xf4\xf5\xff"};
  std::size_t sound = 0;
  for (int i = 0; i < 300'000; ++i) {
    std::string text(random() % 3 * 8, 'x');
    for (auto n = random() % 5; n > 0; --n)
      text += bytes[random() % bytes.size()];
    const auto cut = random() % (text.size() + 1);
    utf8_check check;
    const bool good = check.accept(std::string_view{text}.substr(0, cut)) &&
                      check.accept(std::string_view{text}.substr(cut)) && check.complete();
    ASSERT_EQ(good, codec::is_utf8(text)) << i;
    sound += good;
  }
  EXPECT_GT(sound, 10'000u);
}

} // namespace towncrier::ws
