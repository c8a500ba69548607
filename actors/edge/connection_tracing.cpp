#include "actors/edge/connection.hpp"
#include "tracing/notes.hpp"

#include <algorithm>

namespace towncrier::edge {

namespace {

using tracing::outcome;

std::string replaced_by(const fanout::entry& x) {
  const auto& rev = x.what->now()->rev;
  return "version " + std::to_string(rev.epoch) + '.' + std::to_string(rev.version) +
         " took its place before the socket had room";
}

} // namespace

/// Marks what is followed of what the client publishes.
void connection_state::follow(std::vector<model::client_message>& messages) {
  for (auto& message : messages)
    if (auto* published = std::get_if<model::publish_request>(&message.body))
      for (auto& item : published->items)
        std::visit(
            [this](auto& input) {
              const auto what = tracing::about_of(input);
              input.trace = tracing::note(services->traces->begin(what, protocol::to_string(id), input.trace),
                                          {.name = "received", .what = what});
            },
            item);
}

/// `live`: what the chunk holds went to the socket; otherwise it waits in the outlet.
void connection_state::note_shown(const fanout::chunk& x, bool live) {
  note_waiting();
  for (const auto& [what, mark, was_held] : x.followed()) {
    const auto before = was_held ? std::optional{outcome::held} : std::nullopt;
    if (live && socket->queued_bytes() == 0) {
      tracing::note_receiver(mark, {.name = "written", .result = outcome::written}, before);
      continue;
    }
    tracing::step queued{.name = "queued", .reason = live ? "the socket is not ready" : "the client is behind"};
    queued.id = tracing::random_id();
    auto waiting = std::make_shared<model::trace_mark>(*mark);
    waiting->parent = queued.id;
    tracing::note_receiver(mark, std::move(queued), before);
    if (!followed)
      followed = std::make_unique<std::vector<following>>();
    followed->push_back({what, std::move(waiting), hosting::trace_clock(), live});
  }
  if (!live)
    note_waiting();
}

/// Something was put into the outlet: what waited there may have been replaced, or dropped.
void connection_state::note_waiting() {
  if (!followed)
    return;
  std::erase_if(*followed, [this](const following& x) {
    if (x.in_socket)
      return false;
    if (x.what->is_event()) {
      if (outlet->waits(*x.what))
        return false;
      note_end(x, outcome::dropped, "more events waited than the outbox may hold");
      return true;
    }
    const auto* latest = outlet->waiting_state(x.what->now()->id);
    if (latest == nullptr || latest->what == x.what)
      return false;
    note_end(x, outcome::conflated, replaced_by(*latest));
    return true;
  });
  if (followed->empty())
    followed = nullptr;
}

/// The socket took everything that it was given so far.
void connection_state::note_socket_empty() {
  if (!followed)
    return;
  std::erase_if(*followed, [this](const following& x) {
    if (x.in_socket)
      note_end(x, outcome::written);
    return x.in_socket;
  });
}

/// The outlet gave more to the socket.
void connection_state::note_given() {
  if (!followed)
    return;
  std::erase_if(*followed, [this](following& x) {
    const auto waits = x.what->is_event() ? outlet->waits(*x.what) : outlet->waits(x.what->now()->id);
    if (x.in_socket || waits)
      return false;
    x.in_socket = true;
    if (socket->queued_bytes() != 0)
      return false;
    note_end(x, outcome::written);
    return true;
  });
  if (followed->empty())
    followed = nullptr;
}

void connection_state::note_not_shown(const fanout::chunk& x) {
  for (const auto& [what, mark, was_held] : x.followed())
    tracing::note_receiver(mark,
                           {.name = "dropped",
                            .result = outcome::dropped,
                            .reason = phase == phase::closing ? "closed" : "not_welcome_yet"},
                           was_held ? std::optional{outcome::held} : std::nullopt);
}

void connection_state::note_end(const following& x, tracing::outcome how, std::string reason) {
  tracing::note_receiver(x.mark,
                         {.name = tracing::to_string(how),
                          .result = how,
                          .reason = std::move(reason),
                          .kept = std::max<std::int64_t>(0, hosting::trace_clock() - x.since)},
                         outcome::passed);
}

} // namespace towncrier::edge
