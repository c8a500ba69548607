#include "nodes/commands/actor_table.hpp"
#include "nodes/commands/admin_client.hpp"
#include "nodes/commands/interrupt.hpp"
#include "nodes/commands/terminal.hpp"

#include <fmt/format.h>

namespace towncrier::commands {

namespace {

using namespace std::chrono_literals;

struct top_settings {
  admin_settings admin;
  std::string sort = "busy";
  std::string kind, node;
  std::size_t limit = 20;
  bool once = false;
};

void describe(CLI::App& app, top_settings& x) {
  add_admin_flags(app, x.admin);
  app.add_option("--sort", x.sort, "by busy, handled, mailbox or wait")
      ->check(CLI::IsMember({"busy", "handled", "mailbox", "wait"}))
      ->capture_default_str();
  app.add_option("--kind", x.kind, "only actors of this kind");
  app.add_option("--node", x.node, "of this node, or 'all'");
  app.add_option("--limit", x.limit, "so many, where it is not live")->capture_default_str();
  app.add_flag("--once", x.once, "print them once and end, as where the output is no terminal");
  app.footer("Keys: b busy, h handled, m mailbox, w wait; up and down choose, Enter shows the actor, Escape or\n"
             "Backspace goes back; / filters by kind; q ends.");
}

using query = std::vector<std::pair<std::string, std::string>>;

query query_of(const top_settings& x, std::size_t limit) {
  query result{{"sort", x.sort}, {"limit", std::to_string(limit)}};
  if (!x.kind.empty())
    result.emplace_back("kind", x.kind);
  if (!x.node.empty())
    result.emplace_back("node", x.node);
  return result;
}

std::string summary(const model::value& answer, const top_settings& x) {
  return fmt::format("towncrier top - node {}, {} actors{}, by {}", text_in(answer, "node"), text_in(answer, "total"),
                     x.kind.empty() ? "" : fmt::format(", {} of kind {}", text_in(answer, "matching"), x.kind), x.sort);
}

int show_once(const top_settings& x) {
  const auto answer = ask_admin(x.admin, "top", query_of(x, x.limit));
  if (!answer)
    return fail(failed, answer.error());
  if (x.admin.json)
    return say_json(*answer);
  auto out = summary(*answer, x) + '\n' + actor_heading(200) + '\n';
  for (const auto& row : rows_in(*answer, "actors"))
    out += actor_line(row, 200) + '\n';
  return say(out);
}

/// The live view: a list, or one actor.
class live_view {
public:
  explicit live_view(top_settings x) : settings_(std::move(x)) {}

  int run() {
    catch_interrupts();
    while (!over_ && !interrupted()) {
      draw();
      if (const auto key = screen_.key(1s))
        press(key);
    }
    return done;
  }

private:
  void draw() {
    if (!actor_.empty())
      return draw_actor();
    const auto size = screen_.size();
    const auto answer = ask_admin(settings_.admin, "top", query_of(settings_, size.rows > 4 ? size.rows - 4 : 1));
    if (!answer)
      return screen_.show("towncrier top\n\n" + answer.error() + "\n\nq ends");
    const auto& rows = rows_in(*answer, "actors");
    chosen_ = std::min(chosen_, rows.empty() ? 0 : rows.size() - 1);
    ids_.clear();
    auto out = summary(*answer, settings_) + '\n' + "\x1b[7m" + actor_heading(size.columns) + "\x1b[0m\n";
    for (const auto& row : rows) {
      const auto marked = ids_.size() == chosen_;
      out += (marked ? "\x1b[1m" : "") + actor_line(row, size.columns) + (marked ? "\x1b[0m" : "") + '\n';
      ids_.push_back(text_in(row, "id"));
    }
    screen_.show(out + (typing_ ? "kind: " + settings_.kind + '_' : "b/h/m/w sort  / kind  arrows, Enter  q end"));
  }

  void draw_actor() {
    const auto answer = ask_admin(settings_.admin, "actors/" + actor_);
    screen_.show((answer ? shown_value(*answer) : answer.error() + '\n') + "Backspace: back   q: end");
  }

  void press(int key) {
    if (typing_)
      return type(key);
    switch (key) {
      case 'q':
        over_ = true;
        break;
      case 'b':
        settings_.sort = "busy";
        break;
      case 'h':
        settings_.sort = "handled";
        break;
      case 'm':
        settings_.sort = "mailbox";
        break;
      case 'w':
        settings_.sort = "wait";
        break;
      case '/':
        typing_ = true;
        settings_.kind.clear();
        break;
      case 0x100 | 'A':
        chosen_ -= chosen_ == 0 ? 0 : 1;
        break;
      case 0x100 | 'B':
        ++chosen_;
        break;
      case '\n':
      case '\r':
        actor_ = chosen_ < ids_.size() ? ids_[chosen_] : std::string{};
        break;
      case 0x1b:
      case 0x7f:
        actor_.clear();
        break;
      default:
        break;
    }
  }

  void type(int key) {
    if (key == '\n' || key == '\r' || key == 0x1b)
      typing_ = false;
    else if (key == 0x7f && !settings_.kind.empty())
      settings_.kind.pop_back();
    else if (key >= '_' && key <= 'z')
      settings_.kind += static_cast<char>(key);
  }

  top_settings settings_;
  terminal screen_;
  std::vector<std::string> ids_;
  std::size_t chosen_ = 0;
  std::string actor_;
  bool typing_ = false;
  bool over_ = false;
};

constexpr const char* text = "Shows the busiest actors of a node, live";

} // namespace

std::string top_help() {
  top_settings x;
  CLI::App app{text, "towncrier top"};
  describe(app, x);
  return app.help();
}

int run_top(const arguments& line) {
  top_settings x;
  CLI::App app{text, "towncrier top"};
  describe(app, x);
  if (const auto code = read_command_line(app, line))
    return *code;
  return x.once || x.admin.json || !is_terminal() ? show_once(x) : live_view{x}.run();
}

} // namespace towncrier::commands
