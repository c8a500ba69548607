#pragma once

#include "fanout/chunk.hpp"
#include "model/batch.hpp"
#include "model/client_message.hpp"
#include "protocol/client_socket.hpp"
#include "protocol/errc.hpp"

#include <caf/actor_addr.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/atom.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace towncrier::edge {
class credentials;
}

/// What our actors say to each other. All of it stays inside one process.
namespace towncrier::protocol {

using due_atom = caf::atom_constant<caf::atom("due")>;             // a timer
using flush_atom = caf::atom_constant<caf::atom("flush")>;         // a hub's window ended
using drained_atom = caf::atom_constant<caf::atom("drained")>;     // a socket took all that was waiting
using reload_atom = caf::atom_constant<caf::atom("reload")>;       // read your file again
using list_atom = caf::atom_constant<caf::atom("list")>;           // tell what you hold
using tick_atom = caf::atom_constant<caf::atom("tick")>;           // time goes on
using stop_atom = caf::atom_constant<caf::atom("stop")>;           // end in order
using delivered_atom = caf::atom_constant<caf::atom("delivered")>; // every hub has it
using status_atom = caf::atom_constant<caf::atom("status")>;       // tell how it goes
using forward_atom = caf::atom_constant<caf::atom("forward")>;     // pass it on

/// Names a connection on its node for as long as the node lives.
using connection_id = std::uint64_t;

/// How a connection is named to people: `c17`.
std::string to_string(connection_id id);

/// What a client may do; each may do what those before it may.
enum class role : std::uint8_t { viewer, publisher, operator_ };

std::string_view to_string(role x) noexcept;
std::optional<role> parse_role(std::string_view text) noexcept;

/// Who a client is.
struct identity {
  std::string name;
  protocol::role role = role::viewer;
  /// Seconds since the Unix epoch after which the token is void; 0: never.
  double expires_at = 0;
};

/// Goes with a publisher's messages through every stage; when the last copy is gone, every hub of this node has them.
/// The connection then counts them as delivered, and reads on if it had stopped.
using receipt_ptr = std::shared_ptr<const void>;

// -- from a socket to its connection

struct socket_opened {
  /// The deflate window that was agreed on, in bits; 0: no compression.
  int window_bits = 0;
};

struct socket_message {
  bool binary = false;
  std::string bytes;
};

/// What came in one read.
struct socket_received {
  std::vector<socket_message> messages;
};

/// The socket is gone, whoever closed it. `code` is the close frame's, 1006 where there was none.
struct socket_closed {
  std::uint16_t code = 1006;
  std::string reason;
};

// -- admission and authentication

struct admitted {
  connection_id id = 0;
};

struct refused {
  std::string sentence;
  std::chrono::seconds retry_after{1};
};

using admission_result = std::variant<admitted, refused>;

struct verify_request {
  std::string token;
  /// Address and port of who shows it, for the log.
  std::string peer{};
};

/// `who` is empty when the token is not good; `reason` then says why, for our log rather than for the client.
struct verify_result {
  std::optional<identity> who;
  std::string reason;
  /// What the client was let in by, see `grants`.
  std::string grant{};
};

/// What lets clients in now, and the most that each may do by it: the lines of the tokens file, and the keys of JWTs. A
/// name tells a grant from the others without telling the secret.
using grants = std::map<std::string, role>;

/// Files of tokens and keys were read; `now` is nullptr where they could not be, and `error` says why.
struct credentials_read {
  std::shared_ptr<const edge::credentials> now;
  std::string error;
};

/// The files were read again: whoever was let in by what is gone, or does less now, has to go.
struct grants_changed {
  std::shared_ptr<const grants> now;
};

struct connection_info {
  connection_id id = 0;
  std::string peer;
  /// Seconds since the Unix epoch.
  double since = 0;
  /// Address and port of the proxy that it came through; empty: it came by itself.
  std::string via{};
};

struct connection_list {
  std::vector<connection_info> connections;
};

// -- the way of a change

/// What a publisher says of characters, in order.
struct character_job {
  std::vector<model::character_input> inputs;
  receipt_ptr receipt;
};

struct character_order {
  model::character_input input;
  receipt_ptr receipt;
};

/// What a publisher goes on from.
struct publisher_start {
  model::character_ptr latest;
  /// Where the publisher leaves its latest state for the one that comes after it; nullptr: nobody comes.
  std::shared_ptr<model::character_ptr> memory = nullptr;
  std::uint32_t restarts = 0;
};

/// Others have said something of these characters that is above what this node says.
struct overtaken {
  struct character {
    model::character_id id;
    model::revision by;
    /// What this node said last, where who was above is gone: it has to be said again. nullptr otherwise.
    model::character_ptr own;
  };
  std::vector<character> characters;
};

/// What is known of these characters?
struct lookup_request {
  std::vector<model::character_id> ids;
};

/// One for each that was asked for, in order.
struct lookup_answer {
  struct entry {
    /// The latest revision, also of a character that was removed; 0, 0 for one that is not known.
    model::revision rev;
    /// nullptr when it is not known, or removed.
    model::character_ptr latest;
  };
  std::vector<entry> entries;
};

struct event_job {
  std::vector<model::event_input> inputs;
  receipt_ptr receipt;
};

struct outgoing_change {
  model::change change;
  receipt_ptr receipt;
  /// Where it is followed.
  model::trace_ptr trace{};
};

struct outgoing_batch {
  model::batch_ptr batch;
  std::vector<receipt_ptr> receipts;
};

// -- between a hub and its connections

/// Frames for a viewer that is up to date.
struct delivery {
  fanout::chunk_ptr chunk;
};

/// Frames out of the history for a viewer that resumes; it asks for more when its socket has taken them.
struct replay {
  fanout::chunk_ptr chunk;
};

/// A hub asks a viewer of which too much waits to be given: has its socket still not taken what it was given last?
struct replay_overdue {};

/// A hub's answer to a join: the place the viewer has there and where the stream stands.
struct joined {
  std::uint32_t slot = 0;
  fanout::position_text position;
  bool resumed = false;
};

/// A message to one client: `type`, `data`, and the position when it says something of it.
struct answer {
  std::string type;
  model::object data;
  std::string position;
};

struct failure_answer {
  errc code = errc::server_error;
  std::string message;
  std::optional<model::message_id> id;
  /// Seconds after which the client may try again.
  std::optional<double> retry_after;
  /// Whether the connection has to end after it.
  std::optional<close_code> close;
};

/// Send a heartbeat, and look whether the client still lives.
struct heartbeat_due {
  /// That of the client's heartbeat which this answers.
  std::optional<model::message_id> id;
  /// Where the stream stands for this viewer; none while it is being caught up.
  fanout::position_text position;
};

/// Messages whose receipts came back.
struct delivered {
  std::size_t weight = 0;
  std::vector<model::message_id> ids;
};

/// End this connection.
struct close_order {
  close_code code = close_code::normal;
  std::string reason;
};

// -- operators

/// One message that passed a connection, as the debugger shows it.
struct debug_record {
  bool inbound = false;
  connection_id connection = 0;
  std::string message;
  double timestamp = 0;
};

struct debug_log {
  std::vector<debug_record> records;
};

/// Whether what is said of a character is held back.
struct pause_order {
  bool paused = false;
};

/// What an operator wants done with a character: `restart`, `pause` or `resume`.
struct character_act {
  model::character_id id;
  std::string what;
};

/// Why did a client see, or not see, the last change of this character?
struct why_question {
  model::character_id character;
};

/// The Prometheus text of everything that is counted.
struct metrics_page {
  std::string text;
};

} // namespace towncrier::protocol
