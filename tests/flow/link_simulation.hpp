#pragma once

#include "flow/link_receiver.hpp"
#include "flow/link_sender.hpp"
#include "flow/send_log.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <variant>
#include <vector>

/// A node, a peer and the link between them, on a clock and a network of the test's own. What goes over the network is
/// late, and is lost when the link is cut; both ends learn of a cut at some time after it, the hubs of the peer take
/// what comes when they like, and so does the node's log answer.
namespace towncrier::flow::simulation {

using namespace std::chrono_literals;

inline constexpr std::size_t characters = 12;
inline constexpr std::size_t bytes_a_change = 20;
inline constexpr std::size_t changes_a_part = 4;

/// Events are of two types; a viewer may watch one of them alone.
enum class watched : std::uint8_t { everything, red, nothing };

struct load {
  enum class kind : std::uint8_t { exact, part, conflated, thin };

  model::batch_ptr what;
  kind how = kind::exact;
  std::uint64_t lost_events = 0;

  std::size_t size() const { return bytes_a_change * (1 + what->changes.size()); }
  std::optional<std::uint64_t> reaches() const {
    return how == kind::part ? std::nullopt : std::optional{what->stamp.sequence};
  }
  std::uint64_t exact_events() const { return how == kind::exact ? events_in(*what) : 0; }

  static std::uint64_t events_in(const model::batch& x) {
    return static_cast<std::uint64_t>(std::count_if(
        x.changes.begin(), x.changes.end(), [](const auto& y) { return std::holds_alternative<model::event_ptr>(y); }));
  }
};

using sender = link_sender<load>;

/// What the node said, and what a log makes of it for a peer that missed some.
class origin {
public:
  origin(std::size_t log_bytes, std::size_t window) : log_({log_bytes, std::chrono::hours{1}}), window_(window) {}

  model::batch_ptr say(std::vector<model::change> changes, time_point now) {
    const auto sequence = log_.last() + 1;
    for (const auto& x : changes)
      if (const auto* change = std::get_if<model::character_change>(&x))
        latest_[change->now->id.text] = {sequence, *change};
    auto batch = std::make_shared<const model::batch>(model::batch{{"n1", 1, sequence}, std::move(changes)});
    log_.append(sequence, batch, load{batch}.size(), load::events_in(*batch), now);
    return batch;
  }

  struct answer {
    std::vector<load> loads;
    sender::place upto;
    bool all = false;
  };

  answer answer_to(const sender::question& x) const {
    if (x.unwanted_upto && x.after && log_.reaches(*x.unwanted_upto))
      return conflated(x, *x.unwanted_upto, load::kind::thin);
    const auto from = x.after.value_or(0);
    if (!log_.reaches(from) || log_.bytes_after(from) > window_)
      return conflated(x, log_.last(), load::kind::conflated);
    answer result;
    result.upto.sequence = from;
    for (auto& record : log_.after(from, x.max_bytes)) {
      result.upto.sequence = record.sequence;
      result.loads.push_back({record.payload});
    }
    result.upto.events = log_.events_upto(result.upto.sequence);
    result.all = result.upto.sequence == log_.last();
    return result;
  }

  std::uint64_t last() const { return log_.last(); }
  std::uint64_t events() const { return log_.events(); }
  std::size_t kept() const { return log_.size(); }

  /// The last thing that was said of each character.
  std::map<std::string, std::uint64_t> latest() const {
    std::map<std::string, std::uint64_t> result;
    for (const auto& [id, x] : latest_)
      result[id] = x.second.now->rev.version;
    return result;
  }

private:
  answer conflated(const sender::question& x, std::uint64_t upto, load::kind how) const {
    answer result;
    const auto from = x.after.value_or(0);
    std::vector<model::change> changes;
    const auto cut = [&](load::kind kind, std::uint64_t lost) {
      auto batch = std::make_shared<const model::batch>(model::batch{{"n1", 1, upto}, std::exchange(changes, {})});
      result.loads.push_back({std::move(batch), kind, lost});
    };
    const auto add = [&](const model::change& y) {
      changes.push_back(y);
      if (changes.size() == changes_a_part)
        cut(load::kind::part, 0);
    };
    for (const auto& [id, y] : latest_)
      if (y.first > from && y.first <= upto)
        add(y.second);
    if (how == load::kind::conflated)
      for (const auto& record : log_.after(from))
        for (const auto& change : record.payload->changes)
          if (std::holds_alternative<model::event_ptr>(change))
            add(change);
    const auto nothing_lost = how == load::kind::thin || log_.reaches(from);
    cut(how, nothing_lost ? 0 : log_.evicted_events() - std::min(x.events, log_.evicted_events()));
    result.upto = {upto, log_.events_upto(upto)};
    result.all = upto == log_.last();
    return result;
  }

  send_log<model::batch_ptr> log_;
  std::size_t window_;
  std::map<std::string, std::pair<std::uint64_t, model::character_change>> latest_;
};

/// What the viewers of the peer were shown.
struct shown {
  std::map<std::string, std::uint64_t> latest; ///< the versions
  std::vector<std::int64_t> events;
  std::uint64_t lost_events = 0;
  std::vector<std::string> faults;

  void take(const model::batch& x, std::uint64_t lost) {
    lost_events += lost;
    for (const auto& change : x.changes)
      if (const auto* of_character = std::get_if<model::character_change>(&change))
        take(*of_character->now);
      else
        take(*std::get<model::event_ptr>(change));
  }

  bool has(std::int64_t event) const { return std::binary_search(events.begin(), events.end(), event); }

private:
  void take(const model::character& x) {
    auto& known = latest[x.id.text];
    if (x.rev.version < known)
      faults.push_back(x.id.text + " went back");
    known = x.rev.version;
  }

  void take(const model::event& x) {
    const auto number = static_cast<std::int64_t>(x.data.number_or(-1));
    if (!events.empty() && number <= events.back())
      faults.push_back("event " + std::to_string(number) + " after " + std::to_string(events.back()));
    events.push_back(number);
  }
};

class simulation {
public:
  struct options {
    std::uint64_t seed = 0;
    std::size_t window = 1000;
    std::size_t log_bytes = 1'000'000;
    /// Whether the peer's viewers watch now this, now that; otherwise everything.
    bool changing_interest = false;
  };

  explicit simulation(options x)
      : options_(x), random_(x.seed), node_(x.log_bytes, x.window), sender_(x.window), sender_dials_(any(2) == 0),
        max_delay_(1 + any(80)) {
    after(0ms, [this] { dial(); });
    run_for(500ms);
  }

  // -- what a test does

  std::size_t any(std::size_t n) { return random_() % n; }

  void say() {
    std::vector<model::change> changes;
    for (std::size_t i = 0, n = any(4); i < n; ++i)
      changes.push_back(any(4) == 0 ? event() : state());
    bool red = false;
    for (const auto& x : changes)
      if (const auto* told = std::get_if<model::event_ptr>(&x); told != nullptr && (*told)->event_type == "red")
        red = true;
    const auto batch = node_.say(std::move(changes), now_);
    to_link([this, batch, red] { outgoing(batch, red); });
  }

  /// Of what is on its way in each direction, the first may still come, at any time; the rest is lost.
  void cut() {
    connection_ = 0;
    notice_end();
  }

  void watch(watched x) {
    interest_ = x;
    ++interest_number_;
    if (x == watched::nothing) {
      red_since_.reset();
      std::erase_if(due_events_, [this](auto number) { return !viewers_.has(number); });
    }
    if (peer_session_ != 0)
      tell_interest();
  }

  void run_for(duration x) {
    const auto end = now_ + x;
    while (!due_.empty() && due_.begin()->first.first <= end) {
      auto node = due_.extract(due_.begin());
      now_ = node.key().first;
      node.mapped()();
      check_bounds();
    }
    now_ = end;
  }

  // -- what a test looks at

  const origin& node() const { return node_; }
  const shown& viewers() const { return viewers_; }
  const sender& sending() const { return sender_; }
  std::uint64_t known() const { return receiver_.known().sequence; }
  std::uint64_t sessions() const { return sessions_; }
  const std::set<load::kind>& kinds() const { return kinds_; }
  /// The events that the viewers must have been shown: they were told that they watch them before these were said.
  const std::set<std::int64_t>& due_events() const { return due_events_; }
  const std::vector<std::string>& faults() const { return faults_; }

private:
  // -- time

  void after(duration x, std::function<void()> f) { due_.emplace(std::pair{now_ + x, ++order_}, std::move(f)); }
  duration some_delay() { return std::chrono::milliseconds{any(max_delay_)}; }

  /// In the order in which they were given, each some time later.
  struct queue {
    time_point last{};
  };
  void later(queue& x, std::function<void()> f) {
    x.last = std::max(x.last, now_ + some_delay());
    due_.emplace(std::pair{x.last, ++order_}, std::move(f));
  }

  // -- the network

  /// One direction: in order, each message some time later.
  struct direction {
    queue order;
    std::uint64_t lost = 0; ///< the last connection that lost something
  };

  void to_peer(std::uint64_t session, std::function<void()> f) { send(out_, session, std::move(f)); }
  void to_sender(std::uint64_t session, std::function<void()> f) { send(back_, session, std::move(f)); }

  void send(direction& x, std::uint64_t session, std::function<void()> f) {
    if (session != connection_)
      return;
    later(x.order, [this, &x, session, f = std::move(f)] {
      if (session == connection_ || (x.lost != session && any(3) != 0))
        return f();
      x.lost = session;
    });
  }

  /// Both ends learn some time later that there is no connection, unless they have another one by then.
  void notice_end() {
    after(std::chrono::milliseconds{any(200)}, [this, session = session_] {
      if (session_ == session && session != connection_)
        sender_lost();
    });
    after(std::chrono::milliseconds{any(200)}, [this, session = peer_session_] {
      if (peer_session_ == session && session != connection_)
        receiver_lost();
    });
  }

  // -- the node's link

  void to_link(std::function<void()> f) { later(exchange_to_link_, std::move(f)); }

  void outgoing(const model::batch_ptr& x, bool red) {
    if (session_ == 0)
      return;
    const auto sequence = x->stamp.sequence;
    const auto concerns = told_ == watched::everything || (told_ == watched::red && red);
    if (sender_.is_next(sequence) && !concerns) {
      if (sender_.put_off(sequence))
        after(100ms, [this] {
          sender_.put_off_due();
          pump();
        });
      return;
    }
    load next{x};
    sender_.offer(next);
    pump();
  }

  void pump() {
    while (auto x = sender_.next(now_))
      to_peer(session_, [this, session = session_, number = x->number, what = std::move(x->what)] {
        received(session, number, what);
      });
    if (const auto x = sender_.ask())
      later(link_to_exchange_, [this, x = *x] {
        to_link([this, answer = std::make_shared<origin::answer>(node_.answer_to(x))] {
          sender_.answered(answer->loads, answer->upto, answer->all);
          pump();
        });
      });
  }

  void credited(std::uint64_t session, std::uint64_t number) {
    if (session_ == 0 || session != session_)
      return;
    sender_.acknowledged(number, now_);
    pump();
  }

  void peer_watches(std::uint64_t session, watched x, std::uint64_t number) {
    if (session_ == 0 || session != session_ || number <= told_number_)
      return;
    told_ = x;
    told_number_ = number;
    sender_.interest_changed();
    pump();
    to_peer(session, [this, session, number] { followed(session, number); });
  }

  void sender_lost() {
    session_ = 0;
    sender_.end();
    if (sender_dials_)
      after(some_delay(), [this] { dial(); });
  }

  // -- the peer's link

  void received(std::uint64_t session, std::uint64_t number, const load& x) {
    if (peer_session_ == 0 || session != peer_session_)
      return;
    kinds_.insert(x.how);
    if (x.how == load::kind::part) {
      receiver_.take_part(number, *x.what);
      return send_credit();
    }
    viewers_.take(receiver_.take(number, *x.what), x.lost_events);
    // Hubs take it when they like, and the word of that may overtake the word of an earlier one.
    after(some_delay(), [this, session, number] {
      if (peer_session_ == 0 || session != peer_session_)
        return;
      receiver_.delivered(number);
      send_credit();
    });
  }

  void send_credit() {
    const auto number = receiver_.credited();
    to_sender(peer_session_, [this, session = peer_session_, number] { credited(session, number); });
  }

  /// The peer's viewers are told that they watch what they asked for.
  void followed(std::uint64_t session, std::uint64_t number) {
    if (session == peer_session_ && number == interest_number_ && interest_ != watched::nothing && !red_since_)
      red_since_ = now_;
  }

  void receiver_lost() {
    peer_session_ = 0;
    receiver_.reset();
    if (!sender_dials_)
      after(some_delay(), [this] { dial(); });
  }

  void tell_interest() {
    to_sender(peer_session_, [this, session = peer_session_, x = interest_, number = interest_number_] {
      peer_watches(session, x, number);
    });
  }

  // -- greetings

  /// Who dials says where it stands; who is greeted begins at once and says it too.
  void dial() {
    const auto session = ++sessions_;
    connection_ = session;
    if (sender_dials_) {
      to_peer(session, [this, session] {
        begin_receiving(session, interest_number_);
        to_sender(session, [this, session, known = known_mark(), what = interest_, number = interest_number_] {
          begin_sending(session, known, what, number);
        });
      });
    } else {
      to_sender(session, [this, session, known = known_mark(), what = interest_, number = interest_number_] {
        to_peer(session, [this, session, number] { begin_receiving(session, number); });
        begin_sending(session, known, what, number);
      });
    }
    // Nobody answers: try again.
    after(400ms, [this, session] {
      if (session == sessions_ && (sender_dials_ ? session_ : peer_session_) == 0)
        dial();
    });
  }

  std::optional<std::uint64_t> known_mark() const {
    return receiver_.known().incarnation == 0 ? std::nullopt : std::optional{receiver_.known().sequence};
  }

  /// `told`: the version of what viewers watch that the greeting had.
  void begin_receiving(std::uint64_t session, std::uint64_t told) {
    if (session != sessions_)
      return;
    receiver_.reset();
    peer_session_ = session;
    followed(session, told);
    if (told != interest_number_)
      tell_interest();
    if (session != connection_)
      notice_end();
  }

  void begin_sending(std::uint64_t session, std::optional<std::uint64_t> known, watched what, std::uint64_t number) {
    if (session != sessions_)
      return;
    session_ = session;
    sender_.begin(known);
    told_ = what;
    told_number_ = number;
    pump();
    if (session != connection_)
      notice_end();
  }

  // -- what is said

  model::change event() {
    const auto number = ++events_said_;
    const std::string type = any(2) == 0 ? "red" : "blue";
    const auto must_come = !options_.changing_interest || (red_since_ && type == "red" && now_ > *red_since_);
    if (must_come)
      due_events_.insert(number);
    return std::make_shared<const model::event>(model::event{type, model::value{number}, 1});
  }

  model::change state() {
    model::character x;
    x.id = {"c" + std::to_string(any(characters)), false};
    x.rev = {1, ++version_, "n1"};
    const auto kind = any(6) == 0 ? model::change_kind::removed : model::change_kind::state_change;
    return model::character_change{kind, std::make_shared<const model::character>(std::move(x)), {}, false};
  }

  void check_bounds() {
    // At most a parcel more than the window; nothing waits but what one answer of the log held.
    constexpr auto largest = bytes_a_change * (1 + changes_a_part);
    if (sender_.in_flight_bytes() >= options_.window + largest)
      faults_.push_back(std::to_string(sender_.in_flight_bytes()) + " bytes in flight");
    const auto most = node_.kept() + characters + 2;
    if (sender_.waiting() > most)
      faults_.push_back(std::to_string(sender_.waiting()) + " parcels wait");
  }

  options options_;
  std::mt19937_64 random_;
  time_point now_{};
  std::uint64_t order_ = 0;
  std::map<std::pair<time_point, std::uint64_t>, std::function<void()>> due_;

  origin node_;
  sender sender_;
  link_receiver receiver_;
  shown viewers_;

  bool sender_dials_;
  std::size_t max_delay_;
  direction out_, back_;
  queue exchange_to_link_, link_to_exchange_;
  std::uint64_t sessions_ = 0;
  std::uint64_t connection_ = 0;   ///< the session that there is a connection for; 0: there is none
  std::uint64_t session_ = 0;      ///< of the node's link; 0: none
  std::uint64_t peer_session_ = 0; ///< of the peer's

  watched interest_ = watched::everything;
  std::uint64_t interest_number_ = 1;
  watched told_ = watched::everything; ///< what the node's link goes by
  std::uint64_t told_number_ = 0;
  std::optional<time_point> red_since_; ///< since when viewers know that they watch red events

  std::int64_t events_said_ = 0;
  std::uint64_t version_ = 0;
  std::set<std::int64_t> due_events_;
  std::set<load::kind> kinds_;
  std::vector<std::string> faults_;
};

} // namespace towncrier::flow::simulation
