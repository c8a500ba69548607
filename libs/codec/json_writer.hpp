#pragma once

#include "codec/json.hpp"

namespace towncrier::codec {

/// Appends JSON to a string, with the same calls as `msgpack_writer`, so that one function writes both. What integers
/// no JavaScript can hold are written as strings.
class json_writer {
public:
  explicit json_writer(std::string& out) : out_(out) {}

  void begin_map(std::size_t) const { out_ += '{'; }
  void end_map() const { out_ += '}'; }
  void begin_array(std::size_t) const { out_ += '['; }
  void end_array() const { out_ += ']'; }

  /// Begins the next member. Precondition: `name` needs no escaping.
  void key(std::string_view name) const {
    // No value ends in a brace that opens, so this is the first member.
    if (out_.back() != '{')
      out_ += ',';
    out_ += '"';
    out_ += name;
    out_ += "\":";
  }

  void text(std::string_view x) const { append_json_string(out_, x); }
  void integer(std::int64_t x) const { append_safe_json_integer(out_, x); }
  void integer(std::uint64_t x) const { append_safe_json_integer(out_, x); }
  void number(double x) const { append_json_number(out_, x); }
  void value(const model::value& x) const { append_safe_json(out_, x); }
  void object(const model::object& xs) const { append_safe_json_object(out_, xs); }

  /// As `value`, but every integer as a number: a client is given its own `id` back as it wrote it.
  void exact_value(const model::value& x) const { append_json(out_, x); }

  /// The next element of an array that was encoded before.
  void element(std::string_view bytes) const {
    if (out_.back() != '[')
      out_ += ',';
    out_ += bytes;
  }

private:
  std::string& out_;
};

} // namespace towncrier::codec
