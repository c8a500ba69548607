#include "model/wall_clock.hpp"
#include "nodes/commands/inspection/actor_table.hpp"
#include "nodes/commands/inspection/admin_client.hpp"
#include "nodes/commands/inspection/admin_poller.hpp"
#include "nodes/commands/inspection/terminal.hpp"
#include "nodes/commands/inspection/top_view.hpp"
#include "nodes/commands/interrupt.hpp"

namespace towncrier::commands {

namespace {

using namespace std::chrono_literals;

struct top_command {
  admin_settings admin;
  top_settings shown;
  std::size_t limit = 20;
  bool once = false;
};

void describe(CLI::App& app, top_command& x) {
  add_admin_flags(app, x.admin);
  app.add_option("--sort", x.shown.sort, "by busy, handled, mailbox or wait")
      ->check(CLI::IsMember({"busy", "handled", "mailbox", "wait"}))
      ->capture_default_str();
  app.add_option("--kind", x.shown.kind, "only actors of this kind");
  app.add_option("--filter", x.shown.filter, "only actors with this in their kind:label, as connection:c17");
  app.add_option("--node", x.shown.node, "of this node, or 'all'");
  app.add_option("--limit", x.limit, "so many, where it is not live")->capture_default_str();
  app.add_flag("--once", x.once, "print them once and end, as where the output is no terminal");
  app.footer(
      "Keys: b busy, h handled, m mailbox, w wait sort; up, down, Page Up, Page Down, Home and End (or j and k)\n"
      "choose; Enter shows the actor with its state, Escape or Backspace goes back; / filters; q or Ctrl-C ends.");
}

int show_once(const top_command& x) {
  const auto asked = top_question(x.shown, x.limit);
  const auto answer = ask_admin(x.admin, asked.page, asked.query);
  if (!answer)
    return fail(failed, answer.error());
  if (x.admin.json)
    return say_json(*answer);
  const actor_table table{top_columns(x.shown.node == "all"), output_width(), x.shown.sort};
  auto out = top_title(*answer, x.shown) + '\n' + table.heading() + '\n';
  for (const auto& row : rows_in(*answer, "actors"))
    out += table.line(row) + '\n';
  return say(out);
}

int show_live(const top_command& x) {
  catch_interrupts();
  admin_poller node{x.admin, 1s};
  top_view view{x.shown};
  terminal screen; // last: the terminal is restored before the node is waited for
  while (!view.over() && !interrupted() && !screen.gone()) {
    node.ask(view.question());
    screen.show(view.draw(screen.size(), model::wall_clock()));
    for (const auto& key : screen.wait(500ms, node.descriptor()))
      view.press(key);
    if (const auto news = node.take())
      view.take(news->question, news->answer, model::wall_clock());
  }
  return done;
}

} // namespace

std::string top_help() { return help_of<top_command>("Shows the busiest actors of a node, live", "top"); }

int run_top(const arguments& line) {
  return run_with<top_command>("top", line, [](top_command& x) {
    return x.once || x.admin.json || !is_terminal() ? show_once(x) : show_live(x);
  });
}

} // namespace towncrier::commands
