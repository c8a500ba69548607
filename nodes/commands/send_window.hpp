#pragma once

#include "model/value.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

namespace towncrier::commands {

/// Messages that travel together under one id.
struct outgoing {
  std::int64_t id = 0;
  std::vector<model::value> messages;
  /// Whether the node has answered.
  bool settled = false;

  /// As it is sent.
  model::value envelope() const;
};

/// Batches in the order in which they have to arrive, kept until the node has answered them and all before them: a
/// batch that has to be sent again takes those behind it along, or an old state would overwrite a new one. At most
/// `size` are under way at a time. Knows no socket and no clock.
class send_window {
public:
  explicit send_window(std::size_t size) : size_(size) {}

  /// Cuts messages into batches of at most `max_messages` and `max_bytes` (of JSON), and puts them at the end.
  void add(std::vector<model::value> messages, std::size_t max_messages, std::size_t max_bytes);

  /// The next batch to send, now counted as under way; nullptr when none may be.
  const outgoing* next();

  /// The node has what `id` names, or, when it was not `taken`, will never have it. Gives the messages that it has for
  /// good by now, in order: those up to the first batch without an answer.
  std::vector<model::value> settle(std::int64_t id, bool taken = true);

  /// The node refused `id` for now: it and everything after it is to be sent again, under new ids, so that no late
  /// answer to the old ones is mistaken. Whether it was under way.
  bool rewind(std::int64_t id);

  /// The connection is gone, and with it what was under way. `first` is to be sent before everything else.
  void restart(std::vector<model::value> first, std::size_t max_messages, std::size_t max_bytes);

  /// Whether there is room for more: everything that was added is under way or done.
  bool wants_more() const noexcept { return sent_ == batches_.size() && sent_ < size_; }
  bool empty() const noexcept { return batches_.empty(); }

private:
  std::vector<outgoing> cut(std::vector<model::value> messages, std::size_t max_messages, std::size_t max_bytes);
  void send_again_from(std::size_t index);
  /// The index among those under way; `sent_` when it is not one of them.
  std::size_t index_of(std::int64_t id) const;

  std::size_t size_;
  std::deque<outgoing> batches_;
  /// How many at the front of `batches_` are under way.
  std::size_t sent_ = 0;
  std::int64_t last_id_ = 0;
};

} // namespace towncrier::commands
