#pragma once

#include "hosting/actor.hpp"
#include "protocol/interfaces.hpp"

#include <caf/message.hpp>

#include <memory>
#include <utility>
#include <vector>

namespace towncrier::support {

/// The messages that a `direct_viewer` was sent.
using direct_viewer_mail = std::shared_ptr<std::vector<caf::message>>;

/// An interface that takes anything: CAF checks none of what is sent to such an actor.
struct any_interface {
  using base = caf::event_based_actor;
};

/// A viewer on the hub's thread that the hub may call as it calls a connection. `State` is the part that is called: it
/// derives from `protocol::chunk_sink` and names it as its `direct_face`.
template <class State>
caf::behavior direct_viewer(hosting::pointer<any_interface, State> self, direct_viewer_mail mail, State** state) {
  *state = &self->state;
  self->set_default_handler([mail](caf::scheduled_actor*, caf::message_view& x) -> caf::result<caf::message> {
    mail->push_back(x.move_content_to_message());
    return caf::message{};
  });
  // An actor without a handler would end at once; nobody sends this one.
  return {[](caf::delete_atom) {}};
}

} // namespace towncrier::support
