#include "actors/edge/reader.hpp"

#include "codec/command.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace towncrier::edge {

namespace {

/// Messages that may wait for the welcome of a client; one that has sent more is not read until then.
constexpr std::size_t max_kept = 64;

/// Within which faults are counted.
constexpr std::chrono::minutes fault_window{1};

/// The index of what is no message in protocol::inbound_types; before it stand those of `client_message::body`.
constexpr std::size_t invalid_index = protocol::inbound_types.size() - 1;

protocol::role role_for(const model::client_message& x) {
  if (std::holds_alternative<model::publish_request>(x.body))
    return protocol::role::publisher;
  if (std::holds_alternative<model::command_request>(x.body))
    return protocol::role::operator_;
  return protocol::role::viewer;
}

} // namespace

void reader::count(std::span<const protocol::socket_message> messages) {
  traffic_.messages_received.add(messages.size());
  for (const auto& x : messages)
    traffic_.bytes_received.add(x.bytes.size());
}

std::variant<model::client_message, reader::fault> reader::decode(const protocol::socket_message& x) {
  auto& types = traffic_.received_by_type;
  if (x.binary != (format_ == codec::format::msgpack)) {
    types[invalid_index].add();
    return fault{protocol::errc::invalid_message,
                 x.binary ? "this connection speaks JSON: send text frames"
                          : "this connection speaks MessagePack: send binary frames",
                 std::nullopt};
  }
  auto result = codec::parse_command(format_, x.bytes, options_.max_depth);
  if (auto* wrong = std::get_if<codec::command_error>(&result)) {
    types[invalid_index].add();
    return fault{protocol::errc::invalid_message, std::move(wrong->message), std::move(wrong->id)};
  }
  auto& message = std::get<model::client_message>(result);
  types[message.body.index()].add();
  return std::move(message);
}

std::optional<reader::fault> reader::forbids(protocol::role role, const model::client_message& x) {
  const auto needed = role_for(x);
  if (role >= needed)
    return std::nullopt;
  return fault{protocol::errc::auth_failed,
               "a " + std::string{protocol::to_string(role)} + " may not do this: it takes the role " +
                   std::string{protocol::to_string(needed)},
               x.id};
}

bool reader::too_many_faults(flow::time_point now) {
  if (!faults_)
    faults_ = std::make_unique<flow::sliding_window>(flow::sliding_window::options{options_.max_errors, fault_window});
  return faults_->admit(now).has_value();
}

void reader::keep(std::vector<protocol::socket_message>&& messages) {
  if (!kept_)
    kept_ = std::make_unique<std::vector<protocol::socket_message>>();
  std::move(messages.begin(), messages.end(), std::back_inserter(*kept_));
}

std::optional<protocol::socket_message> reader::take_first_kept() {
  if (kept() == 0)
    return std::nullopt;
  auto first = std::move(kept_->front());
  kept_->erase(kept_->begin());
  return first;
}

std::vector<protocol::socket_message> reader::take_kept() {
  const auto all = std::exchange(kept_, nullptr);
  return all ? std::move(*all) : std::vector<protocol::socket_message>{};
}

void reader::pace(const unfinished& x) {
  const auto full =
      x.in_flight >= options_.max_in_flight || x.unread_bytes > options_.max_queued_bytes || kept() > max_kept;
  if (full != reading_)
    return;
  reading_ = !full;
  if (reading_)
    socket_.resume_reading();
  else
    socket_.pause_reading();
}

} // namespace towncrier::edge
