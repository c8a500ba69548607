#include "actors/ops/actor_view.hpp"
#include "actors/ops/inspector.hpp"

#include <charconv>
#include <optional>

namespace towncrier::ops {

namespace {

using namespace std::chrono_literals;

model::object failure(std::string sentence) { return {{"ok", false}, {"error", std::move(sentence)}}; }

template <class Promise>
void give(Promise& to, protocol::inspect_answer x) {
  to.deliver(std::move(x));
}

/// `c17`, or 17.
std::optional<protocol::connection_id> connection_id_of(std::string_view text) {
  if (text.starts_with('c'))
    text.remove_prefix(1);
  protocol::connection_id id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  return error == std::errc{} && end == text.data() + text.size() && id != 0 ? std::optional{id} : std::nullopt;
}

} // namespace

void inspector_state::why(const model::object& question, promise to) {
  const auto connection = text_of(question, "connection");
  const auto character = text_of(question, "character");
  const auto id = connection_id_of(connection);
  if (!id || character.empty())
    return give(to, {failure("give 'connection' (as c17) and 'character'")});
  self->request(services.admission, 2s, protocol::find_connection{*id})
      .then(
          [this, to, connection, character](const protocol::found_connection& found) mutable {
            if (!found.who)
              return give(to, {model::object{{"connection", connection},
                                             {"character", character},
                                             {"seen", false},
                                             {"reason", "no_such_connection"}}});
            self->request(found.who, 2s, protocol::why_question{{character, false}})
                .then([to](protocol::inspect_answer& x) mutable { to.deliver(std::move(x)); },
                      [to](caf::error& e) mutable { to.deliver(std::move(e)); });
          },
          [to](caf::error& e) mutable { to.deliver(std::move(e)); });
}

void inspector_state::act(const model::object& question, promise to) {
  const auto action = text_of(question, "action");
  if (action == "close")
    return close(text_of(question, "connection"), std::move(to));
  if (action == "log_level") {
    const auto level = text_of(question, "level");
    if (!services.set_log_level || !services.set_log_level(level))
      return give(to, {failure("'level' must be trace, debug, info, warn, error or off")});
    return give(to, {model::object{{"ok", true}, {"level", level}}});
  }
  if (action != "restart" && action != "pause" && action != "resume")
    return give(to, {failure("'action' must be close, restart, pause, resume or log_level")});
  auto character = text_of(question, "character");
  if (const auto id = number_of(question, "actor", 0); character.empty() && id != 0) {
    for (const auto& x : hosting::actor_list::all(self->system()))
      if (x.id == id) {
        const auto kind = hosting::actor_list::kind_name(x.kind);
        if (kind != "character_publisher")
          return give(to,
                      {failure("a " + kind +
                               " cannot be restarted: it holds what nobody else knows; a character_publisher can")});
        character = x.label;
      }
  }
  if (character.empty())
    return give(to, {failure("give 'character', or the 'actor' of one")});
  self->request(services.characters, 2s, protocol::character_act{{character, false}, action})
      .then([to](protocol::inspect_answer& x) mutable { to.deliver(std::move(x)); },
            [to](caf::error& e) mutable { to.deliver(std::move(e)); });
}

void inspector_state::close(const std::string& connection, promise to) {
  const auto id = connection_id_of(connection);
  if (!id)
    return give(to, {failure("give 'connection', as c17")});
  self->request(services.admission, 2s, protocol::find_connection{*id})
      .then(
          [this, to, connection](const protocol::found_connection& found) mutable {
            if (!found.who)
              return give(to, {failure("no connection " + connection + " is there")});
            self->send(found.who, protocol::close_order{protocol::close_code::policy, "closed by an operator"});
            give(to, {model::object{{"ok", true}, {"connection", connection}}});
          },
          [to](caf::error& e) mutable { to.deliver(std::move(e)); });
}

} // namespace towncrier::ops
