#include "nodes/options/option_table.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace towncrier::node {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 12> sections{{
    {"node", "this node"},
    {"edge", "serving WebSocket clients"},
    {"admin", "the operators' side"},
    {"auth", "who may connect"},
    {"tls", "encryption towards clients; both files or none"},
    {"cluster", "being one of several nodes, which find each other in etcd; links between them are mutual TLS"},
    {"world", "the built-in town"},
    {"batcher", "how changes travel together; full or due, whichever is first"},
    {"rate_limiter", "how much clients may send; counted for each identity"},
    {"debugger", "showing messages to operators"},
    {"inspection", "seeing every actor"},
    {"log", "what the node logs, to stderr"},
}};

} // namespace

std::string normal_key(std::string_view key) {
  std::string result{key};
  std::replace(result.begin(), result.end(), '-', '_');
  return result;
}

const option* find_option(std::string_view key) noexcept {
  const auto table = option_table();
  const auto found =
      std::find_if(table.begin(), table.end(), [k = normal_key(key)](const option& x) { return x.key == k; });
  return found == table.end() ? nullptr : &*found;
}

std::string flag_name(const option& x) {
  std::string result = "--" + std::string{x.key};
  std::replace(result.begin(), result.end(), '_', '-');
  return result;
}

std::string environment_name(const option& x) {
  std::string result = "TOWNCRIER_" + std::string{x.key};
  std::transform(result.begin(), result.end(), result.begin(), [](char c) {
    return c == '.' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return result;
}

std::string default_text(const option& x) { return x.get(protocol::options{}); }

std::string_view section_help(std::string_view section) noexcept {
  const auto found = std::find_if(sections.begin(), sections.end(), [&](const auto& x) { return x.first == section; });
  return found == sections.end() ? std::string_view{} : found->second;
}

} // namespace towncrier::node
