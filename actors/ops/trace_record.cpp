#include "actors/ops/trace_record.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace towncrier::ops {

namespace {

using tracing::outcome;

double milliseconds(std::int64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e6; }

/// Seconds since the Unix epoch, to the microsecond.
double seconds(std::int64_t nanoseconds) { return static_cast<double>(nanoseconds / 1000) / 1e6; }

model::value or_null(bool known, model::value x) { return known ? std::move(x) : model::value{}; }

model::object show_span(const tracing::span& x, const std::string& node, std::int64_t began) {
  return {{"id", hex_text(x.id)},
          {"parent", or_null(x.parent != 0, hex_text(x.parent))},
          {"node", node},
          {"actor", x.actor},
          {"kind", x.kind},
          {"label", x.label},
          {"step", x.step},
          {"start_ms", milliseconds(std::max<std::int64_t>(0, x.start - began))},
          {"mailbox_ms", milliseconds(x.mailbox)},
          {"handler_ms", milliseconds(x.handler)},
          {"kept_ms", milliseconds(x.kept)},
          {"outcome", tracing::to_string(x.result)},
          {"reason", or_null(!x.reason.empty(), x.reason)}};
}

} // namespace

std::string hex_text(std::uint64_t x) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result(16, '0');
  for (auto at = result.rbegin(); at != result.rend(); ++at, x >>= 4U)
    *at = digits[x & 15U];
  return result;
}

void message_record::add(const tracing::message_notes& x, std::int64_t now) {
  last_ = now;
  if (x.what) {
    // What is known of the version stays when the next knows less.
    auto before = std::exchange(what_, *x.what);
    if (what_.version == 0)
      std::tie(what_.epoch, what_.version) = std::tie(before.epoch, before.version);
    if (what_.event_id.empty())
      what_.event_id = std::move(before.event_id);
  }
  for (std::size_t i = 0; i < receivers_.size(); ++i)
    receivers_[i] += x.receivers[i];
  left_off_ += x.left_off;
  for (const auto& one : x.spans)
    add(one);
}

void message_record::add(const tracing::span& x) {
  begun_here_ = begun_here_ || x.parent == 0;
  const auto known = by_id_.find(x.id);
  if (known != by_id_.end()) {
    auto& mine = spans_[known->second];
    mine.handler += x.handler;
    mine.kept += x.kept;
    if (x.more)
      return;
    mine.start = std::min(mine.start, x.start);
    mine.result = x.result;
    mine.reason = x.reason;
    return;
  }
  if (x.more)
    return; // the beginning was left off
  if (spans_.size() >= tracing::max_spans) {
    ++left_off_;
    return;
  }
  by_id_.emplace(x.id, spans_.size());
  spans_.push_back(x);
}

model::object message_record::show(const std::string& node, std::int64_t now) const {
  model::array spans;
  for (const auto& x : spans_)
    spans.emplace_back(show_span(x, node, began_));
  model::object counted;
  for (const auto x : {outcome::written, outcome::conflated, outcome::filtered, outcome::dropped, outcome::held})
    counted.emplace_back(std::string{tracing::to_string(x)}, receivers_[static_cast<std::size_t>(x)]);
  counted.emplace_back("waiting", receivers_[static_cast<std::size_t>(outcome::passed)]);
  counted.emplace_back("spans_left_off", left_off_);
  counted.emplace_back("idle_ms", milliseconds(now - last_));
  return {{"id", hex_text(static_cast<std::uint64_t>(began_))},
          {"trace_id", hex_text(id_[0]) + hex_text(id_[1])},
          {"parent_id", or_null(publisher_ != 0, hex_text(publisher_))},
          {"subject", what_.subject},
          {"type", what_.type},
          {"epoch", or_null(what_.epoch != 0, what_.epoch)},
          {"version", or_null(what_.version != 0, what_.version)},
          {"event_id", or_null(!what_.event_id.empty(), what_.event_id)},
          {"origin", or_null(begun_here_, node)},
          {"began", seconds(began_)},
          {"spans", std::move(spans)},
          {"by_node", model::object{{node, std::move(counted)}}}};
}

void trace_part::add(const tracing::message_notes& x, std::int64_t now) {
  const auto at =
      std::find_if(messages_.begin(), messages_.end(), [&](const message_record& one) { return one.is(*x.mark); });
  if (at != messages_.end())
    return at->add(x, now);
  if (messages_.size() >= max_messages_)
    messages_.pop_front();
  messages_.emplace_back(*x.mark).add(x, now);
}

model::array trace_part::show(const std::string& node, std::int64_t now) const {
  model::array result;
  for (const auto& x : messages_)
    result.emplace_back(x.show(node, now));
  return result;
}

} // namespace towncrier::ops
