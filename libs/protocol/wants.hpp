#pragma once

#include <caf/meta/type_name.hpp>

#include <string>
#include <vector>

namespace towncrier::protocol {

/// What the viewers of a node watch of what other nodes say. In doubt, everything.
struct wants {
  bool everything = true;
  /// Otherwise these: `character:...`, `event:...`, `location:...`, sorted.
  std::vector<std::string> channels;

  friend bool operator==(const wants&, const wants&) = default;
};

/// Whether `x` includes all of `y`.
bool covers(const wants& x, const wants& y);

/// What is in one of the two.
wants merged(const wants& x, const wants& y);

/// A hub wants this of the peers from now on. Answered when they all know.
struct hub_wants {
  wants what;
};

/// This node wants this of a peer from now on. Answered when the peer knows, or is not linked: it will be told first.
struct own_wants {
  wants what;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, wants& x) {
  return f(caf::meta::type_name("wants"), x.everything, x.channels);
}

} // namespace towncrier::protocol
