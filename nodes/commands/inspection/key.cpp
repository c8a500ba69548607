#include "nodes/commands/inspection/key.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace towncrier::commands {

namespace {

/// The ends of `ESC [ ...` and `ESC O ...`, as xterm and the Linux console send them.
constexpr std::array<std::pair<std::string_view, key>, 14> sequences{{{"A", key::up},
                                                                      {"B", key::down},
                                                                      {"C", key::right},
                                                                      {"D", key::left},
                                                                      {"H", key::home},
                                                                      {"F", key::end},
                                                                      {"1~", key::home},
                                                                      {"7~", key::home},
                                                                      {"4~", key::end},
                                                                      {"8~", key::end},
                                                                      {"5~", key::page_up},
                                                                      {"6~", key::page_down},
                                                                      {"3~", key::backspace},
                                                                      {"M", key::enter}}};

key key_of(std::string_view sequence) {
  const auto* at = std::find_if(sequences.begin(), sequences.end(), [&](const auto& x) { return x.first == sequence; });
  return at == sequences.end() ? key::unknown : at->second;
}

/// How long the escape sequence at the front is; 0: not all of it is there.
std::size_t sequence_length(std::string_view bytes) {
  if (bytes[1] == 'O')
    return bytes.size() < 3 ? 0 : 3;
  for (std::size_t i = 2; i < bytes.size(); ++i)
    if (bytes[i] >= 0x40 && bytes[i] <= 0x7E)
      return i + 1;
  return 0;
}

key_press plain(char c) {
  if (c == '\r' || c == '\n')
    return {key::enter, 0};
  if (c == 0x7F || c == 0x08)
    return {key::backspace, 0};
  return static_cast<unsigned char>(c) >= 0x20 ? key_press{key::text, c} : key_press{};
}

} // namespace

std::vector<key_press> decode_keys(std::string_view& bytes, bool complete) {
  std::vector<key_press> result;
  while (!bytes.empty()) {
    std::size_t length = 1;
    if (bytes.front() != '\x1b') {
      result.push_back(plain(bytes.front()));
    } else if (bytes.size() > 1 && (bytes[1] == '[' || bytes[1] == 'O')) {
      length = sequence_length(bytes);
      if (length == 0 && !complete)
        break;
      length = length == 0 ? bytes.size() : length;
      result.push_back({key_of(bytes.substr(2, length - 2)), 0});
    } else if (bytes.size() == 1 && !complete) {
      break;
    } else {
      result.push_back({key::escape, 0});
    }
    bytes.remove_prefix(length);
  }
  return result;
}

} // namespace towncrier::commands
