#pragma once

#include "codec/format.hpp"
#include "model/change.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace towncrier::fanout {

/// One change as a hub holds it: with the state before it, and each of its encodings made at most once, when the
/// first viewer needs it. Lives on one I/O thread: not safe to share between threads.
class item {
public:
  /// `before` is the character's state before this change; nullptr when it was not known, and for events. `number`
  /// counts what the hub took in, from 1; 0 where nobody counts.
  explicit item(model::change what, model::character_ptr before = nullptr, std::uint64_t number = 0);

  const model::change& what() const noexcept { return what_; }

  /// The character's state after the change; nullptr for an event.
  const model::character_ptr& now() const noexcept;

  /// The character's state before the change; nullptr when it was not known, and for events.
  const model::character_ptr& before() const noexcept { return before_; }

  /// Of two changes the one with the greater number came later.
  std::uint64_t number() const noexcept { return number_; }

  bool is_event() const noexcept { return std::holds_alternative<model::event_ptr>(what_); }

  /// Whether the character left the simulation by this change.
  bool is_removal() const noexcept;

  /// The change itself as a message.
  std::string_view as_is(codec::format f) const;

  /// The state after it as a `character_update`. Precondition: not an event.
  std::string_view as_update(codec::format f) const;

private:
  model::change what_;
  model::character_ptr before_;
  std::uint64_t number_;
  mutable std::array<std::string, codec::format_count> as_is_;
  mutable std::array<std::string, codec::format_count> as_update_;
};

using item_ptr = std::shared_ptr<const item>;

} // namespace towncrier::fanout
