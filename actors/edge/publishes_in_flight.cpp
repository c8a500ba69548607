#include "actors/edge/publishes_in_flight.hpp"

#include <algorithm>

namespace towncrier::edge {

protocol::delivered publishes_in_flight::add(std::span<const model::client_message> messages) {
  protocol::delivered result;
  for (const auto& x : messages) {
    if (!std::holds_alternative<model::publish_request>(x.body))
      continue;
    result.weight += x.weight;
    if (x.id)
      result.ids.push_back(*x.id);
  }
  count_ += result.weight;
  return result;
}

void publishes_in_flight::refuse(const model::message_id& id) {
  if (count_ == 0)
    return;
  if (!refused_)
    refused_ = std::make_unique<std::vector<model::message_id>>();
  refused_->push_back(id);
}

std::vector<model::message_id> publishes_in_flight::finish(const protocol::delivered& x) {
  count_ -= x.weight;
  auto done = x.ids;
  if (refused_)
    std::erase_if(done, [this](const model::message_id& id) {
      const auto was_refused = std::erase(*refused_, id) != 0;
      if (was_refused)
        take_faults(id); // what the rate limiter said is the answer
      return was_refused;
    });
  if (count_ == 0)
    refused_ = nullptr;
  return done;
}

void publishes_in_flight::add_faults(const model::message_id& id, std::size_t taken, std::vector<std::string> refused) {
  if (!faults_)
    faults_ = std::make_unique<partial_batches>();
  faults_->add(id, taken, std::move(refused));
}

std::optional<model::object> publishes_in_flight::take_faults(const model::message_id& id) {
  if (!faults_)
    return std::nullopt;
  auto result = faults_->take(id);
  if (faults_->empty())
    faults_ = nullptr;
  return result;
}

} // namespace towncrier::edge
