#include "actors/edge/token_file.hpp"
#include "nodes/commands/command.hpp"

#include <fmt/format.h>

namespace towncrier::commands {

std::string token_help() {
  return "Usage: towncrier token NAME ROLE\n\n"
         "Makes a random token for a client and prints it with the line that lets it in. The node knows tokens by "
         "their\n"
         "hash alone: this is the only time the token is shown.\n\n"
         "  NAME  how the client is called in logs and by the rate limiter; several tokens may share a name\n"
         "  ROLE  viewer (watches), publisher (also says what happens) or operator (also commands)\n\n"
         "Add the line to the file that auth.tokens names and send the node SIGHUP. Clients give the token in\n"
         "'Authorization: Bearer TOKEN', as the sub-protocol 'bearer.TOKEN', or in a message 'auth'.\n";
}

int run_token(const arguments& x) {
  if (x.size() != 2)
    return fail(misused, "'towncrier token' takes a name and a role; 'towncrier help token' says more");
  const auto role = protocol::parse_role(x[1]);
  if (!role)
    return fail(misused, fmt::format("'{}' is no role; give viewer, publisher or operator", x[1]));
  const auto made = edge::make_token(x[0], *role);
  if (!made)
    return fail(misused, made.error());
  return say(fmt::format("token: {}\nline:  {}\n", made->token, made->line));
}

} // namespace towncrier::commands
