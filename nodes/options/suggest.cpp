#include "nodes/options/suggest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace towncrier::node {

namespace {

bool same(char x, char y) { return x == y || ((x == '-' || x == '_') && (y == '-' || y == '_')); }

std::size_t distance(std::string_view a, std::string_view b) {
  using row = std::vector<std::size_t>;
  std::vector<row> d(a.size() + 1, row(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i)
    d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j)
    d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i)
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t cost = same(a[i - 1], b[j - 1]) ? 0 : 1;
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + cost});
      if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  return d[a.size()][b.size()];
}

} // namespace

std::string_view nearest(std::string_view word, std::span<const std::string_view> known) {
  // More than a third of the letters wrong is another word, and a guess would mislead.
  std::size_t best = word.size() / 3 + 1;
  std::string_view result;
  // The table above grows with the product of the lengths, and people can send what they like.
  if (word.size() > 100)
    return result;
  for (const auto x : known)
    if (const auto d = distance(word, x); d < best) {
      best = d;
      result = x;
    }
  return result;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> known) {
  const auto x = nearest(word, known);
  return x.empty() ? std::string{} : fmt::format("; did you mean '{}'?", x);
}

} // namespace towncrier::node
