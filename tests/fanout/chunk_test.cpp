#include "fanout/chunk.hpp"
#include "tests/support/changes.hpp"
#include "tests/support/fake_socket.hpp"

#include <map>
#include <zlib.h>

namespace towncrier::fanout {

namespace {

using codec::format;
using support::character;
using support::decode_frame;
using support::entry_of;
using support::text_at;

/// What a client with a window of 15 bits makes of a compressed frame (RFC 7692, 7.2.2).
std::string inflate(std::string_view frame) {
  std::string in{support::frame_payload(frame)};
  in.append("\x00\x00\xff\xff", 4);
  std::string out(1 << 20, '\0');
  z_stream stream{};
  inflateInit2(&stream, -15);
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  ::inflate(&stream, Z_SYNC_FLUSH);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

} // namespace

TEST(chunk, one_entry_stands_bare_and_carries_the_position) {
  const auto x = support::chunk_of({entry_of(support::event("rain"))}, "n1:1:1");
  const auto frames = x.frames({});
  ASSERT_EQ(frames.size(), 1u);
  const auto message = decode_frame(*frames[0]);
  EXPECT_EQ(text_at(message, "type"), "event_notification");
  EXPECT_EQ(text_at(message, "position"), "n1:1:1");
}

TEST(chunk, more_become_a_batch_in_order) {
  const auto a1 = character("a", 1);
  const auto x = support::chunk_of(
      {entry_of(support::event("rain")), entry_of(support::state_change(a1)),
       entry_of(support::state_change(a1), shape::update), entry_of(support::state_change(a1), shape::left_area),
       entry_of(support::state_change(a1), shape::left_location), entry_of(support::removed(a1))},
      "n1:1:1");
  const auto frames = x.frames({});
  ASSERT_EQ(frames.size(), 1u);
  const auto message = decode_frame(*frames[0]);
  EXPECT_EQ(text_at(message, "type"), "batch");
  EXPECT_EQ(text_at(message, "position"), "n1:1:1");
  EXPECT_EQ(message.find("timestamp")->number_or(0), 1);
  const auto& parts = *message.find("data")->get_if<model::array>();
  EXPECT_EQ(support::types_of(parts), "event_notification state_change character_update character_removed "
                                      "character_removed character_removed");
  EXPECT_EQ(text_at(parts[3], "data.reason"), "left_area");
  EXPECT_EQ(text_at(parts[4], "data.reason"), "left_location");
  EXPECT_EQ(text_at(parts[5], "data.reason"), "");
}

TEST(chunk, without_a_position_there_is_none) {
  const auto x = support::chunk_of({entry_of(support::event("rain"))});
  EXPECT_EQ(decode_frame(*x.frames({})[0]).find("position"), nullptr);
}

TEST(chunk, nothing_gives_no_frame) { EXPECT_TRUE(support::chunk_of({}, "n1:1:1").frames({}).empty()); }

TEST(chunk, makes_its_frames_once_an_encoding_and_they_stay_where_they_are) {
  const auto x = support::chunk_of({entry_of(support::event("rain", std::string(1000, 'x')))}, "n1:1:1");
  const auto json = x.frames({format::json, 0});
  const auto packed = x.frames({format::msgpack, 0});
  const auto small = x.frames({format::json, 15});
  const auto smaller = x.frames({format::msgpack, 12});
  EXPECT_EQ(json.data(), x.frames({format::json, 0}).data());
  EXPECT_EQ(smaller.data(), x.frames({format::msgpack, 12}).data());
  EXPECT_EQ(decode_frame(*json[0]), decode_frame(*packed[0]));
  EXPECT_LT(small[0]->size(), json[0]->size());
  EXPECT_EQ(inflate(*small[0]), support::frame_payload(*json[0]));
  EXPECT_EQ(inflate(*smaller[0]), support::frame_payload(*packed[0]));
}

TEST(chunk, without_boundaries_is_cut_anywhere_and_only_its_end_can_be_resumed_from) {
  std::vector<entry> entries;
  for (int i = 0; i < 100; ++i)
    entries.push_back(entry_of(support::event("e" + std::to_string(i), std::string(10'000, 'x'))));
  const auto x = support::chunk_of(std::move(entries), "n1:1:1");
  for (const auto f : {format::json, format::msgpack}) {
    const auto frames = x.frames({f, 0});
    ASSERT_EQ(frames.size(), 4u);
    int next = 0;
    for (const auto& frame : frames) {
      EXPECT_LT(frame->size(), max_message_size + 11'000);
      const auto message = decode_frame(*frame);
      EXPECT_EQ(text_at(message, "position"), frame == frames.back() ? "n1:1:1" : unresumable);
      for (const auto& part : *message.find("data")->get_if<model::array>())
        EXPECT_EQ(text_at(part, "data.event_type"), "e" + std::to_string(next++));
    }
    EXPECT_EQ(next, 100);
  }
}

TEST(chunk, a_stretch_of_the_stream_is_cut_between_batches_and_each_cut_can_be_resumed_from) {
  std::vector<entry> entries;
  std::vector<boundary> boundaries;
  auto way = std::make_shared<trail>();
  model::position at;
  std::map<std::size_t, std::string> positions; // by the entries before them
  for (int i = 0; i < 100; ++i) {
    entries.push_back(entry_of(support::event("e" + std::to_string(i), std::string(10'000, 'x'))));
    if (i % 10 != 9)
      continue;
    const model::origin_position batch{i == 59 ? "n2" : "n1", 1, static_cast<std::uint64_t>(i / 10 + 1)};
    way->add(at, batch);
    at.advance(batch);
    boundaries.push_back({entries.size(), way->batches()});
    positions[entries.size()] = at.to_string();
  }
  way->end_at(support::position_of(at.to_string()));
  const chunk x{std::move(entries), std::move(boundaries), way, 1.0};
  EXPECT_EQ(support::to_text(x.position()), "n1:1:a,n2:1:6");
  std::size_t told = 0;
  for (const auto& frame : x.frames({})) {
    const auto message = decode_frame(*frame);
    told += message.find("data")->get_if<model::array>()->size();
    EXPECT_EQ(text_at(message, "position"), positions[told]);
  }
  EXPECT_EQ(told, 100u);
  EXPECT_GT(x.frames({}).size(), 3u);
}

TEST(chunk, an_entry_larger_than_a_message_is_one_of_its_own) {
  const auto x = support::chunk_of({entry_of(support::event("small")),
                                    entry_of(support::event("large", std::string(400'000, 'x'))),
                                    entry_of(support::event("small"))});
  EXPECT_EQ(x.frames({}).size(), 3u);
}

TEST(frame_message, compresses_what_is_worth_it) {
  const std::string small(compression_threshold - 1, 'x');
  EXPECT_EQ(support::frame_payload(*frame_message({format::json, 15}, small)), small);
  const std::string large(compression_threshold, 'x');
  const auto packed = frame_message({format::json, 15}, large);
  EXPECT_EQ(static_cast<unsigned char>(packed->front()), 0xC1);
  EXPECT_EQ(inflate(*packed), large);
  EXPECT_EQ(static_cast<unsigned char>(frame_message({format::json, 0}, large)->front()), 0x81);
}

TEST(frame_message, leaves_alone_what_does_not_shrink) {
  std::string noise;
  std::uint32_t state = 1;
  for (int i = 0; i < 1000; ++i) {
    state = state * 1664525 + 1013904223;
    noise += static_cast<char>(state >> 24);
  }
  const auto frame = frame_message({format::msgpack, 15}, noise);
  EXPECT_EQ(static_cast<unsigned char>(frame->front()), 0x82);
  EXPECT_EQ(support::frame_payload(*frame), noise);
}

} // namespace towncrier::fanout
