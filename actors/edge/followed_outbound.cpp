#include "actors/edge/followed_outbound.hpp"

#include <algorithm>
#include <utility>

namespace towncrier::edge {

using tracing::outcome;

struct followed_outbound::message {
  fanout::item_ptr what;
  model::trace_ptr mark;
  std::int64_t since = 0;
  bool in_socket = false; ///< it waits for the socket alone; otherwise in the outlet
};

namespace {

std::string replaced_by(const fanout::entry& x) {
  const auto& rev = x.what->now()->rev;
  return "version " + std::to_string(rev.epoch) + '.' + std::to_string(rev.version) +
         " took its place before the socket had room";
}

/// What the connection's hub has told of this message and this client before: that it was held back.
std::optional<outcome> told_before(const fanout::followed_item& x) {
  return x.was_held ? std::optional{outcome::held} : std::nullopt;
}

} // namespace

followed_outbound::followed_outbound() noexcept = default;
followed_outbound::~followed_outbound() = default;

void followed_outbound::shown(const fanout::chunk& x, bool live, const outlet& by) {
  look_what_still_waits(by);
  for (const auto& each : x.followed()) {
    if (live && by.all_written()) {
      tracing::note_receiver(each.mark, {.name = "written", .result = outcome::written}, told_before(each));
      continue;
    }
    tracing::step queued{.name = "queued", .reason = live ? "the socket is not ready" : "the client is behind"};
    queued.id = tracing::random_id();
    auto mark = std::make_shared<model::trace_mark>(*each.mark);
    mark->parent = queued.id;
    tracing::note_receiver(each.mark, std::move(queued), told_before(each));
    if (!waiting_)
      waiting_ = std::make_unique<std::vector<message>>();
    waiting_->push_back({each.what, std::move(mark), hosting::trace_clock(), live});
  }
  if (!live)
    look_what_still_waits(by);
}

/// Something was put into the outlet: what waited there may have been replaced, or dropped.
void followed_outbound::look_what_still_waits(const outlet& in) {
  if (empty())
    return;
  std::erase_if(*waiting_, [&](const message& x) {
    if (x.in_socket)
      return false;
    if (x.what->is_event()) {
      if (in.waits(*x.what))
        return false;
      note_end(x, outcome::dropped, "more events waited than the outbox may hold");
      return true;
    }
    const auto* latest = in.waiting_state(x.what->now()->id);
    if (latest == nullptr || latest->what == x.what)
      return false;
    note_end(x, outcome::conflated, replaced_by(*latest));
    return true;
  });
  if (waiting_->empty())
    waiting_ = nullptr;
}

void followed_outbound::socket_took_all() {
  if (empty())
    return;
  std::erase_if(*waiting_, [](const message& x) {
    if (x.in_socket)
      note_end(x, outcome::written);
    return x.in_socket;
  });
  if (waiting_->empty())
    waiting_ = nullptr;
}

void followed_outbound::gave_more(const outlet& by) {
  if (empty())
    return;
  std::erase_if(*waiting_, [&](message& x) {
    const auto waits = x.what->is_event() ? by.waits(*x.what) : by.waits(x.what->now()->id);
    if (x.in_socket || waits)
      return false;
    x.in_socket = true;
    if (!by.all_written())
      return false;
    note_end(x, outcome::written);
    return true;
  });
  if (waiting_->empty())
    waiting_ = nullptr;
}

void followed_outbound::not_shown(const fanout::chunk& x, std::string_view reason) {
  for (const auto& each : x.followed())
    tracing::note_receiver(each.mark, {.name = "dropped", .result = outcome::dropped, .reason = std::string{reason}},
                           told_before(each));
}

void followed_outbound::end() {
  if (const auto all = std::exchange(waiting_, nullptr))
    for (const auto& x : *all)
      note_end(x, outcome::dropped, "closed");
}

void followed_outbound::note_end(const message& x, outcome how, std::string reason) {
  tracing::note_receiver(x.mark,
                         {.name = tracing::to_string(how),
                          .result = how,
                          .reason = std::move(reason),
                          .kept = std::max<std::int64_t>(0, hosting::trace_clock() - x.since)},
                         outcome::passed);
}

} // namespace towncrier::edge
