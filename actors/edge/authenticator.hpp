#pragma once

#include "actors/edge/credentials.hpp"
#include "actors/edge/refusal_log.hpp"
#include "hosting/actor.hpp"
#include "protocol/interfaces.hpp"
#include "protocol/traffic.hpp"

#include <functional>

namespace towncrier::edge {

/// What an authenticator works with.
struct authenticator_services {
  protocol::auth_options options;
  protocol::token_counts_ptr counts = std::make_shared<protocol::token_counts>();
  /// Told of what is granted after a reload; may be empty.
  protocol::admission_actor admission{};
  /// Runs a task in another thread, since a file may be on a disk that does not answer; empty: here.
  std::function<void(std::function<void()>)> elsewhere{};
};

/// Tells who a token belongs to. With files that cannot be read at the start it lets nobody in, and says so in the log;
/// at a reload it keeps what it had.
struct authenticator_state {
  static inline const char* name = "authenticator";
  using self_pointer = hosting::pointer<protocol::authenticator_actor, authenticator_state>;

  explicit authenticator_state(self_pointer self);

  void reload();
  bool take(const protocol::credentials_read& x);
  void take_again(const protocol::credentials_read& x);
  protocol::verify_result verify(const protocol::verify_request& x);
  void refuse(const verdict& x, const std::string& peer);
  model::object describe() const;

  self_pointer self;
  authenticator_services services;
  std::shared_ptr<const credentials> known = std::make_shared<const credentials>();
  refusal_log refusals;
  double loaded_at = 0;   ///< when the files were last read, seconds since the Unix epoch
  std::string load_error; ///< why they could not be, the last time
};

protocol::authenticator_actor::behavior_type authenticator(authenticator_state::self_pointer self,
                                                           authenticator_services services);

} // namespace towncrier::edge
