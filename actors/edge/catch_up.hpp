#pragma once

#include "actors/edge/replica.hpp"
#include "flow/interest.hpp"
#include "flow/time.hpp"
#include "protocol/options.hpp"

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace towncrier::edge {

/// How long a viewer waits at most for what it has heard at another edge and this one has not.
inline constexpr std::chrono::seconds early_patience{2};

/// What one viewer that is not live yet still has to get, and how it is given that. Exists from the viewer's join, or
/// from its `resume`, until it is live. No actor, so that it can be tested as it is.
///
/// A catch-up is in one of five states:
///
///     awaiting_resume ──resume──> replaying <──answered: took it── asked
///       │    ^  │ └───release──────^    └──────too slow───────────^  │
///       v    │  └──too much waits──> conflated <──answered: no───────┘
///     awaiting_peers ──too much waits──^
///
/// and ends, from any of them, when the viewer is live: it has got everything, or is given a snapshot instead.
class catch_up {
public:
  enum class state : std::uint8_t {
    /// The viewer may still say where to resume. It is given nothing, so that what it missed can come first.
    awaiting_resume,
    /// It did say so, and has heard something elsewhere that has not come here yet. It is given nothing.
    awaiting_peers,
    /// It is given one piece after the other, each when its socket took the one before.
    replaying,
    /// As `replaying`, and it comes no nearer: its connection was asked whether its socket takes anything.
    asked,
    /// Its socket does not, or it waited for too long. It is given the rest at once, as if it were live: its connection
    /// keeps the latest states and the events up to their bound.
    conflated,
  };

  /// Begins in `awaiting_resume` at the end of `stream`, where the position is `here`.
  catch_up(const record_stream& stream, model::position here, const protocol::edge_options& options,
           flow::time_point now);

  state at() const noexcept { return state_; }

  /// Whether it is given nothing, as its viewer may still resume.
  bool is_waiting() const noexcept { return state_ == state::awaiting_resume || state_ == state::awaiting_peers; }

  // -- from one state to the next

  /// The viewer said where to resume. `is_ahead`: something that it has heard there has not come here. True: it is
  /// `awaiting_peers`, and its `resume` is to be looked at again soon. False: it has waited long enough, or need not
  /// wait. Precondition: `is_waiting()`.
  bool await_peers(bool is_ahead, flow::time_point now);

  /// It goes on at `from`. Precondition: `is_waiting()`.
  void resume(replica::start from, const record_stream& stream, flow::time_point now);

  /// Its time to resume is over. False, and nothing done, unless it is `awaiting_resume`.
  bool release(const record_stream& stream, flow::time_point now);

  /// Its connection says whether the viewer's socket takes anything: counts while it is `asked`.
  void answer(bool socket_is_stuck) noexcept;

  enum class demand : std::uint8_t {
    nothing,
    ask_connection, ///< whether the socket takes anything
    give_more,      ///< at once
  };

  /// Looks at how much waits, after more has come or time has passed. A catch-up must come nearer to the end of the
  /// stream: what waits for one that is slower than what happens would grow without an end. No more than
  /// `history_bytes` wait for one that `is_waiting`; for others, no more than when they began, and `max_queued_bytes`.
  demand bound(const record_stream& stream, flow::time_point now);

  // -- what the viewer is given

  struct piece {
    /// nullptr: the viewer sees nothing of what was looked at.
    fanout::chunk_ptr chunk;
    /// Whether the end of the stream was reached: the viewer is live.
    bool is_last = false;
    /// Whether its connection conflates it if its socket does not take it; it says when the socket took it otherwise.
    bool is_conflated = false;
    /// Followed items that have waited, and that the viewer does not see.
    std::vector<fanout::followed_item> unseen;
  };

  /// The next piece of the stream as the viewer in `slot` sees it: bounded, so that others have their turn.
  /// Precondition: not `is_waiting()`.
  piece next_piece(const record_stream& stream, const flow::interest& interest, slot_type slot, recent_pieces& pieces,
                   flow::time_point now);

  /// When it has got everything, it is to be given a snapshot too.
  void want_snapshot() noexcept { wants_snapshot_ = true; }
  bool wants_snapshot() const noexcept { return wants_snapshot_; }

  // -- followed messages

  /// The viewer is given this item later.
  void follow(fanout::followed_item x) { followed_.push_back(std::move(x)); }

  /// Those that it was not given, and will not be.
  std::vector<fanout::followed_item> give_up_followed() { return std::exchange(followed_, {}); }

  /// Why its viewer has not been shown something yet: a word of the operators' API.
  std::string_view reason() const noexcept { return is_waiting() ? "held_for_resume" : "catching_up"; }

private:
  struct stretch;

  bool is_missing(const place& here) const;
  stretch walk(const flow::interest& interest, slot_type slot);
  fanout::chunk_ptr chunk_of(stretch x, std::vector<fanout::followed_item> followed, recent_pieces& pieces,
                             flow::time_point now) const;
  std::vector<fanout::followed_item> take_followed(const std::vector<fanout::entry>& shown,
                                                   std::vector<fanout::followed_item>& unseen);
  std::size_t room(const record_stream& stream) const;

  const protocol::edge_options* options_;
  state state_ = state::awaiting_resume;
  bool wants_snapshot_ = false;
  /// Until when it is `awaiting_peers`; empty: it is not.
  std::optional<flow::time_point> waits_until_;
  /// The first that it was not given.
  place_ptr next_;
  /// The records from this number on came after it had begun: all of them are missing. What it missed before is told
  /// from the rest by its position.
  std::uint64_t news_from_ = 0;
  /// How far it has come.
  model::position position_;
  /// It is too slow when more bytes than these wait.
  std::size_t most_bytes_ = 0;
  /// When it began, or was given something last.
  flow::time_point given_;
  std::vector<fanout::followed_item> followed_;
};

} // namespace towncrier::edge
