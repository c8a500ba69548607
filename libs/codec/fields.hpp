#pragma once

#include "codec/names.hpp"
#include "model/client_message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace towncrier::codec {

/// Reads named members out of an object that a client sent, and remembers the first thing that was wrong with them. A
/// member that is null counts as left out where nothing else is said, and members nobody asks for are ignored. Members
/// are moved out: read each once.
class fields {
public:
  /// `subject` begins every sentence: it is the type of the message.
  fields(std::string_view subject, model::object& members) : subject_(subject), members_(members) {}

  std::optional<std::string> text(std::string_view key);
  std::optional<double> number(std::string_view key);
  std::optional<bool> boolean(std::string_view key);
  std::optional<model::array> list(std::string_view key);
  std::optional<model::object> object(std::string_view key);

  /// The member as it is, null too.
  std::optional<model::value> any(std::string_view key);

  /// Whether there is such a member, whatever it holds.
  bool has(std::string_view key) const noexcept { return model::find(members_, key) != nullptr; }

  /// A string that is there and holds something.
  std::string required_text(std::string_view key);
  double required_number(std::string_view key);

  /// A string of 1 to `max_name_size` bytes, or an integer.
  model::character_id character_id(std::string_view key = "character_id");

  /// A string of at most `max_name_size` bytes.
  std::optional<std::string> location(std::string_view key = "location");

  /// `x` and `y`: together or not at all. Both null: `model::no_place`.
  std::optional<model::point> place();

  /// Seconds since the Unix epoch, which have a date (see `model::has_date`).
  std::optional<double> timestamp(std::string_view key = "timestamp");

  /// Notes what was wrong, unless something was before.
  void fail(std::string_view sentence);

  /// Whether something was wrong.
  bool failed() const noexcept { return !error_.empty(); }

  /// What was wrong first, as a sentence that begins with the subject.
  const std::string& error() const noexcept { return error_; }

private:
  model::value* find(std::string_view key);
  bool is_null(std::string_view key) const noexcept;
  void missing(std::string_view key, std::string_view wanted);
  void wrong(std::string_view key, const model::value& found, std::string_view wanted);

  template <class T>
  std::optional<T> take(std::string_view key, std::string_view wanted);

  std::string_view subject_;
  model::object& members_;
  std::string error_;
};

} // namespace towncrier::codec
