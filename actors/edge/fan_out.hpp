#pragma once

#include "actors/edge/flush_window.hpp"
#include "actors/edge/viewers.hpp"

#include <caf/local_actor.hpp>

namespace towncrier::edge {

/// Gives chunks to the live viewers of a hub: by a call where a viewer's connection lives on the same thread and waits
/// for mail, and by a message otherwise. This is the way of every change to every viewer.
class fan_out {
public:
  /// Messages come from `hub`.
  fan_out(caf::local_actor& hub, edge::viewers& viewers) : hub_(hub), viewers_(viewers) {}

  /// Shows what was gathered to whom it concerns. Who catches up is left out: it is given records of the stream.
  void show(gathered& x, const flow::interest& interest);

  /// Shows one chunk to the viewer in `slot`.
  void show(slot_type slot, const fanout::chunk_ptr& chunk);

private:
  void show_world(const gathered& x, const std::vector<slot_type>& world);
  std::uint64_t show(const viewer& to, const fanout::chunk& chunk, const caf::message& as_message, std::uint64_t since);

  caf::local_actor& hub_;
  edge::viewers& viewers_;
};

} // namespace towncrier::edge
