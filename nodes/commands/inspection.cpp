#include "nodes/commands/actor_table.hpp"
#include "nodes/commands/admin_client.hpp"

#include <fmt/format.h>

#include <limits>

namespace towncrier::commands {

namespace {

constexpr auto any_width = std::numeric_limits<std::size_t>::max();

struct actors_settings {
  admin_settings admin;
  std::string kind, node, parent, sort;
  std::size_t limit = 100;
  bool tree = false;
};

void describe(CLI::App& app, actors_settings& x) {
  add_admin_flags(app, x.admin);
  app.add_flag("--tree", x.tree, "show who spawned whom");
  app.add_option("--kind", x.kind, "only actors of this kind");
  app.add_option("--node", x.node, "of this node, or 'all'");
  app.add_option("--parent", x.parent, "only what this actor spawned (its id)");
  app.add_option("--sort", x.sort, "by id, mailbox, peak, handled, skipped, wait, restarts or busy");
  app.add_option("--limit", x.limit, "at most so many")->capture_default_str();
}

void add_branch(std::string& out, const model::array& rows, std::size_t depth) {
  for (const auto& x : rows) {
    out += actor_line(x, any_width, depth) + '\n';
    add_branch(out, rows_in(x, "children"), depth + 1);
  }
}

struct inspect_settings {
  admin_settings admin;
  std::string actor;
};

void describe(CLI::App& app, inspect_settings& x) {
  app.add_option("ACTOR", x.actor, "its id, its kind (the first of them), or kind:label as connection:c17")->required();
  add_admin_flags(app, x.admin);
}

/// The id of the actor that is meant.
model::result<std::string> id_of(const inspect_settings& x) {
  if (x.actor.find_first_not_of("0123456789") == std::string::npos)
    return x.actor;
  const auto colon = std::min(x.actor.find(':'), x.actor.size());
  std::vector<std::pair<std::string, std::string>> query{{"kind", x.actor.substr(0, colon)}, {"limit", "1"}};
  if (colon < x.actor.size())
    query.emplace_back("label", x.actor.substr(colon + 1));
  const auto found = ask_admin(x.admin, "actors", query);
  if (!found)
    return model::failure{found.error()};
  if (rows_in(*found, "actors").empty())
    return model::failure{fmt::format("no actor '{}' is there", x.actor)};
  return text_in(rows_in(*found, "actors").front(), "id");
}

struct nodes_settings {
  admin_settings admin;
};

void describe(CLI::App& app, nodes_settings& x) { add_admin_flags(app, x.admin); }

struct why_settings {
  admin_settings admin;
  std::string connection, character;
};

void describe(CLI::App& app, why_settings& x) {
  app.add_option("--connection", x.connection, "the connection, as c17")->required();
  app.add_option("--character", x.character, "the character's id")->required();
  add_admin_flags(app, x.admin);
}

constexpr std::string_view actors_text = "Lists the actors of a node";
constexpr std::string_view inspect_text = "Shows everything of one actor, its state included";
constexpr std::string_view nodes_text = "Lists the nodes";
constexpr std::string_view why_text = "Says why a connection did, or did not, see a character's last change";

template <class Settings>
std::string help_of(std::string_view text, std::string_view name) {
  Settings x;
  CLI::App app{std::string{text}, "towncrier " + std::string{name}};
  describe(app, x);
  return app.help();
}

template <class Settings, class F>
int run_with(std::string_view text, std::string_view name, const arguments& line, F f) {
  Settings x;
  CLI::App app{std::string{text}, "towncrier " + std::string{name}};
  describe(app, x);
  if (const auto code = read_command_line(app, line))
    return *code;
  return f(x);
}

int show(const admin_settings& how, const model::result<model::value>& answer,
         std::string (*to_text)(const model::value&)) {
  if (!answer)
    return fail(failed, answer.error());
  return how.json ? say_json(*answer) : say(to_text(*answer));
}

} // namespace

std::string actors_help() { return help_of<actors_settings>(actors_text, "actors"); }
std::string inspect_help() { return help_of<inspect_settings>(inspect_text, "inspect"); }
std::string nodes_help() { return help_of<nodes_settings>(nodes_text, "nodes"); }
std::string why_help() { return help_of<why_settings>(why_text, "why"); }

int run_actors(const arguments& line) {
  return run_with<actors_settings>(actors_text, "actors", line, [](const actors_settings& x) {
    std::vector<std::pair<std::string, std::string>> query{{"limit", std::to_string(x.limit)}};
    for (const auto& [key, value] : {std::pair{"kind", x.kind}, std::pair{"node", x.node},
                                     std::pair{"parent", x.parent}, std::pair{"sort", x.sort}})
      if (!value.empty())
        query.emplace_back(key, value);
    if (x.tree)
      query.emplace_back("tree", "true");
    return show(x.admin, ask_admin(x.admin, "actors", query), [](const model::value& answer) {
      auto out = actor_heading(any_width) + '\n';
      add_branch(out, rows_in(answer, "actors"), 0);
      return out + fmt::format("{} of {} actors\n", text_in(answer, "matching"), text_in(answer, "total"));
    });
  });
}

int run_inspect(const arguments& line) {
  return run_with<inspect_settings>(inspect_text, "inspect", line, [](const inspect_settings& x) {
    const auto id = id_of(x);
    if (!id)
      return fail(failed, id.error());
    return show(x.admin, ask_admin(x.admin, "actors/" + *id),
                [](const model::value& answer) { return shown_value(answer); });
  });
}

int run_nodes(const arguments& line) {
  return run_with<nodes_settings>(nodes_text, "nodes", line, [](const nodes_settings& x) {
    return show(x.admin, ask_admin(x.admin, "nodes", {{"node", "all"}}), [](const model::value& answer) {
      std::string out =
          fmt::format("{:<24} {:>9} {:>9} {:>12} {:>12}\n", "NODE", "ACTORS", "MAILBOX", "HANDLED", "BUSY s");
      for (const auto& node : rows_in(answer, "nodes"))
        out += fmt::format("{:<24} {:>9} {:>9} {:>12} {:>12.3f}\n", text_in(node, "id"), text_in(node, "actors"),
                           text_in(node, "mailbox"), text_in(node, "handled"), number_in(node, "busy_seconds"));
      return out;
    });
  });
}

int run_why(const arguments& line) {
  return run_with<why_settings>(why_text, "why", line, [](const why_settings& x) {
    return show(x.admin, ask_admin(x.admin, "why", {{"connection", x.connection}, {"character", x.character}}),
                [](const model::value& answer) { return shown_value(answer); });
  });
}

} // namespace towncrier::commands
