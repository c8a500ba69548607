#pragma once

#include "codec/endian.hpp"
#include "codec/msgpack.hpp"

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace towncrier::codec {

/// Appends MessagePack to a string, each value in its shortest form (but doubles as float 64).
class msgpack_writer {
public:
  explicit msgpack_writer(std::string& out) : out_(out) {}

  void nil() const { byte(0xC0); }
  void boolean(bool x) const { byte(x ? 0xC3 : 0xC2); }

  void integer(std::uint64_t x) const {
    if (x < 0x80)
      byte(static_cast<std::uint8_t>(x));
    else if (x <= UINT8_MAX)
      tagged(0xCC, static_cast<std::uint8_t>(x));
    else if (x <= UINT16_MAX)
      tagged(0xCD, static_cast<std::uint16_t>(x));
    else if (x <= UINT32_MAX)
      tagged(0xCE, static_cast<std::uint32_t>(x));
    else
      tagged(0xCF, x);
  }

  void integer(std::int64_t x) const {
    if (x >= 0)
      integer(static_cast<std::uint64_t>(x));
    else if (x >= -32)
      byte(static_cast<std::uint8_t>(x));
    else if (x >= INT8_MIN)
      tagged(0xD0, static_cast<std::uint8_t>(x));
    else if (x >= INT16_MIN)
      tagged(0xD1, static_cast<std::uint16_t>(x));
    else if (x >= INT32_MIN)
      tagged(0xD2, static_cast<std::uint32_t>(x));
    else
      tagged(0xD3, static_cast<std::uint64_t>(x));
  }

  void number(double x) const { tagged(0xCB, std::bit_cast<std::uint64_t>(x)); }

  void text(std::string_view x) const {
    if (x.size() < 32)
      byte(static_cast<std::uint8_t>(0xA0 | x.size()));
    else if (x.size() <= UINT8_MAX)
      tagged(0xD9, static_cast<std::uint8_t>(x.size()));
    else
      length(0xDA, x.size());
    out_ += x;
  }

  void begin_array(std::size_t size) const {
    if (size < 16)
      byte(static_cast<std::uint8_t>(0x90 | size));
    else
      length(0xDC, size);
  }

  void begin_map(std::size_t size) const {
    if (size < 16)
      byte(static_cast<std::uint8_t>(0x80 | size));
    else
      length(0xDE, size);
  }

  void end_array() const {}
  void end_map() const {}
  void key(std::string_view name) const { text(name); }
  void value(const model::value& x) const { append_msgpack(out_, x); }
  void exact_value(const model::value& x) const { value(x); }
  void object(const model::object& xs) const { append_msgpack_object(out_, xs); }

  /// The next element of an array that was encoded before.
  void element(std::string_view bytes) const { out_ += bytes; }

private:
  void byte(std::uint8_t x) const { out_ += static_cast<char>(x); }

  /// A 16-bit length under `tag`, or a 32-bit one under the tag after it.
  void length(std::uint8_t tag, std::size_t size) const {
    if (size <= UINT16_MAX)
      tagged(tag, static_cast<std::uint16_t>(size));
    else
      tagged(static_cast<std::uint8_t>(tag + 1), static_cast<std::uint32_t>(size));
  }

  template <class Number>
  void tagged(std::uint8_t tag, Number x) const {
    append_tagged(out_, tag, x);
  }

  std::string& out_;
};

} // namespace towncrier::codec
