#include "model/batch.hpp"

namespace towncrier::model {

namespace {

std::size_t heap_of(const std::string& x) noexcept { return x.capacity() > 15 ? x.capacity() + 1 : 0; }

std::size_t heap_of(const value& x) noexcept;

std::size_t heap_of(const object& xs) noexcept {
  auto sum = xs.capacity() * sizeof(object::value_type);
  for (const auto& [key, x] : xs)
    sum += heap_of(key) + heap_of(x);
  return sum;
}

std::size_t heap_of(const value& x) noexcept {
  if (const auto* text = x.get_if<std::string>())
    return heap_of(*text);
  if (const auto* members = x.get_if<object>())
    return heap_of(*members);
  std::size_t sum = 0;
  if (const auto* elements = x.get_if<array>()) {
    sum = elements->capacity() * sizeof(value);
    for (const auto& element : *elements)
      sum += heap_of(element);
  }
  return sum;
}

std::size_t heap_of(const character_change& x) noexcept {
  const auto& now = *x.now;
  return sizeof(character) + heap_of(now.id.text) + heap_of(now.name) + heap_of(now.state) + heap_of(now.location) +
         heap_of(now.attributes) + heap_of(x.previous_state);
}

std::size_t heap_of(const event_ptr& x) noexcept { return sizeof(event) + heap_of(x->event_type) + heap_of(x->data); }

} // namespace

std::size_t estimated_size(const change& x) noexcept {
  return std::visit([](const auto& y) { return heap_of(y); }, x);
}

std::size_t estimated_size(const batch& x) noexcept {
  auto sum = sizeof(batch) + x.changes.capacity() * sizeof(change);
  for (const auto& element : x.changes)
    sum += estimated_size(element);
  return sum;
}

} // namespace towncrier::model
