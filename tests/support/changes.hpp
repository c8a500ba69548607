#pragma once

#include "fanout/chunk.hpp"
#include "model/batch.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Short ways to write what happens in a town.
namespace towncrier::support {

inline model::character_ptr character(std::string id, std::uint64_t version, std::string location = "square",
                                      std::optional<model::point> place = {}) {
  model::character x;
  x.id = {std::move(id), false};
  x.name = x.id.text;
  x.state = "v" + std::to_string(version);
  x.location = std::move(location);
  x.place = place;
  x.rev = {1, version};
  return std::make_shared<const model::character>(std::move(x));
}

inline model::change update(model::character_ptr x) {
  return model::character_change{model::change_kind::update, std::move(x), {}, false};
}

inline model::change state_change(model::character_ptr x) {
  return model::character_change{model::change_kind::state_change, std::move(x), "before", false};
}

inline model::change removed(model::character_ptr x) {
  return model::character_change{model::change_kind::removed, std::move(x), {}, false};
}

inline model::change event(std::string type, model::value data = {}) {
  return std::make_shared<const model::event>(model::event{std::move(type), std::move(data), 1});
}

inline model::batch_ptr batch(std::uint64_t sequence, std::vector<model::change> changes, std::string origin = "n1",
                              std::uint64_t incarnation = 1) {
  return std::make_shared<const model::batch>(
      model::batch{{std::move(origin), incarnation, sequence}, std::move(changes)});
}

/// The only element is a change as it is.
inline fanout::entry entry_of(model::change x, fanout::shape how = fanout::shape::as_is,
                              model::character_ptr before = nullptr) {
  return {std::make_shared<const fanout::item>(std::move(x), std::move(before)), how};
}

/// A position as it is passed on; none for an empty text.
inline fanout::position_text position_of(std::string text) {
  return text.empty() ? nullptr : std::make_shared<const std::string>(std::move(text));
}

/// The text of a position.
inline std::string to_text(const fanout::position_text& x) { return x ? *x : std::string{}; }

inline fanout::chunk chunk_of(std::vector<fanout::entry> entries, std::string position = {}) {
  return {std::move(entries), position_of(std::move(position)), 1};
}

/// `a1` for version 1 of `a` as it is, `a1+` for its whole state, `a1-area` and `a1-location` for leaving the view,
/// `a1x` for a removal, `!type` for an event.
inline std::string to_text(const fanout::entry& x) {
  if (x.what->is_event())
    return "!" + std::get<model::event_ptr>(x.what->what())->event_type;
  const auto& now = *x.what->now();
  static const char* const suffixes[] = {"", "+", "-area", "-location", "+"};
  const std::string suffix =
      x.shape == fanout::shape::as_is && x.what->is_removal() ? "x" : suffixes[static_cast<std::size_t>(x.shape)];
  return now.id.text + std::to_string(now.rev.version) + suffix;
}

/// Entries joined by spaces.
inline std::string to_text(const std::vector<fanout::entry>& xs) {
  std::string result;
  for (const auto& x : xs)
    result += (result.empty() ? "" : " ") + to_text(x);
  return result;
}

} // namespace towncrier::support
