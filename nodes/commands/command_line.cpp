#include "nodes/commands/command_line.hpp"

#include "codec/names.hpp"
#include "ws/url.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace towncrier::commands {

std::optional<int> read_command_line(CLI::App& app, const arguments& x) {
  arguments reversed{x.rbegin(), x.rend()}; // as CLI11 takes them
  try {
    app.parse(std::move(reversed));
  } catch (const CLI::Error& wrong) {
    return fail(misused, fmt::format("{}; '{} --help' says more", wrong.what(), app.get_name()));
  }
  return std::nullopt;
}

std::string fault_of_channels(const std::vector<std::string>& xs) {
  for (const auto& x : xs)
    if (const auto fault = codec::channel_fault(x); !fault.empty())
      return "--subscribe " + fault;
  return {};
}

CLI::Validator url_of(std::vector<std::string> schemes) {
  return {[schemes = std::move(schemes)](std::string& x) -> std::string {
            const auto fits = [&](const std::string& scheme) { return x.starts_with(scheme); };
            if (std::none_of(schemes.begin(), schemes.end(), fits))
              return fmt::format("'{}' is no address of a node: give {}host:port", x,
                                 fmt::join(schemes, "host:port or "));
            const auto read = ws::parse_url(x);
            return read ? std::string{} : read.error();
          },
          ""};
}

} // namespace towncrier::commands
