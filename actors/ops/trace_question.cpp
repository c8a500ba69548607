#include "actors/ops/trace_question.hpp"

#include "codec/names.hpp"

#include <charconv>
#include <system_error>

namespace towncrier::ops {

std::optional<std::uint64_t> read_hex(std::string_view text) {
  std::uint64_t x = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), x, 16);
  return error == std::errc{} && end == text.data() + text.size() && text.size() == 16 ? std::optional{x}
                                                                                       : std::nullopt;
}

std::optional<std::uint64_t> whole_number(const model::object& question, std::string_view key, std::uint64_t fallback,
                                          std::uint64_t most) {
  const auto* x = model::find(question, key);
  if (x == nullptr || x->is_null())
    return fallback;
  const auto* number = x->get_if<std::int64_t>();
  return number != nullptr && *number >= 1 && static_cast<std::uint64_t>(*number) <= most
             ? std::optional{static_cast<std::uint64_t>(*number)}
             : std::nullopt;
}

bool is_trace_subject(std::string_view x) {
  for (const std::string_view prefix : {"character:", "event:", "connection:c"})
    if (x.starts_with(prefix))
      return codec::name_fault(x.substr(prefix.size())).empty();
  return false;
}

} // namespace towncrier::ops
