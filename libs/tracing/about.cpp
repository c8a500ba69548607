#include "tracing/about.hpp"

#include <array>

namespace towncrier::tracing {

namespace {

std::string_view type_of(model::change_kind x) {
  constexpr std::array<std::string_view, 3> names{"character_update", "state_change", "character_removed"};
  return names[static_cast<std::size_t>(x)];
}

about about_event(const std::string& type) { return {"event:" + type, "event_notification"}; }

} // namespace

about about_of(const model::character_input& x) { return {"character:" + x.id.text, type_of(x.kind)}; }

about about_of(const model::event_input& x) { return about_event(x.event_type); }

about about_of(const model::change& x) {
  if (const auto* event = std::get_if<model::event_ptr>(&x))
    return about_event((*event)->event_type);
  const auto& change = std::get<model::character_change>(x);
  const auto& rev = change.now->rev;
  return {"character:" + change.now->id.text, type_of(change.kind), rev.epoch, rev.version};
}

about about_of(const model::batch& x, std::size_t index) {
  auto result = about_of(x.changes[index]);
  if (std::holds_alternative<model::event_ptr>(x.changes[index]))
    result.event_id = x.stamp.origin + ':' + std::to_string(x.stamp.incarnation) + ':' +
                      std::to_string(x.stamp.sequence) + ':' + std::to_string(index);
  return result;
}

} // namespace towncrier::tracing
