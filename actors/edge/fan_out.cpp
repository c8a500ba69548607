#include "actors/edge/fan_out.hpp"

namespace towncrier::edge {

namespace {

/// How many viewers ahead of the one that is shown something memory is fetched: thousands of viewers fit no cache, and
/// waiting for memory was half of what a delivery cost besides the kernel.
constexpr std::size_t fetched_ahead = 3;

} // namespace

void fan_out::show(gathered& x, const flow::interest& interest) {
  if (x.entries().empty())
    return;
  if (!interest.world().empty())
    show_world(x, interest.world());
  const auto is_live = [this](slot_type slot) {
    const auto* viewer = viewers_.find(slot);
    return viewer != nullptr && viewer->is_live();
  };
  x.for_narrow(is_live, [this](slot_type slot, const fanout::chunk_ptr& chunk) { show(slot, chunk); });
}

void fan_out::show_world(const gathered& x, const std::vector<slot_type>& world) {
  const auto chunk = x.for_world();
  const auto message = caf::make_message(protocol::delivery{chunk});
  auto since = hosting::ticks();
  for (std::size_t i = 0; i < world.size(); ++i) {
    if (i + fetched_ahead < world.size())
      viewers_.fetch(world[i + fetched_ahead]);
    if (const auto* to = viewers_.find(world[i]); to != nullptr && to->is_live())
      since = show(*to, *chunk, message, since);
  }
}

void fan_out::show(slot_type slot, const fanout::chunk_ptr& chunk) {
  show(*viewers_.find(slot), *chunk, caf::make_message(protocol::delivery{chunk}), hosting::ticks());
}

/// `as_message` is shared by every mailbox that needs it. Begun at `since`; gives the time when it was done, in ticks.
std::uint64_t fan_out::show(const viewer& to, const fanout::chunk& chunk, const caf::message& as_message,
                            std::uint64_t since) {
  if (to.sink != nullptr && hosting::waits_for_mail(to.who))
    return to.sink->deliver_counted(chunk, since);
  caf::actor_cast<caf::abstract_actor*>(to.who)->enqueue(hub_.ctrl(), caf::make_message_id(), as_message,
                                                         hub_.context());
  return hosting::ticks();
}

} // namespace towncrier::edge
