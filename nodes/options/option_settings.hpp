#pragma once

#include "nodes/options/option_table.hpp"
#include "nodes/options/options.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace towncrier::node {

/// Options as they are gathered from several sources, with where each came from and what was wrong.
class settings {
public:
  /// Sets `key`, which need not be known, from what `where` says: `town.toml:7`, `flag --log.level`.
  void set(std::string_view key, std::string_view text, const std::string& where);

  /// Sets an option that is known.
  void set(const option& x, std::string_view text, const std::string& where);

  void complain(std::string sentence) { complaints_.push_back(std::move(sentence)); }

  /// `edge.echo = true (town.toml:7)`
  std::string describe(std::string_view key) const;

  const protocol::options& values() const noexcept { return values_; }

  /// The options, or everything that was wrong, a line each.
  model::result<protocol::options> finish() const;

private:
  protocol::options values_;
  std::map<std::string, std::string, std::less<>> origins_;
  std::vector<std::string> complaints_;
};

/// Every key of the TOML file at `path`.
void add_file(settings& to, const std::string& path);

/// Every variable that names an option. A name that only looks like one is refused.
void add_environment(settings& to, const environment& env);

/// Complains of options that are possible one by one but not together.
void check_together(settings& x);

} // namespace towncrier::node
