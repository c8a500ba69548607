#pragma once

#include "model/character.hpp"
#include "town/toml_tree.hpp"
#include "town/town_time.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace towncrier::town {

/// The first thing that is wrong with a text. Later ones are often only its consequence.
class first_fault {
public:
  void note(std::uint32_t line, std::string_view message);
  const std::optional<model::failure>& what() const noexcept { return what_; }

private:
  std::optional<model::failure> what_;
};

/// Reads the members of one table. What is missing or of the wrong type is noted, and reads as empty.
class fields {
public:
  /// `path` names the table in messages: `place`, `job`. Both references have to outlive this.
  fields(const toml_node& table, std::string path, first_fault& fault)
      : table_(table), path_(std::move(path)), fault_(fault) {}

  bool has(std::string_view key) const noexcept { return table_.find(key) != nullptr; }
  std::uint32_t line() const noexcept { return table_.line; }

  /// A text that is not empty.
  std::string text(std::string_view key);
  std::string text_or(std::string_view key, std::string_view fallback);
  bool flag_or(std::string_view key, bool fallback);
  double number(std::string_view key, double low, double high);
  std::int64_t whole_or(std::string_view key, std::int64_t fallback, std::int64_t low, std::int64_t high);
  time_of_day time(std::string_view key);
  /// A list of `[x, y]`.
  std::vector<model::point> points(std::string_view key);

  /// A text and the line it stands on.
  struct text_line {
    std::string text;
    std::uint32_t line;
  };
  /// A list of texts; empty when there is no such key.
  std::vector<text_line> lines(std::string_view key);
  std::vector<std::string> texts(std::string_view key);

  /// A table of whole numbers of at least 1; empty when there is no such key.
  std::vector<std::pair<std::string, std::int64_t>> prices(std::string_view key);

  /// The tables of `[[key]]`; none when there is no such key.
  std::vector<fields> tables(std::string_view key);

  /// The table `[key]`, which has to be there.
  fields table(std::string_view key);

  /// Notes the first key that nobody asked for: to be called when all were read.
  void refuse_others();

  /// Notes what is wrong with `key`.
  void fault(std::uint32_t at_line, std::string_view key, std::string_view message);

private:
  const toml_node* seek(std::string_view key);
  const toml_node* require(std::string_view key, std::string_view what);
  void wrong(const toml_node& x, std::string_view key, std::string_view wanted);

  const toml_node& table_;
  std::string path_;
  first_fault& fault_;
  std::set<std::string, std::less<>> known_;
};

} // namespace towncrier::town
