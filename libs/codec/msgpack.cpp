// The parser would ask Boost for its byte order and its assertions.
#define MSGPACK_NO_BOOST

#include "codec/msgpack.hpp"

#include "codec/msgpack_writer.hpp"
#include "codec/value_builder.hpp"

#include <fmt/format.h>
#include <msgpack/unpack.hpp>

#include <cstdint>

namespace towncrier::codec {

namespace {

/// What the parser calls; the names are msgpack-c's.
class msgpack_visitor {
public:
  explicit msgpack_visitor(value_builder& out) : out_(out) {}

  bool visit_nil() { return in_key_ ? refuse_key() : out_.null(); }
  bool visit_boolean(bool x) { return in_key_ ? refuse_key() : out_.boolean(x); }
  bool visit_positive_integer(std::uint64_t x) { return in_key_ ? refuse_key() : out_.integer(x); }
  bool visit_negative_integer(std::int64_t x) { return in_key_ ? refuse_key() : out_.integer(x); }
  bool visit_float32(float x) { return visit_float64(static_cast<double>(x)); }
  bool visit_float64(double x) { return in_key_ ? refuse_key() : out_.number(x); }
  bool visit_str(const char* x, std::uint32_t size) { return in_key_ ? out_.key({x, size}) : out_.text({x, size}); }
  bool visit_bin(const char*, std::uint32_t) { return out_.fail("binary data; send text as a string"); }
  bool visit_ext(const char*, std::uint32_t) { return out_.fail("an extension type; send plain values"); }
  bool start_array(std::uint32_t) { return in_key_ ? refuse_key() : out_.begin_array(); }
  bool start_array_item() { return true; }
  bool end_array_item() { return true; }
  bool end_array() { return out_.end_array(); }
  bool start_map(std::uint32_t) { return in_key_ ? refuse_key() : out_.begin_object(); }
  bool start_map_key() { return in_key_ = true; }
  bool end_map_key() { return !(in_key_ = false); }
  bool start_map_value() { return true; }
  bool end_map_value() { return true; }
  bool end_map() { return out_.end_object(); }
  void parse_error(std::size_t, std::size_t) { out_.fail("a byte that begins no value"); }
  void insufficient_bytes(std::size_t, std::size_t) { out_.fail("it ends in the middle of a value"); }

private:
  bool refuse_key() { return out_.fail("a map key that is not a string"); }

  value_builder& out_;
  bool in_key_ = false;
};

/// Appends each kind of value.
struct value_visitor {
  std::string& bytes;
  msgpack_writer out{bytes};

  void operator()(std::nullptr_t) const { out.nil(); }
  void operator()(bool x) const { out.boolean(x); }
  void operator()(std::int64_t x) const { out.integer(x); }
  void operator()(std::uint64_t x) const { out.integer(x); }
  void operator()(double x) const { out.number(x); }
  void operator()(const std::string& x) const { out.text(x); }
  void operator()(const model::array& xs) const {
    out.begin_array(xs.size());
    for (const auto& x : xs)
      append_msgpack(bytes, x);
  }
  void operator()(const model::object& xs) const { append_msgpack_object(bytes, xs); }
};

} // namespace

model::result<model::value> parse_msgpack(std::string_view bytes, std::size_t max_depth) {
  value_builder out{max_depth};
  msgpack_visitor visitor{out};
  std::size_t offset = 0;
  const auto whole = msgpack::parse(bytes.data(), bytes.size(), offset, visitor);
  if (whole && offset != bytes.size())
    out.fail("more bytes after the value");
  if (!whole || !out.error().empty())
    return model::failure{fmt::format("not valid MessagePack at byte {}: {}", offset, out.error())};
  return out.take();
}

void append_msgpack(std::string& out, const model::value& x) { std::visit(value_visitor{out}, x.data()); }

void append_msgpack_object(std::string& out, const model::object& xs) {
  const msgpack_writer writer{out};
  writer.begin_map(xs.size());
  for (const auto& [key, x] : xs) {
    writer.text(key);
    append_msgpack(out, x);
  }
}

} // namespace towncrier::codec
