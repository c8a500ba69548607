#include "model/position.hpp"

#include <algorithm>
#include <charconv>

namespace towncrier::model {

namespace {

constexpr int number_base = 36;
constexpr std::size_t max_origins = 4096;

void append_number(std::string& out, std::uint64_t x) {
  char buffer[16];
  auto end = std::to_chars(std::begin(buffer), std::end(buffer), x, number_base).ptr;
  out.append(buffer, end);
}

/// Takes what stands before `separator` off the front of `text`, and the separator too.
std::string_view take(std::string_view& text, char separator) {
  const auto at = std::min(text.find(separator), text.size());
  const auto head = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return head;
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t x = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, x, number_base);
  if (text.empty() || error != std::errc{} || rest != end)
    return std::nullopt;
  return x;
}

} // namespace

void position::advance(const origin_position& x) {
  auto& current = marks_[x.origin];
  current = std::max(current, mark{x.incarnation, x.sequence});
}

std::optional<position::mark> position::find(std::string_view origin) const {
  const auto at = marks_.find(origin);
  return at == marks_.end() ? std::nullopt : std::optional{at->second};
}

std::string position::to_string() const {
  std::string out;
  for (const auto& [origin, at] : marks_) {
    if (!out.empty())
      out += ',';
    out += origin;
    out += ':';
    append_number(out, at.incarnation);
    out += ':';
    append_number(out, at.sequence);
  }
  return out;
}

std::optional<position> position::parse(std::string_view text) {
  position result;
  while (!text.empty()) {
    auto entry = take(text, ',');
    const auto origin = take(entry, ':');
    const auto incarnation = parse_number(take(entry, ':'));
    const auto sequence = parse_number(entry);
    if (!is_node_id(origin) || !incarnation || !sequence || result.marks_.size() >= max_origins)
      return std::nullopt;
    if (!result.marks_.emplace(std::string{origin}, mark{*incarnation, *sequence}).second)
      return std::nullopt;
  }
  return result;
}

bool is_node_id(std::string_view id) noexcept {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  };
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), allowed);
}

} // namespace towncrier::model
