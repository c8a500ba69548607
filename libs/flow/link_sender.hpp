#pragma once

#include "flow/fifo.hpp"
#include "flow/time.hpp"

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

namespace towncrier::flow {

/// What a `link_sender` has to know of the parcels that it sends.
template <class T>
concept link_load = std::movable<T> && requires(const T& x) {
  /// How many bytes of the credit window it takes.
  { x.size() } -> std::convertible_to<std::size_t>;
  /// The batch up to which the peer has everything once it has this parcel. Empty for a part of a conflated parcel:
  /// only its last part brings the peer on.
  { x.reaches() } -> std::convertible_to<std::optional<std::uint64_t>>;
  /// How many events it holds, where it is a batch as it was made; 0 where it stands for several batches.
  { x.exact_events() } -> std::convertible_to<std::uint64_t>;
};

/// Decides what one peer is sent of the batches of this node, numbered 1, 2, 3, ... in their order, and when.
///
/// - While the peer has everything before it, a new batch is sent at once, as long as less than `window_bytes` are
///   unacknowledged (credit).
/// - Otherwise nothing is queued here: the sender is *behind*. When there is room again it asks the node's log for what
///   the peer has missed (`ask`), and gets it either as it was or conflated (`answered`).
/// - A batch that concerns no viewer of the peer is *put off*: after an interval the log is asked for the latest states
///   instead of all batches that were put off. If a batch that does concern the peer comes before that, those that were
///   put off are sent as they were, so that they need not be encoded again.
///
/// It knows no peer, no clock and no log: whoever uses it calls `next` and `ask` after everything that it tells the
/// sender, and does what they say. What comes back must be of the present session.
template <link_load Load>
class link_sender {
public:
  /// A place in what this node says: a batch, and the number of events said up to and with it.
  struct place {
    std::uint64_t sequence = 0;
    std::uint64_t events = 0;
  };

  /// What the log is asked for.
  struct question {
    /// The last batch that the peer has; empty: it has nothing of this life of the node.
    std::optional<std::uint64_t> after;
    /// How many events were said up to there, as far as the sender knows.
    std::uint64_t events = 0;
    /// How much the peer can take.
    std::size_t max_bytes = 0;
    /// The batches up to this one concern no viewer of the peer: the latest states will do. Empty: they may.
    std::optional<std::uint64_t> unwanted_upto;
  };

  /// A parcel to be sent now; numbered 1, 2, 3, ... in the session.
  struct parcel {
    std::uint64_t number = 0;
    Load what;
  };

  enum class offered : std::uint8_t {
    taken,        ///< `next` gives it
    already_sent, ///< the log's last answer had it
    behind,       ///< there is no room: the log will be asked for it later
  };

  explicit link_sender(std::size_t window_bytes) noexcept : window_bytes_(window_bytes) {}

  // -- sessions

  /// A session begins. `known`: the last batch of this life of the node that the peer has; empty: none.
  void begin(std::optional<std::uint64_t> known) {
    end();
    live_ = true;
    cursor_ = known;
    cursor_events_ = events_upto(known.value_or(0));
  }

  /// The session is over: what was not acknowledged may have arrived or not, the next greeting will tell.
  void end() noexcept {
    live_ = false;
    number_ = 0;
    behind_ = true;
    void_ = asking_;
    forget_put_off();
    waiting_.clear();
    in_flight_.clear();
    in_flight_bytes_ = 0;
    round_trip_.reset();
  }

  // -- what this node says

  /// Whether batch `sequence` comes right after everything that the peer was sent, or that was put off.
  bool is_next(std::uint64_t sequence) const noexcept {
    return !behind_ && waiting_.empty() && cursor_ && sequence == std::max(*cursor_, put_off_upto_) + 1;
  }

  /// The new batch `sequence` concerns no viewer of the peer. Precondition: `is_next(sequence)`. True: `put_off_due` is
  /// to be called when the interval is over.
  bool put_off(std::uint64_t sequence) noexcept {
    put_off_upto_ = sequence;
    return !std::exchange(timer_runs_, true);
  }

  /// The interval is over: the latest states are given instead of what was put off.
  void put_off_due() noexcept {
    timer_runs_ = false;
    put_off_is_due_ = put_off_upto_ != 0;
  }

  /// The peer's viewers watch something else now: what was put off may concern them, and is sent as it was.
  void interest_changed() noexcept {
    void_ = void_ || (asking_ && asked_for_put_off_);
    if (put_off_upto_ != 0)
      fall_behind();
  }

  /// A new batch. `x` is moved from only when it is taken.
  offered offer(Load& x) {
    const auto sequence = *x.reaches();
    if (cursor_ && sequence <= *cursor_)
      return offered::already_sent;
    if (!is_next(sequence) || put_off_upto_ != 0 || !has_room()) {
      fall_behind();
      return offered::behind;
    }
    cursor_ = sequence;
    cursor_events_ += x.exact_events();
    waiting_.push({std::move(x), {sequence, cursor_events_}});
    return offered::taken;
  }

  // -- what is to be done

  /// The next parcel to send now, if any; to be called until there is none.
  std::optional<parcel> next(time_point now) {
    if (waiting_.empty() || !has_room())
      return std::nullopt;
    auto x = waiting_.pop();
    const auto size = x.what.size();
    in_flight_.push({++number_, size, x.reaches.sequence, now});
    in_flight_bytes_ += size;
    if (x.what.reaches())
      sent_places_.push_back(x.reaches);
    return parcel{number_, std::move(x.what)};
  }

  /// What to ask the log for now, if anything. Until it has answered, nothing else is asked.
  std::optional<question> ask() noexcept {
    if (!live_ || asking_ || !waiting_.empty() || !has_room() || !(behind_ || put_off_is_due_))
      return std::nullopt;
    asking_ = true;
    void_ = false;
    asked_for_put_off_ = std::exchange(put_off_is_due_, false);
    const auto room = window_bytes_ - in_flight_bytes_;
    return question{cursor_, cursor_events_, room,
                    asked_for_put_off_ ? std::optional{put_off_upto_} : std::optional<std::uint64_t>{}};
  }

  /// The log's answer to what was asked last: with `loads` the peer has everything up to `upto`. `all`: nothing was
  /// said after that. An answer to a session that is over, or to what the peer's viewers watched before, is ignored.
  void answered(std::vector<Load>& loads, place upto, bool all) {
    asking_ = false;
    if (std::exchange(void_, false))
      return;
    place at{cursor_.value_or(0), upto.events};
    for (const auto& x : loads)
      at.events -= x.exact_events();
    for (auto& x : loads) {
      at.events += x.exact_events();
      at.sequence = x.reaches().value_or(at.sequence);
      waiting_.push({std::move(x), at});
    }
    cursor_ = upto.sequence;
    cursor_events_ = upto.events;
    // What was put off while the log was asked is not in the answer: it waits for the next.
    const auto more_put_off = put_off_upto_ > upto.sequence;
    if (!more_put_off)
      forget_put_off();
    behind_ = !all && !more_put_off;
  }

  /// There will be no answer to what was asked last.
  void unanswered() noexcept { asking_ = false; }

  // -- what the peer says

  /// The peer has every parcel up to `number`. Gives the batch up to which it has everything then, as far as this
  /// tells; 0: this tells nothing new.
  std::uint64_t acknowledged(std::uint64_t number, time_point now) {
    std::uint64_t upto = 0;
    while (!in_flight_.empty() && in_flight_.front().number <= number) {
      const auto done = in_flight_.pop();
      in_flight_bytes_ -= done.bytes;
      upto = done.reaches;
      const auto took = now - done.sent;
      round_trip_ = round_trip_ ? *round_trip_ + (took - *round_trip_) / 8 : took;
    }
    while (sent_places_.size() > 1 && sent_places_[1].sequence <= upto)
      sent_places_.pop_front();
    return upto;
  }

  // -- for whoever looks

  /// The last batch that was sent or is about to be; 0: none.
  std::uint64_t sent_upto() const noexcept { return cursor_.value_or(0); }
  std::size_t in_flight_bytes() const noexcept { return in_flight_bytes_; }
  std::size_t window_bytes() const noexcept { return window_bytes_; }
  std::size_t waiting() const noexcept { return waiting_.size(); }
  bool asking() const noexcept { return asking_; }
  /// From a parcel to the peer's word that its hubs have it, smoothed; empty: none came back in this session.
  std::optional<duration> round_trip() const noexcept { return round_trip_; }

private:
  /// A parcel that is about to be sent, and where the peer is when it has it.
  struct outgoing {
    Load what;
    place reaches;
  };

  /// A parcel that is not acknowledged.
  struct flight {
    std::uint64_t number = 0;
    std::size_t bytes = 0;
    std::uint64_t reaches = 0;
    time_point sent;
  };

  bool has_room() const noexcept { return in_flight_bytes_ < window_bytes_; }

  void fall_behind() noexcept {
    behind_ = true;
    forget_put_off();
  }

  void forget_put_off() noexcept {
    put_off_upto_ = 0;
    put_off_is_due_ = false;
  }

  /// How many events were said up to `sequence`. What was sent after it did not arrive, and is sent again, or is lost
  /// and counted as lost.
  std::uint64_t events_upto(std::uint64_t sequence) noexcept {
    while (!sent_places_.empty() && sent_places_.back().sequence > sequence)
      sent_places_.pop_back();
    return sent_places_.empty() ? 0 : sent_places_.back().events;
  }

  std::size_t window_bytes_;
  bool live_ = false;

  /// The last batch that was sent, is about to be, or that the peer had when the session began.
  std::optional<std::uint64_t> cursor_;
  std::uint64_t cursor_events_ = 0;
  /// Something was said after `cursor_` that was not put off: only the log has it.
  bool behind_ = true;
  fifo<outgoing> waiting_;

  std::uint64_t number_ = 0; ///< of the last parcel sent
  fifo<flight> in_flight_;
  std::size_t in_flight_bytes_ = 0;
  std::optional<duration> round_trip_;
  /// The places of the last parcel that the peer has acknowledged and of those after it, of lost sessions too.
  std::deque<place> sent_places_;

  /// The batches after `cursor_` up to here were put off; 0: none.
  std::uint64_t put_off_upto_ = 0;
  bool put_off_is_due_ = false;
  bool timer_runs_ = false;

  bool asking_ = false; ///< the log has not answered
  bool asked_for_put_off_ = false;
  bool void_ = false; ///< the answer will not be to the point any more
};

} // namespace towncrier::flow
