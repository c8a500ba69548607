#include "nodes/options/options.hpp"

#include "nodes/options/option_settings.hpp"
#include "nodes/options/suggest.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <deque>

namespace towncrier::node {

namespace {

constexpr int usage_error = 2;

early_exit refuse(const std::string& complaints) { return {usage_error, fmt::format("{}\n", complaints)}; }

/// The flags as CLI11 sees them: one for each option, under both spellings, its text kept as it was written.
class flag_parser {
public:
  flag_parser() {
    app_.set_help_flag();
    app_.allow_extras();
    app_.add_option("--config", config_);
    app_.add_flag("-h,--help", help_);
    for (const auto& x : option_table())
      add(x);
  }

  /// What is wrong with the arguments; empty when nothing is.
  std::string parse(std::vector<std::string> arguments) {
    std::reverse(arguments.begin(), arguments.end()); // as CLI11 takes them
    try {
      app_.parse(std::move(arguments));
    } catch (const CLI::Error& x) {
      return x.what();
    }
    const auto rest = app_.remaining();
    return rest.empty() ? std::string{} : unknown(rest.front());
  }

  bool help() const noexcept { return help_; }
  const std::string& config() const noexcept { return config_; }

  void apply(settings& to) const {
    for (const auto& x : flags_)
      if (x.flag->count() > 0)
        to.set(*x.meaning, x.text, "flag " + flag_name(*x.meaning));
  }

private:
  struct flag {
    const option* meaning;
    std::string text;
    CLI::Option* flag;
  };

  void add(const option& x) {
    auto& entry = flags_.emplace_back(flag{&x, {}, nullptr});
    const auto name = flag_name(x);
    const auto other = "--" + std::string{x.key};
    entry.flag = app_.add_option(name == other ? name : name + "," + other, entry.text);
    // The last one wins, so that a script can add to a command line.
    entry.flag->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    if (x.kind == value_kind::boolean)
      entry.flag->expected(0, 1)->default_str("true");
  }

  static std::string unknown(const std::string& argument) {
    std::vector<std::string> names{"--config", "--help"};
    for (const auto& x : option_table())
      names.push_back(flag_name(x));
    const auto word = argument.substr(0, argument.find('='));
    const std::vector<std::string_view> views{names.begin(), names.end()};
    return fmt::format("{} is no flag of 'towncrier node'{}", word, did_you_mean(word, views));
  }

  CLI::App app_;
  std::string config_;
  bool help_ = false;
  // CLI11 keeps references to the texts.
  std::deque<flag> flags_;
};

std::string config_path(const flag_parser& flags, const environment& env) {
  const auto found = env.find("TOWNCRIER_CONFIG");
  return !flags.config().empty() || found == env.end() ? flags.config() : found->second;
}

model::result<protocol::options> finish(settings& x) {
  // Values that are not possible have been complained of, and their defaults stand in: nothing to compare.
  if (auto result = x.finish(); !result)
    return result;
  check_together(x);
  return x.finish();
}

} // namespace

std::variant<protocol::options, early_exit> parse_options(const std::vector<std::string>& arguments,
                                                          const environment& env) {
  flag_parser flags;
  if (const auto wrong = flags.parse(arguments); !wrong.empty())
    return refuse(wrong);
  if (flags.help())
    return early_exit{0, node_help()};
  settings all;
  if (const auto path = config_path(flags, env); !path.empty())
    add_file(all, path);
  add_environment(all, env);
  flags.apply(all);
  auto result = finish(all);
  if (!result)
    return refuse(result.error());
  return std::move(*result);
}

model::result<protocol::options> check_config(const std::string& path) {
  settings all;
  add_file(all, path);
  return finish(all);
}

} // namespace towncrier::node
