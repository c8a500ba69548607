#include "codec/publish_command.hpp"

#include "codec/fields.hpp"
#include "model/limits.hpp"

#include <fmt/format.h>

namespace towncrier::codec {

namespace {

using publish_result = model::result<model::publish_input>;

/// The sender's clock: the data's own time, or else when the message was sent.
std::optional<double> timestamp_of(fields& in, const envelope& x) {
  const auto own = in.timestamp();
  if (own || !x.timestamp)
    return own;
  if (!model::has_date(*x.timestamp))
    in.fail(fmt::format("the message's 'timestamp' is {}, which is no time from the year 1 to 9999; give seconds since "
                        "1970, not milliseconds",
                        *x.timestamp));
  return x.timestamp;
}

publish_result finish(const fields& in, model::publish_input x) {
  if (in.failed())
    return model::failure{in.error()};
  return x;
}

publish_result read_update(fields in, const envelope& x) {
  model::character_input out;
  out.kind = model::change_kind::update;
  out.id = in.character_id();
  out.name = in.text("name");
  out.state = in.text("state");
  out.location = in.location();
  out.place = in.place();
  out.attributes = in.object("attributes");
  out.timestamp = timestamp_of(in, x);
  out.trace = x.trace;
  return finish(in, std::move(out));
}

publish_result read_state_change(fields in, const envelope& x) {
  model::character_input out;
  out.kind = model::change_kind::state_change;
  out.id = in.character_id();
  out.state = in.text("new_state");
  out.location = in.location();
  out.place = in.place();
  out.attributes = in.object("attributes");
  out.timestamp = timestamp_of(in, x);
  out.trace = x.trace;
  if (!out.state && !out.location && !out.place && !out.attributes)
    in.fail("nothing that changes is given; give 'new_state', 'location', 'x' and 'y', or 'attributes'");
  return finish(in, std::move(out));
}

publish_result read_removed(fields in, const envelope& x) {
  model::character_input out;
  out.kind = model::change_kind::removed;
  out.id = in.character_id();
  out.timestamp = timestamp_of(in, x);
  out.trace = x.trace;
  return finish(in, std::move(out));
}

publish_result read_event(fields in, const envelope& x) {
  model::event_input out;
  out.event_type = in.required_text("event_type");
  if (out.event_type.size() > max_name_size)
    in.fail(fmt::format("'event_type' has {} bytes; give at most {}", out.event_type.size(), max_name_size));
  out.data = in.any("data").value_or(model::object{});
  out.timestamp = timestamp_of(in, x);
  out.trace = x.trace;
  return finish(in, std::move(out));
}

struct publishing_type {
  std::string_view name;
  publish_result (*read)(fields, const envelope&);
};

constexpr publishing_type known_types[] = {{"character_update", read_update},
                                           {"state_change", read_state_change},
                                           {"character_removed", read_removed},
                                           {"event_notification", read_event}};

const publishing_type* find_type(std::string_view name) noexcept {
  for (const auto& type : known_types)
    if (type.name == name)
      return &type;
  return nullptr;
}

publish_result read_element(model::value message) {
  auto x = read_envelope(std::move(message));
  if (!x)
    return model::failure{x.error()};
  if (x->type == "batch")
    return model::failure{"a batch stands in a batch; give its messages themselves"};
  if (!is_publishing_type(x->type))
    return model::failure{
        fmt::format("the type {} cannot stand in a batch; give one of {}", quoted(x->type), publishing_types())};
  return read_publish(std::move(*x));
}

void refuse(model::publish_request& out, std::size_t index, const std::string& why) {
  if (out.refused.size() < max_refusals)
    out.refused.push_back(fmt::format("message {}: {}", index, why));
}

} // namespace

bool is_publishing_type(std::string_view type) noexcept { return find_type(type) != nullptr; }

std::string_view publishing_types() noexcept {
  return "character_update, state_change, character_removed, event_notification";
}

publish_result read_publish(envelope x) {
  const auto* type = find_type(x.type);
  auto* members = x.data.get_if<model::object>();
  if (members == nullptr)
    return model::failure{fmt::format("{}: 'data' is {}; give an object", x.type, x.data.kind())};
  return type->read(fields{type->name, *members}, x);
}

model::result<model::publish_request> read_batch(model::value data) {
  auto* messages = data.get_if<model::array>();
  if (messages == nullptr)
    return model::failure{fmt::format("batch: 'data' is {}; give an array of messages", data.kind())};
  model::publish_request out;
  out.items.reserve(messages->size());
  for (std::size_t i = 0; i < messages->size(); ++i) {
    if (auto x = read_element(std::move((*messages)[i])))
      out.items.push_back(std::move(*x));
    else
      refuse(out, i, x.error());
  }
  const auto bad = messages->size() - out.items.size();
  if (bad > out.refused.size())
    out.refused.push_back(fmt::format("{} messages more were refused", bad - out.refused.size()));
  return out;
}

} // namespace towncrier::codec
