#pragma once

#include "flow/channel.hpp"
#include "flow/tile_grid.hpp"
#include "model/change.hpp"
#include "model/client_message.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace towncrier::flow {

/// What a change of a character means to one subscriber.
enum class effect : std::uint8_t {
  as_is,         ///< saw it before and sees it now, or saw it before and it was removed: the change itself
  entered,       ///< sees it now and did not before: its whole state
  left_area,     ///< its area contained it before, and nothing shows it now
  left_location, ///< as `left_area`, where only a location channel had shown it
};

/// Who sees what. Subscribers are slots: small numbers, dense, which the caller gives out and may use again after
/// `remove`. A character is visible to a subscriber of the world, of `character:<its id>`, of `location:<its
/// location>`, or whose area contains its place; an event to one of the world or of `event:<its type>`. The cost of a
/// change grows with those whom it concerns, not with the subscribers.
class interest {
public:
  using slot = tile_grid::slot;

  /// One subscriber to be told, and what.
  struct concern {
    slot who = 0;
    flow::effect effect = flow::effect::as_is;

    friend auto operator<=>(const concern&, const concern&) = default;
  };

  /// Adds `channels` to those of `who`; an `area` takes the place of the one before. New slots start with nothing.
  void subscribe(slot who, std::span<const channel> channels, const std::optional<model::area>& area = std::nullopt);

  /// Takes `channels` away, those it does not have are ignored, and its area when `area` is set.
  void unsubscribe(slot who, std::span<const channel> channels, bool area = false);

  /// Forgets `who` and everything it subscribed to. Slots never heard of are ignored.
  void remove(slot who);

  /// The channels in force, as the protocol writes them, sorted. The area is not among them.
  std::vector<std::string> channels(slot who) const;
  std::size_t channel_count(slot who) const noexcept;

  /// How many of `channels` `who` does not have yet.
  std::size_t count_new(slot who, std::span<const channel> channels) const;
  std::optional<model::area> area(slot who) const;

  bool visible(slot who, const model::character& x) const;
  bool visible(slot who, const model::event& x) const;

  /// Those who subscribed to the world, sorted: they see every change as it is, and are in no other answer.
  const std::vector<slot>& world() const noexcept { return world_; }

  /// All channels that anybody watches, sorted, each once; empty optional when somebody watches the world or an area,
  /// or when they are more than `most`.
  std::optional<std::vector<std::string>> watched(std::size_t most) const;

  /// What it means to everyone outside `world()` that a character went from `old` (nullptr when it was unknown)
  /// to `now`: each slot at most once, in no order. For a removal those who saw `old`, `as_is`.
  /// Valid until the next call of any `concerned`; subscriptions may change meanwhile.
  std::span<const concern> concerned(const model::character* old, const model::character& now, model::change_kind kind);

  /// Everyone outside `world()` to whom `x` is visible, each once. Valid as the other `concerned` is.
  std::span<const concern> concerned(const model::event& x);

private:
  /// What one who sees less than the world watches.
  struct narrow {
    /// By channel_kind; the world is apart.
    std::array<std::set<std::string, std::less<>>, channel_kinds - 1> names;
    std::optional<model::area> area;
  };

  /// Most watch the world and nothing else.
  struct subscriber {
    bool world = false;
    std::unique_ptr<interest::narrow> narrow;
  };

  /// Which ways of seeing a character held, of one subscriber during one `concerned`.
  struct sighting {
    /// The call for which `ways` hold: so nothing need be wiped between calls.
    std::uint64_t call = 0;
    std::uint8_t ways = 0;
    bool world = false;
  };

  /// For each name its subscribers, sorted.
  using channel_index = std::unordered_map<std::string, std::vector<slot>>;

  const subscriber* find(slot who) const noexcept;
  const narrow* find_narrow(slot who) const noexcept;
  narrow& make_narrow(slot who);
  void set_world(slot who, bool on);
  void index(slot who, channel_kind kind, const std::string& name);
  void unindex(slot who, channel_kind kind, const std::string& name);
  void set_area(slot who, const std::optional<model::area>& x);
  void begin_call();
  void sight(slot who, std::uint8_t ways);
  void sight_all(channel_kind kind, const std::string& name, std::uint8_t ways);
  void sight_character(const model::character& x, std::uint8_t by_area, std::uint8_t by_name);

  std::vector<subscriber> subscribers_;
  std::vector<slot> world_;
  /// By channel_kind; the world is apart.
  std::array<channel_index, channel_kinds - 1> by_name_;
  tile_grid areas_;
  /// How many subscribers have one.
  std::size_t with_area_ = 0;

  std::vector<sighting> sightings_;
  std::uint64_t call_ = 0;
  std::vector<concern> concerned_;
};

} // namespace towncrier::flow
