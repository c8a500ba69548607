#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace towncrier::model {

/// Why something could not be done, as a sentence for the person who can mend it.
struct failure {
  std::string message;

  friend bool operator==(const failure&, const failure&) = default;
};

/// Either a `T` or the reason why there is none. (C++23 has std::expected; our compiler does not.)
template <class T>
class [[nodiscard]] result {
public:
  result(T x) : data_(std::in_place_index<0>, std::move(x)) {}
  result(failure x) : data_(std::in_place_index<1>, std::move(x)) {}

  bool has_value() const noexcept { return data_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  /// Precondition: `has_value()`.
  T& operator*() noexcept { return *std::get_if<0>(&data_); }
  const T& operator*() const noexcept { return *std::get_if<0>(&data_); }
  T* operator->() noexcept { return std::get_if<0>(&data_); }
  const T* operator->() const noexcept { return std::get_if<0>(&data_); }

  /// Precondition: `!has_value()`.
  const std::string& error() const noexcept { return std::get_if<1>(&data_)->message; }

private:
  std::variant<T, failure> data_;
};

} // namespace towncrier::model
