#include "protocol/messages.hpp"

#include <array>

namespace towncrier::protocol {

namespace {

constexpr std::array<std::string_view, 3> role_names{"viewer", "publisher", "operator"};

} // namespace

std::string to_string(connection_id id) { return "c" + std::to_string(id); }

std::string_view to_string(role x) noexcept { return role_names[static_cast<std::size_t>(x)]; }

std::optional<role> parse_role(std::string_view text) noexcept {
  for (std::size_t i = 0; i < role_names.size(); ++i)
    if (role_names[i] == text)
      return static_cast<role>(i);
  return std::nullopt;
}

} // namespace towncrier::protocol
