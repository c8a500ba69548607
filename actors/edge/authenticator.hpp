#pragma once

#include "actors/edge/credentials.hpp"
#include "hosting/actor.hpp"
#include "protocol/interfaces.hpp"

namespace towncrier::edge {

/// Tells who a token belongs to. With files that cannot be read at the start it lets nobody in, and says so in the log;
/// at a reload it keeps what it had.
struct authenticator_state {
  static inline const char* name = "authenticator";

  void load();
  protocol::verify_result verify(const protocol::verify_request& x);
  model::object describe() const;

  protocol::auth_options options;
  credentials known;
  std::uint64_t accepted = 0;
  std::uint64_t refused = 0;
  double loaded_at = 0;   ///< when the files were last read, seconds since the Unix epoch
  std::string load_error; ///< why they could not be, the last time
};

protocol::authenticator_actor::behavior_type
authenticator(hosting::pointer<protocol::authenticator_actor, authenticator_state> self,
              protocol::auth_options options);

} // namespace towncrier::edge
