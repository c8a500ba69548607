#include "nodes/options/option_values.hpp"

#include "model/position.hpp"
#include "nodes/options/address.hpp"
#include "protocol/messages.hpp"
#include "ws/ip_ranges.hpp"
#include "ws/site_rules.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fcntl.h>
#include <initializer_list>
#include <optional>
#include <span>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace towncrier::node {

namespace {

template <class T>
std::optional<T> parse_number(std::string_view text) {
  T x{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), x);
  if (error != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return x;
}

struct unit {
  std::string_view name;
  /// How many of the smallest unit it is.
  double factor;
};

/// From the smallest to the largest; what is stored counts in the one of factor 1.
constexpr std::array<unit, 5> time_units{{{"us", 0.001}, {"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}}};
constexpr std::array<unit, 4> byte_units{{{"B", 1}, {"KiB", 1024}, {"MiB", 1024 * 1024}, {"GiB", 1024 * 1024 * 1024}}};

/// The number that `text` stands for, in units of factor 1; empty when it is none or not a whole one.
std::optional<std::uint64_t> parse_with_unit(std::string_view text, std::span<const unit> units) {
  const auto end_of_number = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto number = parse_number<double>(text.substr(0, end_of_number));
  const auto name = text.substr(end_of_number);
  const auto found = std::find_if(units.begin(), units.end(), [&](const unit& x) { return x.name == name; });
  if (!number || (!name.empty() && found == units.end()))
    return std::nullopt;
  const double x = *number * (name.empty() ? 1 : found->factor);
  // 2^53: doubles hold every whole number up to there.
  if (x > 9007199254740992.0 || std::abs(x - std::round(x)) > 1e-9)
    return std::nullopt;
  return static_cast<std::uint64_t>(std::llround(x));
}

/// The text of `x` in the largest unit that holds it as a whole number.
std::string show_with_unit(std::uint64_t x, std::span<const unit> units) {
  for (auto i = units.rbegin(); i != units.rend(); ++i)
    if (const auto factor = static_cast<std::uint64_t>(i->factor); factor > 0 && x % factor == 0 && x > 0)
      return fmt::format("{}{}", x / factor, i->name);
  return "0";
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> result;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    auto item = text.substr(0, comma);
    item.remove_prefix(std::min(item.find_first_not_of(" \t"), item.size()));
    item.remove_suffix(item.size() - (item.find_last_not_of(" \t") + 1));
    if (!item.empty())
      result.emplace_back(item);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return result;
}

/// Whether `x` is one of the schemes (with `://`), an address that others can connect to, and perhaps a slash.
bool is_url(std::string_view x, std::initializer_list<std::string_view> schemes) {
  for (const auto scheme : schemes)
    if (x.starts_with(scheme)) {
      x.remove_prefix(scheme.size());
      return is_address(x.ends_with('/') ? x.substr(0, x.size() - 1) : x);
    }
  return false;
}

} // namespace

std::string_view placeholder(value_kind x) noexcept {
  static constexpr std::array<std::string_view, 7> names{"TEXT",     "NUMBER", "NUMBER", "BOOLEAN",
                                                         "DURATION", "BYTES",  "LIST"};
  return names[static_cast<std::size_t>(x)];
}

model::failure not_understood(std::string_view allowed) { return {fmt::format("is not possible; give {}", allowed)}; }

model::result<std::uint64_t> parse_whole(std::string_view text, std::uint64_t min, std::uint64_t max) {
  const auto x = parse_number<std::uint64_t>(text);
  if (!x || *x < min || *x > max)
    return not_understood(whole_value<std::uint64_t>{min, max}.allowed());
  return *x;
}

model::result<double> real_value::parse(std::string_view text) const {
  const auto x = parse_number<double>(text);
  if (!x || !(*x >= min && *x <= max))
    return not_understood(allowed());
  return *x;
}

std::string real_value::show(double x) const { return fmt::format("{}", x); }

std::string real_value::allowed() const { return fmt::format("a number from {} to {}", min, max); }

model::result<bool> boolean_value::parse(std::string_view text) const {
  if (text != "true" && text != "false")
    return not_understood(allowed());
  return text == "true";
}

model::result<std::chrono::milliseconds> duration_value::parse(std::string_view text) const {
  const auto x = parse_with_unit(text, time_units);
  if (!x || *x < static_cast<std::uint64_t>(min.count()) || *x > static_cast<std::uint64_t>(max.count()))
    return not_understood(allowed());
  return std::chrono::milliseconds{static_cast<std::int64_t>(*x)};
}

std::string duration_value::show(std::chrono::milliseconds x) const {
  return show_with_unit(static_cast<std::uint64_t>(x.count()), time_units);
}

std::string duration_value::allowed() const {
  return fmt::format("a duration from {} to {} in whole milliseconds, with a unit (us, ms, s, m, h)", show(min),
                     show(max));
}

model::result<std::size_t> bytes_value::parse(std::string_view text) const {
  const auto x = parse_with_unit(text, byte_units);
  if (!x || *x < min || *x > max)
    return not_understood(allowed());
  return static_cast<std::size_t>(*x);
}

std::string bytes_value::show(std::size_t x) const { return show_with_unit(x, byte_units); }

std::string bytes_value::allowed() const {
  return fmt::format("a size from {} to {}, in bytes or with a unit (KiB, MiB, GiB)", show(min), show(max));
}

model::result<std::string> word_value::parse(std::string_view text) const {
  if (std::find(words.begin(), words.end(), text) == words.end())
    return not_understood(allowed());
  return std::string{text};
}

std::string word_value::allowed() const { return fmt::format("one of: {}", fmt::join(words, ", ")); }

model::result<std::vector<std::string>> words_value::parse(std::string_view text) const {
  auto result = split_list(text);
  auto sorted = result;
  std::sort(sorted.begin(), sorted.end());
  const bool twice = std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
  const bool known = std::all_of(result.begin(), result.end(), [&](const std::string& x) {
    return std::find(words.begin(), words.end(), x) != words.end();
  });
  if (result.empty() || twice || !known)
    return not_understood(allowed());
  return result;
}

std::string words_value::show(const std::vector<std::string>& xs) const {
  return fmt::format("{}", fmt::join(xs, ","));
}

std::string words_value::allowed() const { return fmt::format("one or more of: {}", fmt::join(words, ", ")); }

model::result<std::vector<std::string>> origins_value::parse(std::string_view text) const {
  auto result = split_list(text);
  ws::origin_list known;
  for (const auto& x : result)
    if (const auto wrong = known.add(x))
      return model::failure{fmt::format("{} ({})", not_understood(allowed()).message, wrong->message)};
  return result;
}

std::string origins_value::show(const std::vector<std::string>& xs) const {
  return fmt::format("{}", fmt::join(xs, ","));
}

model::result<std::vector<std::string>> ranges_value::parse(std::string_view text) const {
  auto result = split_list(text);
  ws::ip_ranges known;
  for (const auto& x : result)
    if (const auto wrong = known.add(x))
      return model::failure{fmt::format("{} ({})", not_understood(allowed()).message, wrong->message)};
  return result;
}

std::string ranges_value::show(const std::vector<std::string>& xs) const {
  return fmt::format("{}", fmt::join(xs, ","));
}

model::result<std::string> anonymous_role_value::parse(std::string_view text) const {
  if (!text.empty() && text != "none" && !protocol::parse_role(text))
    return not_understood(allowed());
  return std::string{text};
}

model::result<std::vector<std::string>> texts_value::parse(std::string_view text) const { return split_list(text); }

std::string texts_value::show(const std::vector<std::string>& xs) const {
  return fmt::format("{}", fmt::join(xs, ","));
}

model::result<std::string> endpoint_value::parse(std::string_view text) const {
  if (!is_endpoint(text))
    return not_understood(allowed());
  return std::string{text};
}

model::result<std::string> advertised_value::parse(std::string_view text) const {
  if (!text.empty() && !is_address(text))
    return not_understood(allowed());
  return std::string{text};
}

model::result<std::string> edge_url_value::parse(std::string_view text) const {
  if (!text.empty() && !is_url(text, {"ws://", "wss://"}))
    return not_understood(allowed());
  return std::string{text};
}

model::result<std::vector<std::string>> etcd_urls_value::parse(std::string_view text) const {
  auto result = split_list(text);
  if (!std::all_of(result.begin(), result.end(), [](const auto& x) { return is_url(x, {"http://", "https://"}); }))
    return not_understood(allowed());
  return result;
}

std::string etcd_urls_value::show(const std::vector<std::string>& xs) const {
  return fmt::format("{}", fmt::join(xs, ","));
}

model::result<std::string> key_prefix_value::parse(std::string_view text) const {
  const bool known = std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return c < 0x80 &&
           (std::isalnum(c) != 0 || std::string_view{"._-/"}.find(static_cast<char>(c)) != std::string_view::npos);
  });
  if (!known || text.size() < 2 || text.size() > 200 || text.front() != '/' || text.back() == '/')
    return not_understood(allowed());
  return std::string{text};
}

model::result<std::string> file_value::parse(std::string_view text) const {
  const std::string path{text};
  if (path.empty())
    return path;
  struct stat about {};
  if (::stat(path.c_str(), &about) != 0 || ::access(path.c_str(), R_OK) != 0)
    return model::failure{fmt::format("cannot be read ({}); give {}", std::strerror(errno), allowed())};
  if (S_ISDIR(about.st_mode))
    return model::failure{fmt::format("is a folder; give {}", allowed())};
  return path;
}

model::result<std::string> output_value::parse(std::string_view text) const {
  const std::string path{text};
  if (path.empty())
    return path;
  const auto slash = path.rfind('/');
  const auto folder = slash == std::string::npos ? std::string{"."} : path.substr(0, slash + 1);
  struct stat about {};
  const auto there = ::stat(path.c_str(), &about) == 0;
  if (::access(there ? path.c_str() : folder.c_str(), W_OK) != 0)
    return model::failure{fmt::format("cannot be written ({}); give {}", std::strerror(errno), allowed())};
  if (there && S_ISDIR(about.st_mode))
    return model::failure{fmt::format("is a folder; give {}", allowed())};
  return path;
}

model::result<std::string> slow_actor_value::parse(std::string_view text) const {
  const auto colon = text.find(':');
  const whole_value<std::size_t> milliseconds{1, 10'000};
  if (!text.empty() && (colon == 0 || colon == std::string_view::npos || !milliseconds.parse(text.substr(colon + 1))))
    return not_understood(allowed());
  return std::string{text};
}

model::result<std::string> node_id_value::parse(std::string_view text) const {
  if (!text.empty() && !model::is_node_id(text))
    return not_understood(allowed());
  return std::string{text};
}

model::result<std::string> name_value::parse(std::string_view text) const {
  if (text.empty())
    return not_understood(allowed());
  return std::string{text};
}

} // namespace towncrier::node
