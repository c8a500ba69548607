#include "codec/envelope.hpp"

#include "codec/fields.hpp"
#include "codec/traceparent.hpp"

#include <fmt/format.h>

namespace towncrier::codec {

namespace {

constexpr std::string_view shape = R"(an object like {"type": "heartbeat", "data": {}})";

model::failure missing_data(const std::string& type) {
  return {fmt::format("{}: 'data' is missing; give an object (it may be {{}})", quoted(type))};
}

/// An `id` that cannot be given back is refused, so that no client waits for an answer that it would not recognise.
bool is_id(const model::value& x) {
  return x.is_null() || x.get_if<std::string>() != nullptr || x.get_if<std::int64_t>() != nullptr;
}

/// As the W3C has it, what cannot be read counts as not sent.
model::trace_ptr find_trace(const model::object& message) {
  const auto* x = model::find(message, "traceparent");
  const auto* text = x == nullptr ? nullptr : x->get_if<std::string>();
  return text == nullptr ? nullptr : parse_traceparent(*text);
}

} // namespace

std::optional<model::message_id> find_id(const model::value& message) {
  const auto* id = message.find("id");
  if (id == nullptr)
    return std::nullopt;
  if (const auto* text = id->get_if<std::string>())
    return *text;
  if (const auto* integer = id->get_if<std::int64_t>())
    return *integer;
  return std::nullopt;
}

model::result<envelope> read_envelope(model::value message) {
  auto* members = message.get_if<model::object>();
  if (members == nullptr)
    return model::failure{fmt::format("the message is {}; send {}", message.kind(), shape)};
  fields in{"message", *members};
  auto type = in.required_text("type");
  if (const auto* id = message.find("id"); id != nullptr && !is_id(*id))
    in.fail(fmt::format("'id' is {}; give a string or an integer of 64 bits", id->kind()));
  const auto timestamp = in.number("timestamp");
  if (in.failed())
    return model::failure{in.error()};
  for (auto& [key, x] : *members)
    if (key == "data")
      return envelope{std::move(type), std::move(x), timestamp, find_trace(*members)};
  return missing_data(type);
}

} // namespace towncrier::codec
