#include "nodes/commands/movement.hpp"

#include "codec/json.hpp"

#include <charconv>

namespace towncrier::commands {

namespace {

model::value message(std::string_view type, model::object data) {
  return model::object{{"type", type}, {"data", std::move(data)}};
}

/// An id as the recording wrote it.
model::value id_of(const std::string& id, bool integer) {
  if (std::int64_t x = 0; integer && std::from_chars(id.data(), id.data() + id.size(), x).ec == std::errc{})
    return x;
  if (std::uint64_t x = 0; integer && std::from_chars(id.data(), id.data() + id.size(), x).ec == std::errc{})
    return x;
  return id;
}

/// What a character is called by, however its id was written.
std::string name_of(const model::value& id) {
  if (const auto* text = id.get_if<std::string>())
    return *text;
  std::string digits;
  codec::append_json(digits, id);
  return digits;
}

model::object attributes_of(const movement_row& x) {
  model::object result;
  if (x.angle)
    result.emplace_back("angle", *x.angle);
  if (x.speed)
    result.emplace_back("speed", *x.speed);
  return result;
}

model::value update(const movement_row& x) {
  return message("character_update", {{"character_id", id_of(x.id, x.integer_id)},
                                      {"name", "Vehicle " + x.id},
                                      {"state", x.state},
                                      {"location", x.location},
                                      {"x", x.x},
                                      {"y", x.y},
                                      {"attributes", attributes_of(x)}});
}

model::value state_change(const movement_row& x) {
  return message("state_change", {{"character_id", id_of(x.id, x.integer_id)},
                                  {"new_state", x.state},
                                  {"location", x.location},
                                  {"x", x.x},
                                  {"y", x.y},
                                  {"attributes", attributes_of(x)}});
}

/// How a key of `state_change` is called in a whole state.
std::string_view state_key(std::string_view key) { return key == "new_state" ? "state" : key; }

} // namespace

std::vector<model::value> movement::messages(const movement_step& step) {
  std::vector<model::value> result;
  for (const auto& row : step.rows) {
    const bool known = !seen_.insert_or_assign(row.id, sighting{step.t, row.integer_id}).second;
    result.push_back(known ? state_change(row) : update(row));
  }
  if (!remove_)
    return result;
  std::erase_if(seen_, [&](const auto& x) {
    const auto& [id, seen] = x;
    if (seen.t == step.t)
      return false;
    result.push_back(message("character_removed", {{"character_id", id_of(id, seen.integer_id)}}));
    return true;
  });
  return result;
}

void last_states::apply(const model::value& x) {
  const auto* data = x.find("data");
  const auto* id = data ? data->find("character_id") : nullptr;
  if (id == nullptr)
    return;
  const auto name = name_of(*id);
  if (*x.find("type") == model::value{"character_removed"}) {
    states_.erase(name);
    return;
  }
  for (const auto& [key, value] : *data->get_if<model::object>())
    model::set(states_[name], state_key(key), value);
}

std::vector<model::value> last_states::messages() const {
  std::vector<model::value> result;
  for (const auto& [id, state] : states_)
    result.push_back(message("character_update", state));
  return result;
}

} // namespace towncrier::commands
