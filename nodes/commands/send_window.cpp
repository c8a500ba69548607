#include "nodes/commands/send_window.hpp"

#include "codec/json.hpp"

#include <algorithm>
#include <iterator>

namespace towncrier::commands {

namespace {

/// What a batch's envelope takes besides its messages.
constexpr std::size_t envelope_bytes = 64;

std::size_t json_size(const model::value& x) {
  std::string text;
  codec::append_json(text, x);
  return text.size() + 1;
}

} // namespace

model::value outgoing::envelope() const {
  return model::object{{"type", "batch"}, {"id", id}, {"data", model::array{messages.begin(), messages.end()}}};
}

std::vector<outgoing> send_window::cut(std::vector<model::value> messages, std::size_t max_messages,
                                       std::size_t max_bytes) {
  std::vector<outgoing> result;
  std::size_t bytes = 0;
  for (auto& x : messages) {
    const auto size = json_size(x);
    if (result.empty() || result.back().messages.size() >= max_messages || bytes + size > max_bytes) {
      result.push_back({++last_id_, {}, false});
      bytes = envelope_bytes;
    }
    bytes += size;
    result.back().messages.push_back(std::move(x));
  }
  return result;
}

void send_window::add(std::vector<model::value> messages, std::size_t max_messages, std::size_t max_bytes) {
  auto cuts = cut(std::move(messages), max_messages, max_bytes);
  std::move(cuts.begin(), cuts.end(), std::back_inserter(batches_));
}

const outgoing* send_window::next() {
  if (sent_ == batches_.size() || sent_ >= size_)
    return nullptr;
  return &batches_[sent_++];
}

std::size_t send_window::index_of(std::int64_t id) const {
  const auto end = batches_.begin() + static_cast<std::ptrdiff_t>(sent_);
  const auto found = std::find_if(batches_.begin(), end, [&](const outgoing& x) { return x.id == id; });
  return static_cast<std::size_t>(found - batches_.begin());
}

std::vector<model::value> send_window::settle(std::int64_t id, bool taken) {
  if (const auto index = index_of(id); index < sent_) {
    batches_[index].settled = true;
    if (!taken)
      batches_[index].messages.clear();
  }
  std::vector<model::value> result;
  for (; !batches_.empty() && batches_.front().settled; --sent_) {
    auto& messages = batches_.front().messages;
    std::move(messages.begin(), messages.end(), std::back_inserter(result));
    batches_.pop_front();
  }
  return result;
}

void send_window::send_again_from(std::size_t index) {
  sent_ = index;
  for (; index < batches_.size(); ++index) {
    batches_[index].id = ++last_id_;
    batches_[index].settled = false;
  }
}

bool send_window::rewind(std::int64_t id) {
  const auto index = index_of(id);
  if (index == sent_)
    return false;
  send_again_from(index);
  return true;
}

void send_window::restart(std::vector<model::value> first, std::size_t max_messages, std::size_t max_bytes) {
  auto cuts = cut(std::move(first), max_messages, max_bytes);
  batches_.insert(batches_.begin(), std::make_move_iterator(cuts.begin()), std::make_move_iterator(cuts.end()));
  send_again_from(0);
}

} // namespace towncrier::commands
