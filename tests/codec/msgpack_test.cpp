#define MSGPACK_NO_BOOST

#include "codec/msgpack.hpp"
#include "random_value.hpp"

#include <gtest/gtest.h>
#include <msgpack.hpp>

using namespace towncrier;

namespace {

std::string to_msgpack(const model::value& x) {
  std::string out;
  codec::append_msgpack(out, x);
  return out;
}

/// Encodes with the library's packer, which writes the shortest form of everything but doubles that are whole.
void pack(msgpack::packer<msgpack::sbuffer>& out, const model::value& x) {
  if (x.is_null())
    out.pack_nil();
  else if (const auto* flag = x.get_if<bool>())
    out.pack(*flag);
  else if (const auto* integer = x.get_if<std::int64_t>())
    out.pack_int64(*integer);
  else if (const auto* big = x.get_if<std::uint64_t>())
    out.pack_uint64(*big);
  else if (const auto* number = x.get_if<double>())
    out.pack_double(*number);
  else if (const auto* text = x.get_if<std::string>())
    out.pack(*text);
  else if (const auto* elements = x.get_if<model::array>()) {
    out.pack_array(static_cast<std::uint32_t>(elements->size()));
    for (const auto& element : *elements)
      pack(out, element);
  } else {
    const auto& members = *x.get_if<model::object>();
    out.pack_map(static_cast<std::uint32_t>(members.size()));
    for (const auto& [key, member] : members) {
      out.pack(key);
      pack(out, member);
    }
  }
}

std::string packed(const model::value& x) {
  msgpack::sbuffer buffer;
  msgpack::packer<msgpack::sbuffer> out{buffer};
  pack(out, x);
  return {buffer.data(), buffer.size()};
}

/// A double that is a whole number: the library packs it as an integer.
bool is_whole(double x) { return x == std::trunc(x); }

bool holds_whole_double(const model::value& x) {
  if (const auto* number = x.get_if<double>())
    return is_whole(*number);
  if (const auto* elements = x.get_if<model::array>())
    return std::any_of(elements->begin(), elements->end(), holds_whole_double);
  if (const auto* members = x.get_if<model::object>())
    return std::any_of(members->begin(), members->end(),
                       [](const auto& member) { return holds_whole_double(member.second); });
  return false;
}

} // namespace

TEST(msgpack, reads_back_what_it_wrote) {
  test::value_source source{6};
  for (int i = 0; i < 3000; ++i) {
    const auto x = source.value(4);
    const auto back = codec::parse_msgpack(to_msgpack(x));
    ASSERT_TRUE(back) << back.error();
    ASSERT_EQ(*back, x);
  }
}

TEST(msgpack, writes_the_same_bytes_as_another_writer) {
  test::value_source source{7};
  int compared = 0;
  for (int i = 0; i < 5000; ++i) {
    const auto x = source.value(2);
    if (holds_whole_double(x))
      continue;
    ASSERT_EQ(to_msgpack(x), packed(x));
    ++compared;
  }
  EXPECT_GT(compared, 1000);
}

TEST(msgpack, reads_what_another_writer_wrote) {
  test::value_source source{8};
  for (int i = 0; i < 3000; ++i) {
    const auto x = source.value(4);
    if (holds_whole_double(x))
      continue;
    const auto back = codec::parse_msgpack(packed(x));
    ASSERT_TRUE(back) << back.error();
    ASSERT_EQ(*back, x);
  }
}

TEST(msgpack, lengths_at_the_edges_of_every_form_read_back) {
  for (const std::size_t size : {0, 1, 15, 16, 31, 32, 255, 256, 65535, 65536}) {
    const model::value text = std::string(size, 'a');
    EXPECT_EQ(to_msgpack(text), packed(text)) << size;
    EXPECT_EQ(*codec::parse_msgpack(to_msgpack(text)), text) << size;
    const model::value elements = model::array(size, model::value{1});
    EXPECT_EQ(to_msgpack(elements), packed(elements)) << size;
    EXPECT_EQ(*codec::parse_msgpack(to_msgpack(elements)), elements) << size;
    model::object members;
    for (std::size_t i = 0; i < size; ++i)
      members.emplace_back(std::to_string(i), 1);
    const model::value map = members;
    EXPECT_EQ(to_msgpack(map), packed(map)) << size;
    EXPECT_EQ(*codec::parse_msgpack(to_msgpack(map)), map) << size;
  }
}

TEST(msgpack, doubles_are_always_written_as_float_64) {
  EXPECT_EQ(to_msgpack(1.0), std::string("\xCB\x3F\xF0\0\0\0\0\0\0", 9));
}

TEST(msgpack, reads_float_32) {
  EXPECT_EQ(*codec::parse_msgpack(std::string("\xCA\x3F\xC0\0\0", 5)), model::value{1.5});
}

TEST(msgpack, equal_integers_are_equal_whatever_form_they_came_in) {
  using namespace std::string_view_literals;
  for (const auto bytes : {"\x07"sv, "\xCC\x07"sv, "\xCD\0\x07"sv, "\xCE\0\0\0\x07"sv, "\xCF\0\0\0\0\0\0\0\x07"sv,
                           "\xD0\x07"sv, "\xD1\0\x07"sv, "\xD2\0\0\0\x07"sv, "\xD3\0\0\0\0\0\0\0\x07"sv})
    EXPECT_EQ(*codec::parse_msgpack(bytes), model::value{7});
}
