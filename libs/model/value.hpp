#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace towncrier::model {

class value;

/// A list of values.
using array = std::vector<value>;

/// Named values in the order in which they were written. Keys are unique: the decoders refuse a second one.
using object = std::vector<std::pair<std::string, value>>;

/// Any value that JSON can hold: what an event's `data` and a character's `attributes` carry.
/// Floating-point numbers are finite and strings are valid UTF-8: the decoders see to it.
class value {
public:
  using variant_type =
      std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, double, std::string, array, object>;

  value() : data_(nullptr) {}
  value(std::nullptr_t) : data_(nullptr) {}
  value(bool x) : data_(x) {}
  value(int x) : data_(std::int64_t{x}) {}
  value(std::int64_t x) : data_(x) {}
  /// Unsigned numbers that fit are held as signed ones, so that equal numbers compare equal.
  value(std::uint64_t x) {
    if (x <= INT64_MAX)
      data_ = static_cast<std::int64_t>(x);
    else
      data_ = x;
  }
  value(double x) : data_(x) {}
  value(const char* x) : data_(std::string{x}) {}
  value(std::string_view x) : data_(std::string{x}) {}
  value(std::string x) : data_(std::move(x)) {}
  value(array x) : data_(std::move(x)) {}
  value(object x) : data_(std::move(x)) {}

  const variant_type& data() const noexcept { return data_; }
  variant_type& data() noexcept { return data_; }

  bool is_null() const noexcept { return std::holds_alternative<std::nullptr_t>(data_); }

  /// The held value when it is a `T`, otherwise nullptr.
  template <class T>
  const T* get_if() const noexcept {
    return std::get_if<T>(&data_);
  }
  template <class T>
  T* get_if() noexcept {
    return std::get_if<T>(&data_);
  }

  /// The member called `key` of an object; nullptr when this is no object or has no such member.
  const value* find(std::string_view key) const noexcept;

  /// The held number as a double; `fallback` when this is not a number.
  double number_or(double fallback) const noexcept;

  /// A word for people: "null", "a boolean", "a number", "a string", "an array", "an object".
  std::string_view kind() const noexcept;

  friend bool operator==(const value&, const value&) = default;

private:
  variant_type data_;
};

/// The member called `key`, or nullptr.
const value* find(const object& xs, std::string_view key) noexcept;

/// Replaces or adds the member `key`.
void set(object& xs, std::string_view key, value x);

} // namespace towncrier::model
