#include "nodes/load/viewer.hpp"

#include <algorithm>

namespace towncrier::load {

knock_answer read_knock_answer(std::string_view bytes) {
  const auto end = bytes.find("\r\n\r\n");
  if (end == bytes.npos)
    return {};
  if (bytes.starts_with("HTTP/1.1 101"))
    return {end + 4, {}};
  const auto line = bytes.substr(0, bytes.find("\r\n"));
  auto body = bytes.substr(end + 4, 200);
  while (!body.empty() && (body.back() == '\n' || body.back() == '\r'))
    body.remove_suffix(1);
  return {bytes.size(), std::string{line} + (body.empty() ? "" : ": ") + std::string{body}};
}

} // namespace towncrier::load
