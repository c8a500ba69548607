#include "actors/edge/followed_inputs.hpp"

namespace towncrier::edge {

namespace {

/// Calls `f` with everything that these messages publish, characters' changes and events alike.
template <class F>
void for_each_input(std::span<model::client_message> messages, F f) {
  for (auto& message : messages)
    if (auto* published = std::get_if<model::publish_request>(&message.body))
      for (auto& item : published->items)
        std::visit(f, item);
}

} // namespace

void begin_following(std::span<model::client_message> messages, tracing::board& traces, const std::string& connection) {
  for_each_input(messages, [&](auto& input) {
    const auto what = tracing::about_of(input);
    input.trace = tracing::note(traces.begin(what, connection, input.trace), {.name = "received", .what = what});
  });
}

void note_inputs(std::span<model::client_message> messages, const tracing::step& what) {
  if (!hosting::traces_on()) [[likely]]
    return;
  for_each_input(messages, [&](auto& input) { input.trace = tracing::note(input.trace, what); });
}

} // namespace towncrier::edge
