#pragma once

#include "actors/edge/outlet.hpp"
#include "flow/sliding_window.hpp"
#include "hosting/actor.hpp"
#include "protocol/edge_list.hpp"
#include "protocol/interfaces.hpp"
#include "protocol/options.hpp"
#include "tracing/board.hpp"

namespace towncrier::edge {

/// What every connection of an I/O thread shares.
struct connection_services {
  protocol::admission_actor admission;
  protocol::authenticator_actor authenticator;
  protocol::rate_limiter_actor rate_limiter;
  protocol::hub_actor hub;
  protocol::debugger_actor debugger;
  protocol::debug_switch debugging;
  protocol::traffic_ptr traffic;
  protocol::edge_options edge;
  protocol::rate_limiter_options limits;
  std::chrono::milliseconds auth_timeout{};
  bool auth_enabled = false;
  std::string node;
  /// Where else clients may connect; nullptr: nowhere.
  std::shared_ptr<const protocol::edge_list> other_edges;
  /// What is followed on this node; nullptr: nothing ever is.
  tracing::board_ptr traces{};
};

using connection_services_ptr = std::shared_ptr<const connection_services>;

/// One client, from its knock to its end:
/// 1. `knocking`: admission is asked for a place; no place: 503.
/// 2. `opening`: the upgrade is answered.
/// 3. `authenticating`: where tokens are needed, until a good one has come.
/// 4. `joining`: the hub is asked for a place in the stream.
/// 5. `live`: welcomed; messages pass both ways.
/// 6. `closing`: a close frame is on its way; nothing is read any more.
///
/// connection.cpp: the way in and out. connection_inbound.cpp: what the client says. connection_outbound.cpp: what it
/// is shown. connection_inspection.cpp and connection_tracing.cpp: what operators see of it.
struct connection_state : protocol::chunk_sink {
  static inline const char* name = "connection";
  using self_pointer = hosting::pointer<protocol::connection_actor, connection_state>;
  using direct_face = protocol::chunk_sink;

  enum class phase { knocking, opening, authenticating, joining, live, closing };

  explicit connection_state(self_pointer self);
  virtual ~connection_state(); // CAF derives from it, to ask whether it has a name

  // -- the way in and out

  void knock();
  void admit(const protocol::admission_result& x);
  void opened(const protocol::socket_opened& x);
  void verify(std::string token, std::optional<model::message_id> message_id = {});
  void verified(protocol::verify_result& x, const std::optional<model::message_id>& message_id);
  void join();
  void welcome(const protocol::joined& x);
  void tick();
  void check_life();
  void close(protocol::close_code code, std::string_view reason);
  void closed(const protocol::socket_closed& x);

  // -- what is shown to it

  void deliver(const fanout::chunk& x) override;
  std::uint64_t deliver_counted(const fanout::chunk& x, std::uint64_t since) override;
  void name_memory(std::vector<std::span<const std::byte>>& to) const override;
  void replay(const fanout::chunk& x);
  void look_whether_late();
  void end_if_too_slow();
  void drained();
  void send_answer(const protocol::answer& x);
  void send_failure(const protocol::failure_answer& x);
  void send_heartbeat(const protocol::heartbeat_due& x);
  void send(std::string_view type, model::object data, std::string_view position = {});

  // -- what it says

  void received(protocol::socket_received& x);
  void handle(std::vector<protocol::socket_message>& messages);
  void echo(const protocol::socket_message& x);
  void authenticate(model::client_message& x);
  bool may(const model::client_message& x);
  std::optional<model::client_message> decode(const protocol::socket_message& x);
  void pass_on(std::vector<model::client_message> messages);
  void delivered(const protocol::delivered& x);
  void refuse(protocol::errc code, std::string message, std::optional<model::message_id> id = {});
  void answer_ok(const model::message_id& id);
  void pace_reading();
  void debug(bool inbound, std::string message);

  // -- for operators

  model::object describe() const;
  caf::result<protocol::inspect_answer> why(const protocol::why_question& x);

  // -- followed messages

  void follow(std::vector<model::client_message>& messages);
  void note_shown(const fanout::chunk& x, bool live);
  void note_waiting();
  void note_socket_empty();
  void note_given();
  void note_not_shown(const fanout::chunk& x);

  /// A message that is followed and that the client does not have yet.
  struct following {
    fanout::item_ptr what;
    model::trace_ptr mark;
    std::int64_t since = 0;
    bool in_socket = false; ///< it waits for the socket alone; otherwise in the outlet
  };
  void note_end(const following& x, tracing::outcome how, std::string reason = {});

  protocol::viewer_ref reference() const;

  self_pointer self;
  connection_services_ptr services;
  std::shared_ptr<protocol::client_socket> socket;
  std::unique_ptr<protocol::upgrade_request> request; // until it has joined
  std::optional<edge::outlet> outlet;
  std::unique_ptr<std::vector<following>> followed; // nearly always none
  connection_state::phase phase = phase::knocking;
  protocol::connection_id id = 0;
  protocol::identity who;
  std::uint32_t slot = 0;
  codec::format format = codec::format::json;
  int window_bits = 0;
  bool echoes = false;
  bool joined_hub = false;
  bool counted = false;
  bool replaying = false;
  bool reading = true;
  std::size_t in_flight = 0;
  /// Of what it said that could not be taken; most say nothing such.
  std::unique_ptr<flow::sliding_window> faults;
  flow::time_point auth_deadline{};
  /// Of the `auth` that is answered after the welcome.
  std::optional<model::message_id> auth_message;
  /// Published messages that the rate limiter refused: coming back is not being delivered.
  std::vector<model::message_id> refused_messages;
  /// Came before it was welcome.
  std::vector<protocol::socket_message> early;
};

protocol::connection_actor::behavior_type connection(connection_state::self_pointer self,
                                                     connection_services_ptr services,
                                                     std::shared_ptr<protocol::client_socket> socket,
                                                     std::shared_ptr<protocol::upgrade_request> request);

} // namespace towncrier::edge
