#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace towncrier::model {

/// How far one origin node has come: batch `sequence` of its life `incarnation`.
/// Sequences start at 1 in each life; a later life has a higher incarnation.
struct origin_position {
  std::string origin;
  std::uint64_t incarnation = 0;
  std::uint64_t sequence = 0;

  friend bool operator==(const origin_position&, const origin_position&) = default;
};

/// How far a viewer has come in what every origin node says. It is opaque to clients.
class position {
public:
  struct mark {
    std::uint64_t incarnation = 0;
    std::uint64_t sequence = 0;

    friend auto operator<=>(const mark&, const mark&) = default;
  };

  /// Notes that `x` and everything of its origin before it was seen. Earlier ones are ignored.
  void advance(const origin_position& x);

  /// Where `origin` stands; nothing was seen of it when empty.
  std::optional<mark> find(std::string_view origin) const;

  const std::map<std::string, mark, std::less<>>& marks() const noexcept { return marks_; }
  bool empty() const noexcept { return marks_.empty(); }

  /// The form in which clients carry it: `origin:incarnation:sequence` joined by commas, numbers in base 36.
  std::string to_string() const;

  /// Reads what `to_string` wrote. Empty for anything else: clients can send what they like.
  static std::optional<position> parse(std::string_view text);

  friend bool operator==(const position&, const position&) = default;

private:
  std::map<std::string, mark, std::less<>> marks_;
};

/// Whether `id` can name a node: 1 to 64 letters, digits, `.`, `_` or `-`.
bool is_node_id(std::string_view id) noexcept;

} // namespace towncrier::model
