#pragma once

#include "nodes/load/account.hpp"
#include "nodes/load/marks.hpp"
#include "nodes/load/socket.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace towncrier::load {

/// One connection of a load test, from its knock on.
struct viewer {
  enum class phase : std::uint8_t {
    absent,     ///< not begun
    connecting, ///< TCP
    knocking,   ///< the upgrade is asked for
    live,
    refused, ///< and not to come back
    lost,    ///< it stood, and does not any more
  };

  load::socket socket;
  phase stage = phase::absent;
  /// Whether it reads as slowly as it was told to.
  bool slow = false;
  /// It comes back, and wants to go on where it was.
  bool returning = false;
  /// Bytes of a frame, or of the answer to the knock, that is not all there.
  std::string partial;
  std::shared_ptr<const std::string> position;
  load::account account;
};

/// Takes the answer to a knock off `bytes`. An empty reason: nothing is there yet, or the upgrade was agreed to.
struct knock_answer {
  std::size_t size = 0;
  std::string refusal;
};

knock_answer read_knock_answer(std::string_view bytes);

} // namespace towncrier::load
