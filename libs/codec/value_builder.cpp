#include "codec/value_builder.hpp"

#include "codec/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace towncrier::codec {

namespace {

/// Up to this many members every pair is compared: quicker than sorting, and most objects are small.
constexpr std::size_t small_object = 16;

/// Containers of the outer levels (the envelope, its data, a batch's messages) hold several members.
constexpr std::size_t roomy_depth = 2;
constexpr std::size_t roomy_size = 8;

const std::string* repeated_key_of_few(const model::object& members) {
  for (auto at = members.begin(); at != members.end(); ++at)
    for (auto before = members.begin(); before != at; ++before)
      if (at->first == before->first)
        return &at->first;
  return nullptr;
}

const std::string* repeated_key_of_many(const model::object& members) {
  std::vector<const std::string*> keys;
  keys.reserve(members.size());
  for (const auto& member : members)
    keys.push_back(&member.first);
  std::sort(keys.begin(), keys.end(), [](const auto* x, const auto* y) { return *x < *y; });
  const auto equal = [](const auto* x, const auto* y) { return *x == *y; };
  const auto at = std::adjacent_find(keys.begin(), keys.end(), equal);
  return at == keys.end() ? nullptr : *at;
}

const std::string* repeated_key(const model::object& members) {
  return members.size() <= small_object ? repeated_key_of_few(members) : repeated_key_of_many(members);
}

constexpr std::string_view not_utf8 = "text that is not valid UTF-8";

} // namespace

value_builder::value_builder(std::size_t max_depth) : max_depth_(max_depth) {
  open_.reserve(std::min<std::size_t>(max_depth, 8));
}

bool value_builder::null() {
  slot().data().emplace<std::nullptr_t>();
  return true;
}

bool value_builder::boolean(bool x) {
  slot().data().emplace<bool>(x);
  return true;
}

bool value_builder::integer(std::int64_t x) {
  slot().data().emplace<std::int64_t>(x);
  return true;
}

bool value_builder::integer(std::uint64_t x) {
  if (x <= INT64_MAX)
    return integer(static_cast<std::int64_t>(x));
  slot().data().emplace<std::uint64_t>(x);
  return true;
}

bool value_builder::number(double x) {
  if (!std::isfinite(x))
    return fail("a number that is not finite");
  slot().data().emplace<double>(x);
  return true;
}

bool value_builder::text(std::string_view x) {
  if (!is_utf8(x))
    return fail(std::string{not_utf8});
  slot().data().emplace<std::string>(x);
  return true;
}

bool value_builder::key(std::string_view x) {
  if (!is_utf8(x))
    return fail(std::string{not_utf8});
  open_.back()->get_if<model::object>()->emplace_back(x, nullptr);
  return true;
}

bool value_builder::begin_array() {
  if (open_.size() >= max_depth_)
    return refuse_depth();
  auto& place = slot();
  place.data().emplace<model::array>();
  open_.push_back(&place);
  return true;
}

bool value_builder::begin_object() {
  if (open_.size() >= max_depth_)
    return refuse_depth();
  auto& place = slot();
  auto& members = place.data().emplace<model::object>();
  if (open_.size() < roomy_depth)
    members.reserve(roomy_size);
  open_.push_back(&place);
  return true;
}

bool value_builder::end_array() {
  open_.pop_back();
  return true;
}

bool value_builder::end_object() {
  const auto* key = repeated_key(*open_.back()->get_if<model::object>());
  if (key != nullptr)
    return fail(fmt::format("the key '{}' stands twice in one object", utf8_prefix(*key, 64)));
  open_.pop_back();
  return true;
}

bool value_builder::fail(std::string reason) {
  error_ = std::move(reason);
  return false;
}

model::value& value_builder::slot() {
  if (open_.empty())
    return root_;
  if (auto* elements = open_.back()->get_if<model::array>())
    return elements->emplace_back();
  return open_.back()->get_if<model::object>()->back().second;
}

bool value_builder::refuse_depth() {
  return fail(fmt::format("more than {} arrays and objects inside each other", max_depth_));
}

} // namespace towncrier::codec
