#include "actors/edge/catch_up.hpp"

#include "model/wall_clock.hpp"

#include <algorithm>
#include <cassert>

namespace towncrier::edge {

namespace {

/// How much a viewer is given before its socket must have taken it, in bytes of records.
constexpr std::size_t replay_bytes = 64 * 1024;

/// How much of the stream is looked at for one viewer, in bytes of records, before others have their turn.
constexpr std::size_t looked_at_once = 16 * replay_bytes;

const fanout::position_text& no_position() {
  static const auto text = std::make_shared<const std::string>(fanout::unresumable);
  return text;
}

bool shows(const std::vector<fanout::entry>& entries, const fanout::item_ptr& x) {
  return std::any_of(entries.begin(), entries.end(), [&](const fanout::entry& e) { return e.what == x; });
}

/// Whether `x` came at `at` or later.
bool comes_from(const place* at, const fanout::item_ptr& x) {
  for (; at->what; at = at->next.get())
    if (std::find(at->what->items.begin(), at->what->items.end(), x) != at->what->items.end())
      return true;
  return false;
}

} // namespace

/// A part of the stream as a viewer sees it.
struct catch_up::stretch {
  recent_pieces::stretch over;
  std::vector<fanout::entry> entries;
  std::vector<fanout::boundary> boundaries;
  std::shared_ptr<fanout::trail> trail = std::make_shared<fanout::trail>();
};

catch_up::catch_up(const record_stream& stream, model::position here, const protocol::edge_options& options,
                   flow::time_point now)
    : options_(&options), next_(stream.end()), news_from_(next_->number), position_(std::move(here)),
      most_bytes_(room(stream)), given_(now) {}

bool catch_up::await_peers(bool is_ahead, flow::time_point now) {
  assert(is_waiting());
  const auto until = waits_until_.value_or(now + early_patience);
  if (!is_ahead || now >= until) {
    state_ = state::awaiting_resume;
    waits_until_.reset();
    return false;
  }
  state_ = state::awaiting_peers;
  waits_until_ = until;
  return true;
}

void catch_up::resume(replica::start from, const record_stream& stream, flow::time_point now) {
  assert(is_waiting());
  state_ = state::replaying;
  waits_until_.reset();
  position_ = std::move(from.from);
  next_ = std::move(from.next);
  news_from_ = stream.end()->number;
  most_bytes_ = room(stream);
  given_ = now;
}

bool catch_up::release(const record_stream& stream, flow::time_point now) {
  if (state_ != state::awaiting_resume)
    return false;
  state_ = state::replaying;
  most_bytes_ = room(stream);
  given_ = now;
  return true;
}

void catch_up::answer(bool socket_is_stuck) noexcept {
  if (state_ == state::asked)
    state_ = socket_is_stuck ? state::conflated : state::replaying;
}

catch_up::demand catch_up::bound(const record_stream& stream, flow::time_point now) {
  const auto waiting = stream.bytes_from(*next_);
  if (is_waiting()) {
    if (waiting <= options_->history_bytes)
      return demand::nothing;
    state_ = state::conflated;
    return demand::give_more;
  }
  const auto is_slow = waiting > most_bytes_ || now - given_ > options_->history_age;
  if (state_ != state::replaying || !is_slow)
    return demand::nothing;
  state_ = state::asked; // only its connection knows whether it is the viewer that is slow
  return demand::ask_connection;
}

catch_up::piece catch_up::next_piece(const record_stream& stream, const flow::interest& interest, slot_type slot,
                                     recent_pieces& pieces, flow::time_point now) {
  assert(!is_waiting());
  piece result;
  auto part = walk(interest, slot);
  auto followed = take_followed(part.entries, result.unseen);
  if (!part.entries.empty())
    result.chunk = chunk_of(std::move(part), std::move(followed), pieces, now);
  result.is_last = !next_->what;
  result.is_conflated = state_ == state::conflated;
  most_bytes_ = std::min(most_bytes_, room(stream));
  given_ = now;
  if (state_ == state::asked)
    state_ = state::replaying;
  return result;
}

/// Whether the viewer has still to get what is at `here`. Of what came before it resumed, only what the history gives.
bool catch_up::is_missing(const place& here) const {
  if (here.number >= news_from_)
    return true;
  const auto& stamp = here.what->stamp;
  const auto known = position_.find(stamp.origin).value_or(model::position::mark{});
  return here.what->exact && model::position::mark{stamp.incarnation, stamp.sequence} > known;
}

/// Goes on along the stream until it has enough.
catch_up::stretch catch_up::walk(const flow::interest& interest, slot_type slot) {
  stretch result{{next_->number, 0, position_, {}}, {}, {}};
  const auto enough = std::clamp<std::size_t>(options_->max_queued_bytes, 1, replay_bytes);
  std::size_t bytes = 0;
  std::size_t looked_at = 0;
  for (; next_->what && bytes < enough && looked_at < looked_at_once; next_ = next_->next) {
    const auto& record = *next_->what;
    looked_at += record.bytes;
    if (!is_missing(*next_))
      continue;
    result.trail->add(position_, record.stamp);
    position_.advance(record.stamp);
    for (const auto& item : record.items) {
      if (auto entry = seen_by(interest, slot, item)) {
        result.entries.push_back(std::move(*entry));
        bytes += record.bytes / record.items.size();
      }
    }
    result.boundaries.push_back({result.entries.size(), result.trail->batches()});
  }
  result.over.to = next_->number;
  result.over.after = position_;
  return result;
}

fanout::chunk_ptr catch_up::chunk_of(stretch x, std::vector<fanout::followed_item> followed, recent_pieces& pieces,
                                     flow::time_point now) const {
  // A client that is cut off before its snapshot has come must not go on without it.
  if (wants_snapshot_) {
    auto result = std::make_shared<fanout::chunk>(std::move(x.entries), no_position(), model::wall_clock());
    result->follow(std::move(followed));
    return result;
  }
  if (auto known = followed.empty() ? pieces.find(x.over, x.entries, now) : nullptr)
    return known;
  x.trail->end_at(std::make_shared<const std::string>(position_.to_string()));
  auto result = std::make_shared<fanout::chunk>(std::move(x.entries), std::move(x.boundaries), std::move(x.trail),
                                                model::wall_clock());
  if (followed.empty())
    pieces.add(std::move(x.over), result, now);
  result->follow(std::move(followed));
  return result;
}

/// Those that wait and are among `shown`. Those that the walk has passed without showing them go to `unseen`.
std::vector<fanout::followed_item> catch_up::take_followed(const std::vector<fanout::entry>& shown,
                                                           std::vector<fanout::followed_item>& unseen) {
  std::vector<fanout::followed_item> result;
  std::erase_if(followed_, [&](fanout::followed_item& x) {
    if (shows(shown, x.what))
      result.push_back(std::move(x));
    else if (comes_from(next_.get(), x.what))
      return false;
    else
      unseen.push_back(std::move(x));
    return true;
  });
  return result;
}

/// As much as waits now, and what may wait for a viewer that is live.
std::size_t catch_up::room(const record_stream& stream) const {
  return stream.bytes_from(*next_) + options_->max_queued_bytes;
}

} // namespace towncrier::edge
