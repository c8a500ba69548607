#include "town/names.hpp"

#include <numeric>

namespace towncrier::town {

namespace {

bool is_plain(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

} // namespace

std::string id_from_name(std::string_view name) {
  std::string id;
  for (const auto c : name) {
    if (is_plain(lower(c)))
      id += lower(c);
    else if (c != '\'' && !id.empty() && id.back() != '-')
      id += '-';
  }
  while (!id.empty() && id.back() == '-')
    id.pop_back();
  return id;
}

name_book::name_book(const std::vector<std::string>& first, const std::vector<std::string>& last)
    : first_(first), last_(last), stride_(first.size() * 3 / 8 + 1), given_(last.size(), 0) {
  while (std::gcd(stride_, first_.size()) != 1)
    ++stride_;
}

// The digits of n in base |first|: the lowest is the first name, the others are middle names.
std::string name_book::nth_name(std::size_t last, std::size_t n) const {
  const auto base = first_.size();
  auto name = first_[(n % base * stride_ + last) % base];
  for (auto rest = n / base; rest > 0; rest = (rest - 1) / base)
    name += ' ' + first_[((rest - 1) % base * stride_ + n) % base];
  return name + ' ' + last_[last];
}

std::string name_book::invent(std::size_t last) {
  for (;;) {
    auto name = nth_name(last, given_[last]++);
    if (ids_.insert(id_from_name(name)).second)
      return name;
  }
}

} // namespace towncrier::town
