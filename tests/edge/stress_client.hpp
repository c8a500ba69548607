#pragma once

#include "tests/support/fake_socket.hpp"

#include <deque>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace towncrier::edge {

/// A client as a careful user of the protocol would write one, which checks all that is promised to it: events are
/// numbered by their origin (`{"origin": ..., "n": ...}`), and versions of a character rise by every change.
class stress_client {
public:
  /// How it asks to go on where it was.
  enum class way { fresh, in_the_query, by_resume };

  void connected(way x) {
    way_ = x;
    frames_.clear();
    waits_for_result_ = x == way::by_resume;
    asks_ = snapshot_due_ = x == way::fresh;
    ignored_ = false;
    welcomed_ = false;
    snapshot_follows_ = false;
    if (x == way::fresh) {
      begin_anew();
      position_.clear();
    }
  }

  /// Frames that reached it; it has not looked at them yet.
  void arrive(std::vector<codec::frame_ptr> frames) { frames_.insert(frames_.end(), frames.begin(), frames.end()); }

  /// Looks at the next frame. What it says upon it; empty: nothing.
  std::string look() {
    if (frames_.empty())
      return {};
    const auto message = support::decode_frame(*frames_.front());
    frames_.pop_front();
    const auto answer = take(message);
    if (const auto* elements = message.find("data")->get_if<model::array>())
      for (const auto& element : *elements)
        take(element);
    const auto position = support::text_at(message, "position");
    snapshot_due_ = snapshot_due_ && (position.empty() || asks_);
    snapshot_follows_ = snapshot_follows_ && (position.empty() || position == fanout::unresumable);
    note_position(position);
    return answer;
  }

  bool idle() const { return frames_.empty(); }

  /// Whether it has nothing to wait for but news.
  bool settled() const { return welcomed_ && !waits_for_result_ && !snapshot_due_; }
  const std::string& position() const { return position_; }

  /// Name and version of each character that it believes to be in view.
  std::map<std::string, double> state;
  std::size_t resumed = 0;
  std::size_t not_resumed = 0;
  std::size_t lags = 0;
  std::size_t events = 0;

private:
  void begin_anew() {
    state.clear();
    next_event_.clear();
    told_missing_ = 0;
    strict_ = false;
  }

  void expect_snapshot() {
    asks_ = strict_ = false;
    snapshot_follows_ = true;
  }

  void note_position(const std::string& x) {
    if (!waits_for_result_ && !snapshot_due_ && !x.empty())
      position_ = x;
  }

  std::string take(const model::value& x) {
    const auto type = support::text_at(x, "type");
    if (type == "welcome")
      return welcomed(x);
    if (type == "result")
      answered(support::true_at(x, "data.data.resumed"));
    else if (type == "subscribed")
      expect_snapshot();
    else if (type == "heartbeat")
      note_position(support::text_at(x, "data.position"));
    else if (type == "lag")
      lagged(x);
    else if (type == "event_notification")
      happened(*x.find("data"));
    else if (type.starts_with("character_") || type == "state_change")
      changed(type, *x.find("data"));
    else
      EXPECT_EQ(type, "batch");
    return {};
  }

  std::string welcomed(const model::value& x) {
    welcomed_ = true;
    if (way_ == way::by_resume)
      return R"({"type":"resume","data":{"position":")" + position_ + R"("},"id":1})";
    if (way_ == way::in_the_query)
      answered(support::true_at(x, "data.resumed"));
    note_position(support::text_at(x, "data.position"));
    return way_ == way::fresh ? R"({"type":"subscribe","data":{"snapshot":true}})" : "";
  }

  void answered(bool is_resumed) {
    waits_for_result_ = false;
    ++(is_resumed ? resumed : not_resumed);
    EXPECT_FALSE(is_resumed && ignored_) << "something was shown before what had been missed";
    ignored_ = false;
    if (is_resumed)
      return;
    begin_anew();
    snapshot_due_ = true;
  }

  void lagged(const model::value& x) {
    ++lags;
    told_missing_ += support::number_at(x, "data.dropped_events");
  }

  void happened(const model::value& x) {
    if (waits_for_result_) {
      ignored_ = true;
      return;
    }
    ++events;
    const auto n = support::number_at(x, "data.n");
    const auto [next, is_first] = next_event_.try_emplace(support::text_at(x, "data.origin"), n);
    EXPECT_GE(n, next->second) << "an event is there twice";
    told_missing_ -= n - next->second;
    EXPECT_GE(told_missing_, 0) << "an event is missing, and nothing was said";
    next->second = n + 1;
  }

  void changed(const std::string& type, const model::value& x) {
    if (waits_for_result_) {
      ignored_ = true;
      return;
    }
    const auto id = support::text_at(x, "character_id");
    const auto version = support::number_at(x, "version");
    auto& last = versions_[id];
    // A snapshot may repeat what is known; it is over when something new comes.
    EXPECT_GE(version, last) << id;
    EXPECT_FALSE(strict_ && version == last) << id << " was shown twice";
    strict_ = strict_ || (type == "state_change" && !snapshot_follows_);
    last = version;
    if (type == "character_removed")
      state.erase(id);
    else
      state[id] = version;
  }

  way way_ = way::fresh;
  std::deque<codec::frame_ptr> frames_;
  std::string position_;
  std::map<std::string, double> versions_;
  std::map<std::string, double> next_event_;
  /// Events that it was told to be missing and has not missed yet.
  double told_missing_ = 0;
  /// Whether a version that is known would be one too many.
  bool strict_ = false;
  /// Whether it did not yet see the snapshot that it needs: until then no position is worth keeping.
  bool snapshot_due_ = false;
  /// Whether one that it asked for has still to come; what was held back for it may come first, without a position.
  bool snapshot_follows_ = false;
  /// Whether it is about to ask for one.
  bool asks_ = false;
  bool waits_for_result_ = false;
  bool welcomed_ = false;
  bool ignored_ = false;
};

} // namespace towncrier::edge
