#include "codec/names.hpp"
#include "model/wall_clock.hpp"
#include "nodes/commands/inspection/actor_details.hpp"
#include "nodes/commands/inspection/actor_table.hpp"
#include "nodes/commands/inspection/admin_client.hpp"
#include "nodes/commands/inspection/inspection_text.hpp"
#include "nodes/commands/inspection/terminal.hpp"

#include <fmt/format.h>

namespace towncrier::commands {

namespace {

struct actors_settings {
  admin_settings admin;
  std::string kind, filter, node, parent, sort;
  std::size_t limit = 100;
  bool tree = false;
};

void describe(CLI::App& app, actors_settings& x) {
  add_admin_flags(app, x.admin);
  app.add_flag("--tree", x.tree, "show who spawned whom");
  app.add_option("--kind", x.kind, "only actors of this kind");
  app.add_option("--filter", x.filter, "only actors with this in their kind:label, as connection:c17");
  app.add_option("--node", x.node, "of this node, or 'all'");
  app.add_option("--parent", x.parent, "only what this actor spawned (its id)");
  app.add_option("--sort", x.sort, "by id, mailbox, peak, handled, skipped, wait, restarts or busy")
      ->check(CLI::IsMember({"id", "mailbox", "peak", "handled", "skipped", "wait", "restarts", "busy"}));
  app.add_option("--limit", x.limit, "at most so many")->capture_default_str();
}

/// How many actors there are in a tree.
std::size_t count(const model::array& actors) {
  std::size_t result = actors.size();
  for (const auto& x : actors)
    result += count(rows_in(x, "children"));
  return result;
}

std::string actors_text_of(const model::value& answer, const actors_settings& x) {
  const auto& actors = rows_in(answer, "actors");
  const actor_table table{list_columns(x.node == "all"), output_width(), {}, tree_width(actors)};
  const auto shown = count(actors);
  auto out = table.heading() + '\n' + actor_tree(actors, table);
  out += fmt::format("{} of {} actors", shown, text_in(answer, "total"));
  if (const auto matching = number_in(answer, "matching"); static_cast<double>(shown) < matching)
    out += fmt::format("; {:.0f} match, --limit {:.0f} shows them all", matching, matching);
  return out + '\n';
}

struct inspect_settings {
  admin_settings admin;
  std::string actor, node;
};

void describe(CLI::App& app, inspect_settings& x) {
  app.add_option("ACTOR", x.actor, "its id, its kind (the first of them), or kind:label as connection:c17")->required();
  app.add_option("--node", x.node, "on this node");
  add_admin_flags(app, x.admin);
}

/// What names the node of a question.
admin_query on_node(const std::string& node) { return node.empty() ? admin_query{} : admin_query{{"node", node}}; }

/// The id of the actor that is meant.
model::result<std::string> id_of(const inspect_settings& x) {
  if (x.actor.find_first_not_of("0123456789") == std::string::npos)
    return x.actor;
  const auto colon = std::min(x.actor.find(':'), x.actor.size());
  auto query = on_node(x.node);
  query.insert(query.end(), {{"kind", x.actor.substr(0, colon)}, {"limit", "1"}});
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
  std::string connection, character, node;
};

void describe(CLI::App& app, why_settings& x) {
  app.add_option("--connection", x.connection, "the connection, as c17")->required()->check(connection_name());
  app.add_option("--character", x.character, "the character's id")->required();
  app.add_option("--node", x.node,
                 "the node that the connection is at, where it is another than the one that is asked");
  add_admin_flags(app, x.admin);
  app.footer(
      "Exit codes: 0 it is said why, 1 there is no such connection or character, or no answer; 2 bad arguments.");
}

/// Whether there was nothing to say of who and what was named.
bool names_nobody(const model::value& answer) {
  const auto reason = text_in(answer, "reason");
  return reason == "no_such_connection" || reason == "unknown_character";
}

template <class F>
int show(const admin_settings& how, const model::result<model::value>& answer, F to_text) {
  if (!answer)
    return fail(failed, answer.error());
  return how.json ? say_json(*answer) : say(to_text(*answer));
}

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const auto& line : lines)
    out += line + '\n';
  return out;
}

} // namespace

std::string actors_help() { return help_of<actors_settings>("Lists the actors of a node", "actors"); }
std::string inspect_help() {
  return help_of<inspect_settings>("Shows everything of one actor, its state included", "inspect");
}
std::string nodes_help() { return help_of<nodes_settings>("Lists the nodes", "nodes"); }
std::string why_help() {
  return help_of<why_settings>("Says why a connection did, or did not, see a character's last change", "why");
}

int run_actors(const arguments& line) {
  return run_with<actors_settings>("actors", line, [](const actors_settings& x) {
    admin_query query{{"limit", std::to_string(x.limit)}};
    for (const auto& [key, value] :
         {std::pair{"kind", x.kind}, std::pair{"filter", x.filter}, std::pair{"node", x.node},
          std::pair{"parent", x.parent}, std::pair{"sort", x.sort}})
      if (!value.empty())
        query.emplace_back(key, value);
    if (x.tree)
      query.emplace_back("tree", "true");
    return show(x.admin, ask_admin(x.admin, "actors", query),
                [&](const model::value& answer) { return actors_text_of(answer, x); });
  });
}

int run_inspect(const arguments& line) {
  return run_with<inspect_settings>("inspect", line, [](const inspect_settings& x) {
    const auto id = id_of(x);
    if (!id)
      return fail(failed, id.error());
    return show(x.admin, ask_admin(x.admin, "actors/" + *id, on_node(x.node)), [](const model::value& answer) {
      return joined(actor_details(answer, model::wall_clock(), output_width()));
    });
  });
}

int run_nodes(const arguments& line) {
  return run_with<nodes_settings>("nodes", line, [](const nodes_settings& x) {
    return show(x.admin, ask_admin(x.admin, "nodes", {{"node", "all"}}),
                [](const model::value& answer) { return node_tables(answer, output_width()); });
  });
}

int run_why(const arguments& line) {
  return run_with<why_settings>("why", line, [](const why_settings& x) {
    if (const auto fault = codec::name_fault(x.character); !fault.empty())
      return fail(misused, "--character " + fault);
    auto query = on_node(x.node);
    query.insert(query.end(), {{"connection", x.connection}, {"character", x.character}});
    const auto asked = ask_admin(x.admin, "why", query);
    const auto shown = show(x.admin, asked, [](const model::value& answer) {
      return why_sentence(answer) + "\n\n" + joined(value_lines(answer, output_width()));
    });
    return asked && names_nobody(*asked) ? failed : shown;
  });
}

} // namespace towncrier::commands
