#pragma once

#include "model/value.hpp"
#include "tracing/span.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

namespace towncrier::ops {

/// What one node knows of one followed message.
class message_record {
public:
  explicit message_record(const model::trace_mark& x) : id_(x.id), publisher_(x.publisher), began_(x.began) {}

  void add(const tracing::message_notes& x, std::int64_t now);

  /// Several messages may be part of one trace of their publisher's; no two began at one moment.
  bool is(const model::trace_mark& x) const noexcept { return id_ == x.id && began_ == x.began; }

  /// As the API shows it, with what this `node` counted under `by_node`.
  model::object show(const std::string& node, std::int64_t now) const;

private:
  void add(const tracing::span& x);

  std::array<std::uint64_t, 2> id_;
  std::uint64_t publisher_;
  std::int64_t began_;
  std::int64_t last_ = 0;
  bool begun_here_ = false;
  tracing::about what_;
  std::vector<tracing::span> spans_;
  std::unordered_map<std::uint64_t, std::size_t> by_id_;
  std::array<std::int64_t, tracing::outcome_count> receivers_{};
  std::uint64_t left_off_ = 0;
};

/// What one node knows of the messages of one trace: at most `max_messages`, of which the oldest give way.
class trace_part {
public:
  explicit trace_part(std::size_t max_messages = 0) : max_messages_(max_messages) {}

  void add(const tracing::message_notes& x, std::int64_t now);
  model::array show(const std::string& node, std::int64_t now) const;
  std::size_t size() const noexcept { return messages_.size(); }

private:
  std::size_t max_messages_;
  std::deque<message_record> messages_;
};

/// 16 hexadecimal digits.
std::string hex_text(std::uint64_t x);

} // namespace towncrier::ops
