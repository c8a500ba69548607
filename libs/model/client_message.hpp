#pragma once

#include "model/change.hpp"
#include "model/trace.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace towncrier::model {

/// What a client named its message, to recognise the answer.
using message_id = std::variant<std::int64_t, std::string>;

/// A rectangle on the map; a point on an edge is inside. Width and height are at least 0.
struct area {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;

  bool contains(const point& p) const noexcept { return p.x >= x && p.y >= y && p.x <= x + width && p.y <= y + height; }
  friend bool operator==(const area&, const area&) = default;
};

struct auth_request {
  std::string token;
};

struct subscribe_request {
  std::vector<std::string> channels;
  std::optional<model::area> area;
  bool snapshot = false;
};

struct unsubscribe_request {
  std::vector<std::string> channels;
  /// Whether the client asked to stop watching its area (it sent an `area` key, whatever it held).
  bool area = false;
};

struct resume_request {
  std::string position;
};

struct heartbeat_request {};

/// What a publisher says of a character. What it left out stays as it was; epoch and version are the node's.
struct character_input {
  change_kind kind = change_kind::update;
  character_id id;
  std::optional<std::string> name;
  std::optional<std::string> state;
  std::optional<std::string> location;
  std::optional<point> place;
  /// For `update` these replace all attributes, for `state_change` they are merged; a null removes one.
  std::optional<object> attributes;
  /// Seconds since the Unix epoch; the node's clock when absent.
  std::optional<double> timestamp;
  /// Where it is followed, or its publisher said what it is part of.
  trace_ptr trace{};
};

struct event_input {
  std::string event_type;
  value data;
  std::optional<double> timestamp;
  /// As in `event`; clients cannot give it.
  std::uint64_t key = 0;
  /// As in `character_input`.
  trace_ptr trace{};
};

using publish_input = std::variant<character_input, event_input>;

/// One publishing message, or a `batch` of them.
struct publish_request {
  std::vector<publish_input> items;
  /// What was wrong with those elements of a batch that are not among `items`, a sentence each.
  std::vector<std::string> refused;
};

struct command_request {
  std::string name;
  object args;
};

/// One message of a client, checked.
struct client_message {
  using body_type = std::variant<auth_request, subscribe_request, unsubscribe_request, resume_request,
                                 heartbeat_request, publish_request, command_request>;
  std::optional<message_id> id;
  body_type body;
  /// How many messages this counts as: a batch counts as those it holds, and at least 1.
  std::size_t weight = 1;
};

} // namespace towncrier::model
