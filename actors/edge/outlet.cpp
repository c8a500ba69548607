#include "actors/edge/outlet.hpp"

#include "codec/message.hpp"
#include "model/wall_clock.hpp"

namespace towncrier::edge {

namespace {

/// Entries that a client which is behind is given at once: small enough that what comes after is fresh.
constexpr std::size_t catch_up_entries = 500;

const fanout::position_text& no_position() {
  static const auto text = std::make_shared<const std::string>(fanout::unresumable);
  return text;
}

/// Whether the client knew the character before this entry. Where that is not certain, yes: a client that is told of
/// the end of something it never saw takes no harm.
bool knew_it(const fanout::entry& x) {
  return x.shape == fanout::shape::snapshot || (x.shape != fanout::shape::update && x.what->before() != nullptr);
}

bool leaves_view(const fanout::entry& x) {
  return x.shape == fanout::shape::left_area || x.shape == fanout::shape::left_location || x.what->is_removal();
}

/// Adds what a client that missed earlier changes has to be told of a character: its whole state; or that it is gone,
/// if the client knew it.
void add_latest(std::vector<fanout::entry>& out, flow::outbox<fanout::entry>::pending_state& x) {
  if (leaves_view(x.entry)) {
    if (x.known)
      out.push_back(std::move(x.entry));
    return;
  }
  out.push_back({std::move(x.entry.what), fanout::shape::update});
}

} // namespace

outlet::outlet(protocol::client_socket& socket, protocol::traffic& traffic, options limits)
    : socket_(socket), traffic_(traffic), limits_(limits) {}

outlet::~outlet() { end_behind(); }

bool outlet::deliver_live(const fanout::chunk& x) {
  if (behind() || congested())
    return false;
  replay(x);
  return true;
}

void outlet::put_off(const fanout::chunk& x, flow::time_point now) {
  fall_behind();
  for (const auto& entry : x.entries())
    put(entry, now);
  if (x.position())
    backlog_->position = x.position();
}

void outlet::replay(const fanout::chunk& x) {
  write(x.frames(how_), x.entries().size());
  advance(x.position());
}

void outlet::send(std::string_view type, const model::object& data, std::string_view position) {
  const auto frame =
      fanout::frame_message(how_, codec::encode_message(how_.format, type, data, model::wall_clock(), position));
  write({&frame, 1}, 0);
  unread_answers_ = socket_.queued_bytes() == 0 ? 0 : unread_answers_ + frame->size();
}

void outlet::drained(flow::time_point now) {
  if (socket_.queued_bytes() == 0)
    unread_answers_ = 0;
  // What the socket takes at once is not followed by another `drained`.
  while (behind() && !congested())
    catch_up(now);
}

void outlet::catch_up(flow::time_point now) {
  auto missed = backlog_->missed.take(catch_up_entries, now);
  std::vector<fanout::entry> entries;
  entries.reserve(missed.events.size() + missed.states.size());
  std::move(missed.events.begin(), missed.events.end(), std::back_inserter(entries));
  for (auto& x : missed.states)
    add_latest(entries, x);
  // `lag` goes first: a client whose connection breaks in between must not have a position after a gap that it was not
  // told of.
  if (missed.conflated != 0 || missed.dropped_events != 0)
    tell_lag(missed.conflated, missed.dropped_events, missed.behind);
  // A client that has some of the latest states, but not all, cannot resume from any position: it would be given older
  // states after newer ones.
  position_ = no_position();
  if (missed.empty_now) {
    const auto position = std::move(backlog_->position);
    end_behind();
    advance(position);
  }
  const fanout::chunk latest{std::move(entries), position_, model::wall_clock()};
  write(latest.frames(how_), latest.entries().size());
}

void outlet::tell_lag(std::size_t conflated, std::size_t dropped_events, flow::duration behind) {
  traffic_.conflated.add(conflated);
  traffic_.dropped_events.add(dropped_events);
  send("lag", {{"conflated", std::uint64_t{conflated}},
               {"dropped_events", std::uint64_t{dropped_events}},
               {"behind_ms", std::chrono::duration_cast<std::chrono::milliseconds>(behind).count()},
               {"position", position()}});
}

void outlet::advance(const fanout::position_text& x) {
  if (!behind() && x)
    position_ = x;
}

void outlet::write(std::span<const codec::frame_ptr> frames, std::size_t entries) {
  if (frames.empty())
    return;
  std::size_t bytes = 0;
  for (const auto& frame : frames)
    bytes += frame->size();
  traffic_.messages_sent.add(frames.size());
  traffic_.deliveries.add(entries);
  traffic_.bytes_sent.add(bytes);
  socket_.send(frames);
}

void outlet::put(const fanout::entry& x, flow::time_point now) {
  if (x.what->is_event())
    backlog_->missed.put_event(x, x.what->as_is(how_.format).size(), now);
  else
    backlog_->missed.put_state(x.what->now()->id, x, knew_it(x), now);
}

void outlet::fall_behind() {
  if (behind())
    return;
  backlog_ = std::make_unique<backlog>(limits_.max_event_bytes);
  backlog_->position = position_;
  traffic_.connections_behind.add();
}

void outlet::end_behind() {
  if (!behind())
    return;
  backlog_ = nullptr;
  traffic_.connections_behind.subtract();
}

} // namespace towncrier::edge
