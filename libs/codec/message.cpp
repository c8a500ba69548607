#include "codec/message.hpp"

#include "codec/json_writer.hpp"
#include "codec/msgpack_writer.hpp"

#include <charconv>

namespace towncrier::codec {

namespace {

/// What a thread keeps of its encoding buffer between messages, in bytes.
constexpr std::size_t kept_capacity = 64 * 1024;

/// Lets `write` encode into a buffer that is grown already, and gives back a string that is no longer than it must be:
/// histories keep many of them.
template <class Write>
std::string encode(format f, Write write) {
  thread_local std::string buffer;
  buffer.clear();
  if (f == format::json)
    write(json_writer{buffer});
  else
    write(msgpack_writer{buffer});
  std::string out{buffer};
  if (buffer.capacity() > kept_capacity)
    buffer = std::string{};
  return out;
}

template <class Writer, class Data>
void write_envelope(Writer out, std::string_view type, double timestamp, std::string_view position, Data write_data) {
  out.begin_map(position.empty() ? 3 : 4);
  out.key("type");
  out.text(type);
  out.key("data");
  write_data();
  out.key("timestamp");
  out.number(timestamp);
  if (!position.empty()) {
    out.key("position");
    out.text(position);
  }
  out.end_map();
}

template <class Integer, class Writer>
bool write_integer(Writer out, std::string_view digits) {
  Integer x = 0;
  const auto* end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, x);
  if (error != std::errc{} || rest != end)
    return false;
  out.integer(x);
  return true;
}

template <class Writer>
void write_id(Writer out, const model::character_id& id) {
  out.key("character_id");
  if (id.integer && (write_integer<std::int64_t>(out, id.text) || write_integer<std::uint64_t>(out, id.text)))
    return;
  out.text(id.text);
}

template <class Writer>
void write_text(Writer out, std::string_view name, std::string_view x) {
  out.key(name);
  out.text(x);
}

template <class Writer>
void write_whereabouts(Writer out, const model::character& x) {
  write_text(out, "location", x.location);
  if (!x.place)
    return;
  out.key("x");
  out.number(x.place->x);
  out.key("y");
  out.number(x.place->y);
}

template <class Writer>
void write_attributes(Writer out, const model::character& x) {
  out.key("attributes");
  out.object(x.attributes);
}

template <class Writer>
void write_revision(Writer out, const model::revision& x) {
  out.key("epoch");
  out.integer(x.epoch);
  out.key("version");
  out.integer(x.version);
}

template <class Writer>
void write_timestamp(Writer out, double x) {
  out.key("timestamp");
  out.number(x);
}

std::size_t place_members(const model::character& x) { return x.place ? 2 : 0; }

template <class Writer>
void write_update(Writer out, const model::character& x) {
  write_envelope(out, "character_update", x.timestamp, {}, [&] {
    out.begin_map(8 + place_members(x));
    write_id(out, x.id);
    write_text(out, "name", x.name);
    write_text(out, "state", x.state);
    write_whereabouts(out, x);
    write_attributes(out, x);
    write_revision(out, x.rev);
    write_timestamp(out, x.timestamp);
    out.end_map();
  });
}

template <class Writer>
void write_state_change(Writer out, const model::character_change& change) {
  const auto& x = *change.now;
  write_envelope(out, "state_change", x.timestamp, {}, [&] {
    out.begin_map(7 + place_members(x) + (change.attributes_changed ? 1 : 0));
    write_id(out, x.id);
    write_text(out, "new_state", x.state);
    write_text(out, "previous_state", change.previous_state);
    write_whereabouts(out, x);
    write_revision(out, x.rev);
    write_timestamp(out, x.timestamp);
    if (change.attributes_changed)
      write_attributes(out, x);
    out.end_map();
  });
}

template <class Writer>
void write_removed(Writer out, const model::character& x, std::string_view reason) {
  write_envelope(out, "character_removed", x.timestamp, {}, [&] {
    out.begin_map(reason.empty() ? 3 : 4);
    write_id(out, x.id);
    write_revision(out, x.rev);
    if (!reason.empty())
      write_text(out, "reason", reason);
    out.end_map();
  });
}

template <class Writer>
void write_event(Writer out, const model::event& x) {
  write_envelope(out, "event_notification", x.timestamp, {}, [&] {
    out.begin_map(3);
    write_text(out, "event_type", x.event_type);
    out.key("data");
    out.value(x.data);
    write_timestamp(out, x.timestamp);
    out.end_map();
  });
}

template <class Writer>
void write_change(Writer out, const model::character_change& x) {
  switch (x.kind) {
    case model::change_kind::update:
      return write_update(out, *x.now);
    case model::change_kind::state_change:
      return write_state_change(out, x);
    case model::change_kind::removed:
      return write_removed(out, *x.now, {});
  }
}

template <class Writer>
void write_change(Writer out, const model::event_ptr& x) {
  write_event(out, *x);
}

/// Adds a member to a message that is encoded already: inside the last brace, or behind the last member of the map
/// whose first byte counts them.
std::string with_position(format f, std::string_view fragment, std::string_view position) {
  std::string out;
  out.reserve(fragment.size() + position.size() + 20);
  if (f == format::json) {
    out = fragment.substr(0, fragment.size() - 1);
    write_text(json_writer{out}, "position", position);
    out += '}';
  } else {
    out = fragment;
    out.front() = static_cast<char>(out.front() + 1);
    write_text(msgpack_writer{out}, "position", position);
  }
  return out;
}

/// The bytes that a batch needs besides its messages, rounded up.
constexpr std::size_t batch_overhead = 96;

template <class Writer>
void write_batch(Writer out, std::span<const std::string_view> fragments, std::string_view position, double timestamp) {
  write_envelope(out, "batch", timestamp, position, [&] {
    out.begin_array(fragments.size());
    for (const auto fragment : fragments)
      out.element(fragment);
    out.end_array();
  });
}

std::string assemble_batch(format f, std::span<const std::string_view> fragments, std::string_view position,
                           double timestamp) {
  auto size = batch_overhead + position.size();
  for (const auto fragment : fragments)
    size += fragment.size() + 1;
  std::string out;
  out.reserve(size);
  if (f == format::json)
    write_batch(json_writer{out}, fragments, position, timestamp);
  else
    write_batch(msgpack_writer{out}, fragments, position, timestamp);
  return out;
}

} // namespace

std::string encode_change(format f, const model::change& x) {
  return encode(f, [&](auto out) { std::visit([&](const auto& change) { write_change(out, change); }, x); });
}

std::string encode_update(format f, const model::character& x) {
  return encode(f, [&](auto out) { write_update(out, x); });
}

std::string encode_removed(format f, const model::character& x, std::string_view reason) {
  return encode(f, [&](auto out) { write_removed(out, x, reason); });
}

std::string assemble(format f, std::span<const std::string_view> fragments, std::string_view position,
                     double timestamp) {
  if (fragments.empty())
    return {};
  if (fragments.size() > 1)
    return assemble_batch(f, fragments, position, timestamp);
  return position.empty() ? std::string{fragments.front()} : with_position(f, fragments.front(), position);
}

std::string encode_message(format f, std::string_view type, const model::value& data, double timestamp,
                           std::string_view position) {
  return encode(f, [&](auto out) { write_envelope(out, type, timestamp, position, [&] { out.exact_value(data); }); });
}

std::string encode_value(format f, const model::value& x) {
  return encode(f, [&](auto out) { out.exact_value(x); });
}

} // namespace towncrier::codec
