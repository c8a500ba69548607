#include "fanout/item.hpp"

#include "codec/message.hpp"

namespace towncrier::fanout {

namespace {

const model::character_ptr no_character;

std::size_t index(codec::format f) { return static_cast<std::size_t>(f); }

} // namespace

item::item(model::change what, model::character_ptr before, std::uint64_t number)
    : what_(std::move(what)), before_(std::move(before)), number_(number) {}

const model::character_ptr& item::now() const noexcept {
  const auto* change = std::get_if<model::character_change>(&what_);
  return change == nullptr ? no_character : change->now;
}

bool item::is_removal() const noexcept {
  const auto* change = std::get_if<model::character_change>(&what_);
  return change != nullptr && change->kind == model::change_kind::removed;
}

std::string_view item::as_is(codec::format f) const {
  auto& bytes = as_is_[index(f)];
  if (bytes.empty())
    bytes = codec::encode_change(f, what_);
  return bytes;
}

std::string_view item::as_update(codec::format f) const {
  const auto* change = std::get_if<model::character_change>(&what_);
  if (change->kind == model::change_kind::update)
    return as_is(f);
  auto& bytes = as_update_[index(f)];
  if (bytes.empty())
    bytes = codec::encode_update(f, *change->now);
  return bytes;
}

} // namespace towncrier::fanout
