#include "codec/frame.hpp"
#include "raw_client.hpp"
#include "ws/plain_frames.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

using namespace towncrier;
using namespace std::literals;
using ws::test::client_frame;

namespace {

struct frame {
  int first;
  std::string payload;
};

/// The frames that `bytes` begin with, unmasked.
std::vector<frame> parse(std::string_view bytes) {
  std::vector<frame> all;
  const auto number = [&](std::size_t at, std::size_t count) {
    std::size_t x = 0;
    for (std::size_t i = 0; i < count; ++i)
      x = x << 8 | static_cast<unsigned char>(bytes[at + i]);
    return x;
  };
  while (!bytes.empty()) {
    const auto short_size = number(1, 1) & 0x7F;
    const auto extra = short_size == 127 ? 8U : short_size == 126 ? 2U : 0U;
    const auto size = extra == 0 ? short_size : number(2, extra);
    const auto key = bytes.substr(2 + extra, 4);
    frame x{static_cast<int>(number(0, 1)), std::string{bytes.substr(6 + extra, size)}};
    for (std::size_t i = 0; i < x.payload.size(); ++i)
      x.payload[i] = static_cast<char>(x.payload[i] ^ key[i % 4]);
    bytes.remove_prefix(6 + extra + size);
    all.push_back(std::move(x));
  }
  return all;
}

/// Puts `bytes` in pieces and takes what there is in pieces, both of random sizes.
std::string through(ws::plain_frames& frames, std::string_view bytes, std::mt19937_64& random) {
  std::string out;
  std::string room(20'000, '\0');
  while (!bytes.empty()) {
    const auto size = std::min<std::size_t>(bytes.size(), 1 + random() % (random() % 2 == 0 ? 20 : 20'000));
    frames.put(bytes.substr(0, size));
    bytes.remove_prefix(size);
    while (const auto n = frames.take({room.data(), 1 + random() % room.size()}))
      out.append(room, 0, n);
  }
  return out;
}

std::string through(ws::plain_frames& frames, std::string_view bytes) {
  std::mt19937_64 random{1};
  return through(frames, bytes, random);
}

/// The messages among frames, their fragments joined; control frames go to `control`.
std::vector<frame> join(const std::vector<frame>& frames, std::vector<frame>& control) {
  std::vector<frame> all;
  bool open = false;
  for (const auto& x : frames) {
    if ((x.first & 0x0F) >= 8) {
      control.push_back(x);
      continue;
    }
    EXPECT_EQ((x.first & 0x0F) == 0, open);
    if (!open)
      all.push_back({x.first & 0x0F, ""});
    EXPECT_EQ(x.first & 0x70, 0);
    all.back().payload += x.payload;
    open = (x.first & 0x80) == 0;
  }
  EXPECT_FALSE(open);
  return all;
}

/// What some client says, on the wire and in plain.
struct conversation {
  std::string wire;
  std::vector<frame> messages;
  std::vector<frame> control;
};

std::string random_payload(std::mt19937_64& random) {
  const auto size = random() % (random() % 4 == 0 ? 70'000 : 700);
  std::string x(size, 'a');
  if (const auto kind = random() % 3; kind != 0)
    for (auto& c : x)
      c = static_cast<char>(kind == 1 ? random() : 'a' + random() % 3);
  return x;
}

void say(conversation& to, std::mt19937_64& random) {
  auto message = frame{1 + static_cast<int>(random() % 2), random_payload(random)};
  const bool compressed = random() % 3 != 0;
  std::string_view rest = message.payload;
  const auto deflated = codec::deflate_message(message.payload);
  if (compressed)
    rest = deflated;
  for (bool begins = true, ends = false; !ends; begins = false) {
    const auto size = random() % 2 == 0 ? rest.size() : random() % (rest.size() + 1);
    ends = size == rest.size();
    to.wire += client_frame(begins ? message.first : 0, rest.substr(0, size), ends, begins && compressed);
    rest.remove_prefix(size);
    if (random() % 4 == 0) {
      to.control.push_back({0x89, std::string(random() % 126, 'p')});
      to.wire += client_frame(9, to.control.back().payload);
    }
  }
  to.messages.push_back(std::move(message));
}

bool operator==(const frame& a, const frame& b) { return a.first == b.first && a.payload == b.payload; }

} // namespace

TEST(plain_frames, says_the_same_without_compression) {
  std::mt19937_64 random{20};
  for (int round = 0; round < 60; ++round) {
    conversation all;
    for (int i = 0; i < 12; ++i)
      say(all, random);
    ws::plain_frames frames;
    std::vector<frame> control;
    const auto messages = join(parse(through(frames, all.wire, random)), control);
    ASSERT_TRUE(messages == all.messages) << round;
    ASSERT_TRUE(control == all.control) << round;
    ASSERT_FALSE(frames.broken());
  }
}

TEST(plain_frames, inflates_messages_of_every_size) {
  ws::plain_frames frames;
  // It inflates 16 KiB at a time: a match may begin in one piece and end in the next.
  constexpr std::size_t piece = 16 * 1024;
  for (std::size_t size = 0; size < 40'000; size += size % piece < 600 ? 1 : 97) {
    std::vector<frame> control;
    const auto wire = client_frame(2, codec::deflate_message(std::string(size, '\0')), true, true);
    const auto messages = join(parse(through(frames, wire)), control);
    ASSERT_EQ(messages.size(), 1U) << size;
    ASSERT_EQ(messages[0].payload, std::string(size, '\0')) << size;
  }
}

TEST(plain_frames, gives_at_once_what_came_at_once) {
  std::string wire;
  for (int i = 0; i < 20; ++i)
    wire += i % 2 == 0 ? client_frame(1, "Hello") : client_frame(1, codec::deflate_message("Hello"), true, true);
  ws::plain_frames frames;
  frames.put(wire);
  std::string room(1000, '\0');
  room.resize(frames.take(room));
  EXPECT_EQ(frames.take(room), 0U);
  std::vector<frame> control;
  EXPECT_EQ(join(parse(room), control).size(), 20U);
}

TEST(plain_frames, inflates_final_blocks) {
  ws::plain_frames frames;
  std::vector<frame> control;
  // RFC 7692, 7.2.3.4
  const auto messages = join(parse(through(frames, client_frame(1, "\xf3\x48\xcd\xc9\xc9\x07\x00\x00"sv, true, true) +
                                                       client_frame(1, "\xf2\x48\xcd\xc9\xc9\x07\x00"sv, true, true))),
                             control);
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(messages[0].payload, "Hello");
  EXPECT_EQ(messages[1].payload, "Hello");
}

TEST(plain_frames, breaks_upon_bad_data_after_what_was_good) {
  for (const auto bad : {"\x07\xff"sv, "\xff\xff\xff\xff"sv, "\xf2\x48\xcd"sv, "\xf2\x00\x11\x00\x00"sv, ""sv}) {
    ws::plain_frames frames;
    const auto out = through(frames, client_frame(1, "good") + client_frame(1, bad, true, true) + "more");
    EXPECT_TRUE(frames.broken()) << testing::PrintToString(bad);
    ASSERT_FALSE(out.empty());
    EXPECT_EQ(out.substr(0, 10), client_frame(1, "good"));
  }
}

TEST(plain_frames, leaves_what_is_not_sound_to_the_reader) {
  const auto compressed = codec::deflate_message("Hello");
  for (const auto& wrong : {client_frame(9, "ping", true, true), client_frame(0, compressed, true, true),
                            client_frame(1, compressed, true, true, false), client_frame(0, "of what?"),
                            client_frame(1, "a", false) + client_frame(1, compressed, true, true),
                            client_frame(1, "a", false) + client_frame(0, compressed, true, true)}) {
    ws::plain_frames frames;
    EXPECT_EQ(through(frames, wrong), wrong);
    EXPECT_FALSE(frames.broken());
  }
}

TEST(plain_frames, takes_no_reserved_opcode_for_a_continuation) {
  ws::plain_frames frames;
  const auto compressed = codec::deflate_message("Hello");
  const auto wrong = client_frame(3, compressed.substr(2));
  EXPECT_TRUE(through(frames, client_frame(1, compressed.substr(0, 2), false, true) + wrong).ends_with(wrong));
}
