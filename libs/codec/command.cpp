#include "codec/command.hpp"

#include "codec/channels.hpp"
#include "codec/envelope.hpp"
#include "codec/fields.hpp"
#include "codec/msgpack.hpp"
#include "codec/publish_command.hpp"

#include <fmt/format.h>

namespace towncrier::codec {

namespace {

using body_type = model::client_message::body_type;
using body_result = model::result<body_type>;

body_result finish(const fields& in, body_type x) {
  if (in.failed())
    return model::failure{in.error()};
  return x;
}

body_result read_auth(fields in) { return finish(in, model::auth_request{in.required_text("token")}); }

std::optional<model::area> read_area(fields& in) {
  auto members = in.object("area");
  if (!members)
    return std::nullopt;
  fields inner{"'area'", *members};
  const model::area area{inner.required_number("x"), inner.required_number("y"), inner.required_number("width"),
                         inner.required_number("height")};
  if (area.width < 0 || area.height < 0)
    inner.fail("'width' or 'height' is below 0; give at least 0");
  if (inner.failed())
    in.fail(inner.error());
  return area;
}

body_result read_subscribe(fields in) {
  auto channels = read_channels(in);
  auto area = read_area(in);
  const auto snapshot = in.boolean("snapshot");
  if (!channels && !area && !snapshot)
    in.fail("nothing to watch is given; give 'channels' (an array of strings) or 'area' (an object)");
  return finish(in, model::subscribe_request{std::move(channels).value_or(std::vector<std::string>{}), area,
                                             snapshot.value_or(false)});
}

body_result read_unsubscribe(fields in) {
  auto channels = read_channels(in);
  const auto area = in.has("area");
  if (!channels && !area)
    in.fail("nothing to stop watching is given; give 'channels' (an array of strings) or 'area'");
  return finish(in, model::unsubscribe_request{std::move(channels).value_or(std::vector<std::string>{}), area});
}

body_result read_resume(fields in) {
  auto position = in.text("position");
  if (!position)
    in.fail("'position' is missing; give the string that the server sent");
  return finish(in, model::resume_request{std::move(position).value_or("")});
}

body_result read_command(fields in) {
  model::command_request out;
  out.name = in.required_text("name");
  out.args = in.object("args").value_or(model::object{});
  return finish(in, std::move(out));
}

struct plain_type {
  std::string_view name;
  body_result (*read)(fields);
};

/// The types whose data is an object, besides the publishing ones.
constexpr plain_type plain_types[] = {{"auth", read_auth},
                                      {"subscribe", read_subscribe},
                                      {"unsubscribe", read_unsubscribe},
                                      {"resume", read_resume},
                                      {"command", read_command}};

body_result read_plain(const plain_type& type, model::value data) {
  auto* members = data.get_if<model::object>();
  if (members == nullptr)
    return model::failure{fmt::format("{}: 'data' is {}; give an object", type.name, data.kind())};
  return type.read(fields{type.name, *members});
}

body_result publish_one(envelope x) {
  auto input = read_publish(std::move(x));
  if (!input)
    return model::failure{input.error()};
  model::publish_request out;
  out.items.push_back(std::move(*input));
  return body_type{std::move(out)};
}

body_result publish_many(model::value data) {
  auto out = read_batch(std::move(data));
  if (!out)
    return model::failure{out.error()};
  return body_type{std::move(*out)};
}

model::failure unknown_type(std::string_view type) {
  return {
      fmt::format("the type {} is unknown; the known types are auth, subscribe, unsubscribe, resume, heartbeat, {}, "
                  "batch, command",
                  quoted(type), publishing_types())};
}

body_result read_body(envelope x) {
  if (is_publishing_type(x.type))
    return publish_one(std::move(x));
  if (x.type == "batch")
    return publish_many(std::move(x.data));
  if (x.type == "heartbeat")
    return body_type{model::heartbeat_request{}};
  for (const auto& type : plain_types)
    if (type.name == x.type)
      return read_plain(type, std::move(x.data));
  return unknown_type(x.type);
}

std::size_t weight_of(const envelope& x) {
  const auto* messages = x.data.get_if<model::array>();
  return x.type == "batch" && messages != nullptr && !messages->empty() ? messages->size() : 1;
}

} // namespace

command_result parse_command(format f, std::string_view bytes, std::size_t max_depth) {
  auto message = f == format::json ? parse_json(bytes, max_depth) : parse_msgpack(bytes, max_depth);
  if (!message)
    return command_error{message.error(), std::nullopt};
  auto id = find_id(*message);
  auto x = read_envelope(std::move(*message));
  if (!x)
    return command_error{x.error(), std::move(id)};
  const auto weight = weight_of(*x);
  auto body = read_body(std::move(*x));
  if (!body)
    return command_error{body.error(), std::move(id)};
  return model::client_message{std::move(id), std::move(*body), weight};
}

} // namespace towncrier::codec
