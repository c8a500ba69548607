#pragma once

#include "model/value.hpp"

#include <bit>
#include <cmath>
#include <random>

namespace towncrier::test {

/// Makes values of every kind, with what is hard about each: edges of the integer widths, doubles of any exponent,
/// text with escapes and characters of every UTF-8 length.
class value_source {
public:
  explicit value_source(std::uint64_t seed) : random_(seed) {}

  std::uint64_t below(std::uint64_t end) { return std::uniform_int_distribution<std::uint64_t>{0, end - 1}(random_); }

  double number() {
    for (;;) {
      const auto x = below(2) == 0 ? std::bit_cast<double>(random_()) : std::ldexp(signed_integer(), -10);
      if (std::isfinite(x))
        return x;
    }
  }

  std::int64_t signed_integer() {
    const auto edge = std::int64_t{1} << below(63);
    const auto x = edge + static_cast<std::int64_t>(below(3)) - 1;
    return below(2) == 0 ? x : -x;
  }

  std::string text() {
    static constexpr std::string_view pieces[] = {"a",  "Zz", " ",      "\"",     "\\",     "/",          "\n",
                                                  "\t", "\b", "\x01",   "\x1f",   "\x7f",   "\u00e9",     "\u07ff",
                                                  "0",  "{",  "\u0800", "\uffff", "\u2028", "\U0001F600", "\U0010FFFF"};
    std::string out;
    for (auto n = below(below(8) == 0 ? 90 : 9); n > 0; --n)
      out += pieces[below(std::size(pieces))];
    if (below(10) == 0)
      out += '\0';
    return out;
  }

  model::array array(int depth) {
    model::array out;
    for (auto n = below(20); n > 0; --n)
      out.push_back(value(depth - 1));
    return out;
  }

  model::object object(int depth) {
    model::object out;
    for (auto n = below(20); n > 0; --n)
      model::set(out, text(), value(depth - 1));
    return out;
  }

  model::value value(int depth) {
    switch (below(depth > 0 ? 8 : 6)) {
      case 0:
        return nullptr;
      case 1:
        return below(2) == 0;
      case 2:
        return signed_integer();
      case 3:
        return random_();
      case 4:
        return number();
      case 5:
        return text();
      case 6:
        return array(depth);
      default:
        return object(depth);
    }
  }

private:
  std::mt19937_64 random_;
};

} // namespace towncrier::test
