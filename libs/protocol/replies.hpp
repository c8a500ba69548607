#pragma once

#include "protocol/interfaces.hpp"

namespace towncrier::protocol {

/// A message's name as the `id` of its answer.
inline model::value to_value(const model::message_id& x) {
  return std::visit([](const auto& y) { return model::value{y}; }, x);
}

/// The data of the `result` that tells a client: its message `id` was carried out.
inline model::object done_data(const model::message_id& id) { return {{"id", to_value(id)}, {"ok", true}}; }

/// Answers an operator's command: done, with `data`.
template <class Self>
void reply(Self self, const command_order& to, model::object data) {
  answer result{"result", {{"ok", true}, {"data", std::move(data)}}, {}};
  if (to.id)
    result.data.insert(result.data.begin(), {"id", to_value(*to.id)});
  self->send(to.origin.from.viewer, std::move(result));
}

/// Answers an operator's command: it was not done, and `sentence` says what would be right.
template <class Self>
void refuse(Self self, const command_order& to, std::string sentence) {
  self->send(to.origin.from.viewer,
             failure_answer{errc::invalid_message, std::move(sentence), to.id, std::nullopt, std::nullopt});
}

} // namespace towncrier::protocol
