#pragma once

#include "actors/edge/outlet.hpp"
#include "tracing/board.hpp"
#include "tracing/notes.hpp"

#include <memory>
#include <vector>

namespace towncrier::edge {

/// Follows messages to one client, where somebody traces them: from when they are shown to it until its socket took
/// them, or until it is clear that it never will. Notes go to the trace that a message belongs to; a message counts
/// once among its receivers. No actor, so that it can be tested as it is.
class followed_outbound {
public:
  followed_outbound() noexcept;
  ~followed_outbound();
  followed_outbound(const followed_outbound&) = delete;
  followed_outbound& operator=(const followed_outbound&) = delete;

  /// Whether no followed message waits, as nearly always: then only a chunk that has followed messages concerns it.
  bool empty() const noexcept { return waiting_ == nullptr; }

  /// `x` was put into the outlet. `live`: it went on to the socket; otherwise it waits in the outlet.
  void shown(const fanout::chunk& x, bool live, const outlet& by);

  /// The socket took everything that it was given so far. Before the outlet is told so.
  void socket_took_all();

  /// The outlet gave the socket more of what waited.
  void gave_more(const outlet& by);

  /// `x` came for a client that is shown nothing, for this reason.
  static void not_shown(const fanout::chunk& x, std::string_view reason);

  /// The client is gone, and was not given what still waited.
  void end();

private:
  /// A followed message that the client does not have yet.
  struct message;

  void look_what_still_waits(const outlet& in);
  static void note_end(const message& x, tracing::outcome how, std::string reason = {});

  std::unique_ptr<std::vector<message>> waiting_; ///< never empty
};

} // namespace towncrier::edge
