#include "options.hpp"

#include <cstdio>
#include <cstdlib>
#include <map>

namespace recorder {

namespace {

constexpr const char* usage =
    "usage: recorder --edge ws://HOST:PORT [--edge ...] [--viewers N] [--out FOLDER] [--silence MILLISECONDS] [--ramp "
    "N]\n"
    "Opens viewers over the edges, JSON and MessagePack in turns, and writes what each was given to FOLDER.\n"
    "One line of JSON on stdout five times a second says how it stands. Commands on stdin, a line each:\n"
    "  add N     more viewers\n"
    "  finish    all leave, everything is written, exit; so does the end of stdin, and SIGTERM\n";

[[noreturn]] void refuse(const std::string& why) {
  std::fprintf(stderr, "recorder: %s\n%s", why.c_str(), usage);
  std::exit(2);
}

std::uint32_t number(const std::string& name, const std::string& text) {
  char* end = nullptr;
  const auto result = std::strtoul(text.c_str(), &end, 10);
  if (text.empty() || *end != '\0' || result > 1'000'000)
    refuse(name + " wants a whole number up to 1000000, not '" + text + "'");
  return static_cast<std::uint32_t>(result);
}

} // namespace

std::string host_of(std::string url) {
  if (const auto scheme = url.find("://"); scheme != std::string::npos)
    url.erase(0, scheme + 3);
  return url.substr(0, url.find('/'));
}

options parse_options(int count, char** arguments) {
  options result;
  for (int i = 1; i < count; i += 2) {
    const std::string name = arguments[i];
    if (i + 1 == count)
      refuse(name + " wants a value");
    const std::string value = arguments[i + 1];
    if (name == "--edge")
      result.edges.push_back(host_of(value));
    else if (name == "--viewers")
      result.viewers = number(name, value);
    else if (name == "--out")
      result.out = value;
    else if (name == "--silence")
      result.silence_ms = number(name, value);
    else if (name == "--ramp")
      result.ramp = std::max(1U, number(name, value));
    else
      refuse("there is no " + name);
  }
  if (result.edges.empty())
    refuse("no --edge was given");
  return result;
}

} // namespace recorder
