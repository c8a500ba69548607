#pragma once

#include "model/client_message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace towncrier::codec {

/// The longest name of a character, a channel or a kind of event, in bytes.
inline constexpr std::size_t max_name_size = 256;

/// Reads named members out of an object that a client sent, and remembers the first thing that was wrong with them. A
/// member that is null counts as left out, and members nobody asks for are ignored. Members are moved out: read each
/// once.
class fields {
public:
  /// `subject` begins every sentence: it is the type of the message.
  fields(std::string_view subject, model::object& members) : subject_(subject), members_(members) {}

  std::optional<std::string> text(std::string_view key);
  std::optional<double> number(std::string_view key);
  std::optional<bool> boolean(std::string_view key);
  std::optional<model::array> list(std::string_view key);
  std::optional<model::object> object(std::string_view key);
  std::optional<model::value> any(std::string_view key);

  /// Whether there is such a member, whatever it holds.
  bool has(std::string_view key) const noexcept { return model::find(members_, key) != nullptr; }

  /// A string that is there and holds something.
  std::string required_text(std::string_view key);
  double required_number(std::string_view key);

  /// `character_id`: a string of 1 to `max_name_size` bytes, or an integer.
  model::character_id character_id();

  /// `x` and `y`: together or not at all.
  std::optional<model::point> place();

  /// Notes what was wrong, unless something was before.
  void fail(std::string_view sentence);

  /// Whether something was wrong.
  bool failed() const noexcept { return !error_.empty(); }

  /// What was wrong first, as a sentence that begins with the subject.
  const std::string& error() const noexcept { return error_; }

private:
  model::value* find(std::string_view key);
  void missing(std::string_view key, std::string_view wanted);
  void wrong(std::string_view key, const model::value& found, std::string_view wanted);

  template <class T>
  std::optional<T> take(std::string_view key, std::string_view wanted);

  std::string_view subject_;
  model::object& members_;
  std::string error_;
};

/// `x` in quotes for a sentence, cut off when it is long.
std::string quoted(std::string_view x);

} // namespace towncrier::codec
