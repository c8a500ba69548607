#include "actors/ops/inspector.hpp"
#include "hosting/gathering.hpp"

#include <algorithm>

namespace towncrier::ops {

namespace {

using namespace std::chrono_literals;

/// An actor that does not answer within this is too busy to be waited for.
constexpr auto patience = 500ms;
/// So many states are asked for by one question, at most.
constexpr std::size_t most_states = 100;

model::object unknown(std::string_view why) { return {{"state", model::value{}}, {"note", why}}; }

} // namespace

void inspector_state::ask_state(caf::actor_id id, std::function<void(model::object)> then) {
  const auto who = hosting::actor_list::find(self->system(), id);
  const auto row = hosting::actor_list::one(self->system(), id);
  if (!who || !row)
    return then(unknown("it has ended"));
  if (who == self->ctrl())
    return then({{"state", describe()}});
  const auto is_connection = hosting::actor_list::kind_name(row->kind) == "connection";
  self->request(caf::actor_cast<caf::actor>(who), patience, hosting::state_request{})
      .then(
          [this, who, is_connection, then](hosting::state_answer& x) {
            if (is_connection)
              return ask_subscriptions(who, std::move(x.state), then);
            then({{"state", std::move(x.state)}});
          },
          [then](const caf::error&) { then(unknown("it is too busy to answer: its state is not known")); });
}

/// Its hub knows what a connection watches; it is asked as for why a character was not seen.
void inspector_state::ask_subscriptions(const caf::strong_actor_ptr& connection, model::value state,
                                        std::function<void(model::object)> then) {
  self->request(caf::actor_cast<protocol::connection_actor>(connection), patience, protocol::why_question{})
      .then(
          [state, then](const protocol::inspect_answer& x) mutable {
            auto* members = state.get_if<model::object>();
            const auto* channels = x.answer.find("channels");
            if (members != nullptr && channels != nullptr) {
              members->emplace_back("subscriptions", *channels);
              const auto* area = x.answer.find("area");
              members->emplace_back("area", area == nullptr ? model::value{} : *area);
            }
            then({{"state", std::move(state)}});
          },
          [state, then](const caf::error&) mutable {
            then({{"state", std::move(state)}});
          });
}

void inspector_state::actors_with_states(const model::object& question, promise to) {
  auto answer = actors(question);
  auto rows = *model::find(answer, "actors")->get_if<model::array>();
  const auto count = std::min(rows.size(), most_states);
  const auto gathered =
      hosting::gather(std::move(rows), count, [answer = std::move(answer), to](model::array all) mutable {
        model::set(answer, "actors", std::move(all));
        to.deliver(protocol::inspect_answer{std::move(answer)});
      });
  for (std::size_t i = 0; i < count; ++i) {
    const auto* id = gathered->all[i].find("id");
    ask_state(static_cast<caf::actor_id>(id->number_or(0)), [gathered, i](model::object more) {
      auto& row = *gathered->all[i].get_if<model::object>();
      row.insert(row.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
      gathered->done();
    });
  }
  gathered->done();
}

} // namespace towncrier::ops
