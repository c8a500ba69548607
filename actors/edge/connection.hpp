#pragma once

#include "actors/edge/followed_outbound.hpp"
#include "actors/edge/outlet.hpp"
#include "actors/edge/publishes_in_flight.hpp"
#include "actors/edge/reader.hpp"
#include "actors/edge/routing.hpp"
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
  /// Where messages go that the rate limiter need not see.
  edge::routes routes;
  protocol::debugger_actor debugger;
  protocol::debug_switch debugging;
  protocol::traffic_ptr traffic;
  protocol::edge_options edge;
  protocol::rate_limiter_options limits;
  std::chrono::milliseconds auth_timeout{};
  /// Whether there are tokens.
  bool auth_enabled = false;
  /// What a client may do that shows no token; nothing: it has to show one.
  std::optional<protocol::role> anonymous{};
  std::string node;
  /// Which life of the node this is.
  std::uint64_t incarnation = 0;
  /// Where else clients may connect; nullptr: nowhere.
  std::shared_ptr<const protocol::edge_list> other_edges;
  /// What is followed on this node; nullptr: nothing ever is.
  tracing::board_ptr traces{};
};

using connection_services_ptr = std::shared_ptr<const connection_services>;

/// One client, from its knock to its end:
/// 1. `knocking`: admission is asked for a place; no place: 503.
/// 2. `opening`: the upgrade is answered.
/// 3. `authenticating`: where a token was shown, or one is needed, until a good one has come.
/// 4. `joining`: the hub is asked for a place in the stream.
/// 5. `live`: welcomed; messages pass both ways.
/// 6. `closing`: a close frame is on its way; nothing is read any more.
///
/// What the client says goes by the rate limiter where the client's role has a limit, and straight to the actors that
/// act on it where it has none: `subscribe`, `unsubscribe`, `resume` and `heartbeat` then reach the hub, which lives on
/// the same thread, without leaving it. The messages of a client do not overtake each other on either way. When a
/// second `auth` gives a client a role without a limit, its earlier messages may still wait at the rate limiter; so a
/// client that has gone by the rate limiter once always does. (The other way round, the earlier messages have arrived
/// already.)
///
/// The actor keeps the phases and talks to the other actors. What it says goes through its `outlet`, what it hears
/// through its `reader`; both know no actor. It has more methods than a class should: one for each of the sixteen
/// messages that it takes.
///
/// connection.cpp: the phases. connection_inbound.cpp: what the client says. connection_outbound.cpp: what it is shown.
/// connection_inspection.cpp: what operators see of it.
class connection_state : public protocol::chunk_sink {
public:
  static inline const char* name = "connection";
  using self_pointer = hosting::pointer<protocol::connection_actor, connection_state>;
  using direct_face = protocol::chunk_sink;

  explicit connection_state(self_pointer self);
  virtual ~connection_state(); // CAF derives from it, to ask whether it has a name

  // -- the phases

  void knock(connection_services_ptr services, std::shared_ptr<protocol::client_socket> socket,
             protocol::upgrade_request request);
  void opened(const protocol::socket_opened& x);
  void review(const protocol::grants_changed& x);
  void welcome(const protocol::joined& x);
  void tick();
  void close(protocol::close_code code, std::string_view reason);
  void closed(const protocol::socket_closed& x);

  // -- what the client is shown

  void deliver(const fanout::chunk& x) override;
  std::uint64_t deliver_counted(const fanout::chunk& x, std::uint64_t since) override;
  void name_memory(std::vector<std::span<const std::byte>>& to) const override;
  void replay(const fanout::chunk& x);
  void look_whether_late();
  void drained();
  void send_answer(const protocol::answer& x);
  void send_failure(const protocol::failure_answer& x);
  void send_heartbeat(const protocol::heartbeat_due& x);

  // -- what the client says

  void received(protocol::socket_received& x);
  void delivered(const protocol::delivered& x);

  // -- for operators

  model::object describe() const;
  caf::result<protocol::inspect_answer> why(const protocol::why_question& x);

private:
  enum class phase { knocking, opening, authenticating, joining, live, closing };

  /// What is needed until the client is welcome, and not after it.
  struct arrival {
    protocol::upgrade_request request;
    /// By when a token has to come; nothing: one is being checked, or none is needed.
    std::optional<flow::time_point> auth_deadline{};
    /// Names the `auth` message that is answered after the welcome.
    std::optional<model::message_id> auth_message{};
  };

  void admit(const protocol::admission_result& x);
  void verify(std::string token, std::optional<model::message_id> message_id = {});
  void verified(protocol::verify_result& x, const std::optional<model::message_id>& message_id);
  void join();
  void check_life();
  void end_if_too_slow();
  void send(std::string_view type, model::object data, std::string_view position = {});
  void handle(std::vector<protocol::socket_message> messages);
  void echo(const protocol::socket_message& x);
  std::optional<model::client_message> decode(const protocol::socket_message& x);
  void authenticate(model::client_message& x);
  void pass_on(std::vector<model::client_message> messages);
  void note_refused(const std::optional<model::message_id>& id, model::publish_request& x);
  void settle(const model::message_id& id);
  void refuse(reader::fault x);
  void count_fault();
  void pace_reading();
  /// For operators who look on.
  void debug(bool inbound, std::string message);

  std::string_view phase_name() const;
  std::string_view not_live_reason() const;
  protocol::viewer_ref reference() const;

  self_pointer self_;
  connection_services_ptr services_;
  std::shared_ptr<protocol::client_socket> socket_;
  std::optional<outlet> outlet_;
  followed_outbound followed_;
  phase phase_ = phase::knocking;
  bool echoes_ = false;
  bool joined_hub_ = false;
  bool counted_ = false;
  /// Whether any of what the client said went by the rate limiter.
  bool by_rate_limiter_ = false;
  /// Whether the socket was given a piece of what the client missed, and the hub was not asked for the next one yet.
  bool replaying_ = false;
  int window_bits_ = 0;
  std::uint32_t slot_ = 0;
  std::optional<reader> reader_;
  publishes_in_flight in_flight_;
  protocol::connection_id id_ = 0;
  protocol::identity who_;
  std::string grant_; ///< what it was let in by; empty: no token
  std::unique_ptr<arrival> arrival_;
};

protocol::connection_actor::behavior_type connection(connection_state::self_pointer self,
                                                     connection_services_ptr services,
                                                     std::shared_ptr<protocol::client_socket> socket,
                                                     std::shared_ptr<protocol::upgrade_request> request);

} // namespace towncrier::edge
