#pragma once

#include <cstddef>

namespace towncrier::ws {

/// What may be done with a connection that was just accepted.
enum class affordable : unsigned char {
  all,     ///< it may become a client
  refusal, ///< it may be told that there is no room for it
  nothing, ///< it is to be closed at once
};

/// Keeps some of the process's file descriptors free, so that clients cannot take those that operators, links and files
/// need. The kernel gives each new descriptor the lowest number that is free: so the number of one that was just made
/// says how many others there are at least.
///
/// `descriptor` is the one of the new connection, `limit` what the process may have (RLIMIT_NOFILE), `reserved` how
/// many of these are not for clients. The first half of the reserve is for connections that are refused with a
/// sentence.
constexpr affordable afford(std::size_t descriptor, std::size_t limit, std::size_t reserved) noexcept {
  if (descriptor + reserved < limit)
    return affordable::all;
  return descriptor + reserved / 2 < limit ? affordable::refusal : affordable::nothing;
}

/// The same for a descriptor of this process, now. A `reserved` of 0 allows everything.
affordable afford(int descriptor, std::size_t reserved) noexcept;

} // namespace towncrier::ws
