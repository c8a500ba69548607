#include "model/position.hpp"
#include "nodes/commands/certificate_maker.hpp"
#include "nodes/commands/command_line.hpp"
#include "nodes/options/address.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace towncrier::commands {

namespace {

/// A node of the command line: its name, and where it is reached beside the common hosts.
struct asked_node {
  std::string name;
  std::vector<std::string> hosts;
};

struct certificates_settings {
  std::string folder;
  std::vector<std::string> names;
  std::vector<std::string> hosts;
  int days = 365;
};

void describe(CLI::App& app, certificates_settings& x) {
  app.add_option("DIR", x.folder, "the folder that they are made in")->required();
  app.add_option("NAME", x.names,
                 "a node; NAME.pem and NAME.key are made for each. NAME=HOST is good for that host as well")
      ->required();
  app.add_option("--host", x.hosts,
                 "another host name or address that the nodes are reached by; may be given several times")
      ->allow_extra_args(false);
  app.add_option("--days", x.days, "how long what is made is valid")
      ->check(CLI::Range(1, 36'500))
      ->capture_default_str();
  app.footer(
      "For tests and small clusters. The first time a test CA is made in DIR (ca.pem, ca.key); later calls sign with\n"
      "it, so that nodes can be added. Certificates are good for both ends of a link, for localhost, 127.0.0.1, ::1,\n"
      "the node's name and what --host adds. Give a node its pair and ca.pem (cluster.certificate, cluster.key,\n"
      "cluster.ca), and keep ca.key to yourself: who has it can join the cluster.\n"
      "Exit codes: 0 made, 1 a file cannot be read or written, 2 bad arguments.");
}

asked_node parse_node(const std::string& text, const std::vector<std::string>& hosts) {
  const auto equals = std::min(text.find('='), text.size());
  asked_node result{text.substr(0, equals), hosts};
  if (equals < text.size())
    result.hosts.push_back(text.substr(equals + 1));
  return result;
}

/// What is wrong with a node; empty when nothing is.
std::string fault_in(const asked_node& x) {
  if (!model::is_node_id(x.name) || x.name == "ca" || x.name.front() == '.' || x.name.front() == '-')
    return fmt::format("'{}' cannot be a node's name here; give 1 to 64 letters, digits, '.', '_' or '-', and not 'ca'",
                       x.name);
  for (const auto& host : x.hosts)
    if (!node::is_address(host + ":1") && !node::is_address("[" + host + "]:1"))
      return fmt::format("'{}' is neither a host name nor an address", host);
  return {};
}

} // namespace

std::string certificates_help() {
  return help_of<certificates_settings>("Makes certificates for the links between nodes.", "certificates");
}

int run_certificates(const arguments& line) {
  return run_with<certificates_settings>("certificates", line, [](certificates_settings& settings) {
    std::vector<asked_node> nodes;
    for (const auto& text : settings.names)
      nodes.push_back(parse_node(text, settings.hosts));
    for (const auto& one : nodes)
      if (const auto fault = fault_in(one); !fault.empty())
        return fail(misused, fault);
    auto maker = certificate_maker::open(settings.folder, settings.days);
    if (!maker)
      return fail(failed, maker.error());
    std::string made = maker->is_new() ? fmt::format("{0}/ca.pem\n{0}/ca.key\n", settings.folder) : "";
    for (const auto& [name, hosts] : nodes) {
      if (const auto done = maker->make(name, hosts); !done)
        return fail(failed, done.error());
      made += fmt::format("{0}/{1}.pem\n{0}/{1}.key\n", settings.folder, name);
    }
    return say(made);
  });
}

} // namespace towncrier::commands
