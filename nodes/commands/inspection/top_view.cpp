#include "nodes/commands/inspection/top_view.hpp"

#include "nodes/commands/inspection/actor_details.hpp"
#include "nodes/commands/inspection/text_width.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace towncrier::commands {

namespace {

/// More than any screen shows.
constexpr std::size_t list_limit = 300;

constexpr std::string_view list_keys = "b h m w sort  / filter  up down choose  Enter look at it  q quit";
constexpr std::string_view short_list_keys = "b h m w / Enter q";
constexpr std::string_view actor_keys = "Esc back  up down scroll  q quit";

/// Actors are called by the same ids on every node.
std::string key_of(const model::value& actor) { return text_in(actor, "node") + '/' + text_in(actor, "id"); }

std::string styled(std::string_view style, const std::string& text) {
  return fmt::format("\x1b[{}m{}\x1b[0m", style, text);
}

} // namespace

admin_question top_question(const top_settings& x, std::size_t limit) {
  admin_question result{"top", {{"sort", x.sort}, {"limit", std::to_string(limit)}}};
  for (const auto& [key, value] : {std::pair{"kind", x.kind}, std::pair{"filter", x.filter}, std::pair{"node", x.node}})
    if (!value.empty())
      result.query.emplace_back(key, value);
  return result;
}

std::string top_title(const model::value& answer, const top_settings& x) {
  const auto all = text_in(answer, "total");
  const auto some = text_in(answer, "matching");
  auto out = fmt::format("{}, {} actors", x.node == "all" ? "all nodes" : "node " + text_in(answer, "node"), all);
  if (!x.kind.empty() || !x.filter.empty())
    out += fmt::format(", {} of {}", some, x.kind.empty() ? "'" + x.filter + "'" : x.kind);
  return out + fmt::format(": {} messages/s, busy {:.0f} %, {} waiting", short_count(number_in(answer, "handled_rate")),
                           number_in(answer, "busy_share") * 100, short_count(number_in(answer, "mailbox")));
}

admin_question top_view::question() const {
  if (!actor_)
    return top_question(settings_, list_limit);
  return {"actors/" + actor_->id, {{"node", actor_->node}}};
}

// -- answers

void top_view::take(const admin_question& asked, const model::result<model::value>& answer, double now) {
  if (asked != question())
    return;
  if (!answer && actor_ && answer.error().find("answered 404") != std::string::npos) {
    actor_->ended = true;
    error_.clear();
    return;
  }
  error_ = answer ? std::string{} : answer.error();
  if (!answer)
    return;
  answered_at_ = now;
  if (actor_)
    take_actor(*answer, now);
  else
    take_list(*answer);
}

void top_view::take_list(const model::value& answer) {
  list_ = answer;
  const auto& rows = rows_in(list_, "actors");
  if (chosen_id_.empty())
    return choose(0);
  const auto at = std::find_if(rows.begin(), rows.end(), [&](const auto& x) { return key_of(x) == chosen_id_; });
  if (at != rows.end())
    chosen_ = static_cast<std::size_t>(at - rows.begin());
  else
    choose(chosen_);
}

void top_view::take_actor(const model::value& answer, double now) {
  auto members = answer.get_if<model::object>() == nullptr ? model::object{} : *answer.get_if<model::object>();
  const auto handled = number_in(answer, "handled");
  const auto busy = number_in(answer, "busy_seconds");
  if (actor_->at != 0 && now > actor_->at) {
    model::set(members, "handled_rate", std::max(0.0, handled - actor_->handled) / (now - actor_->at));
    model::set(members, "busy_share", std::max(0.0, busy - actor_->busy) / (now - actor_->at));
  }
  actor_->handled = handled;
  actor_->busy = busy;
  actor_->at = now;
  actor_->ended = false;
  actor_->latest = std::move(members);
}

// -- keys

void top_view::press(const key_press& x) {
  if (typing_)
    return type(x);
  if (x == key_press{key::text, 'q'})
    over_ = true;
  else if (actor_)
    press_in_actor(x);
  else
    press_in_list(x);
}

void top_view::press_in_list(const key_press& x) {
  const auto back = [&](std::size_t n) { choose(chosen_ - std::min(chosen_, n)); };
  if (x.what == key::up || x == key_press{key::text, 'k'})
    back(1);
  else if (x.what == key::down || x == key_press{key::text, 'j'})
    choose(chosen_ + 1);
  else if (x.what == key::page_up)
    back(page_);
  else if (x.what == key::page_down)
    choose(chosen_ + page_);
  else if (x.what == key::home)
    back(chosen_);
  else if (x.what == key::end)
    choose(list_limit);
  else if (x.what == key::enter || x.what == key::right)
    open();
  else if (x.what == key::escape || x.what == key::backspace)
    settings_.filter.clear();
  else if (x == key_press{key::text, '/'})
    typing_ = true;
  else if (x.what == key::text && sort_by(x.text))
    choose(0);
}

void top_view::press_in_actor(const key_press& x) {
  auto& at = actor_->scrolled;
  if (x.what == key::escape || x.what == key::backspace || x.what == key::left) {
    actor_.reset();
    error_.clear();
  } else if (x.what == key::up || x == key_press{key::text, 'k'}) {
    at -= std::min<std::size_t>(at, 1);
  } else if (x.what == key::down || x == key_press{key::text, 'j'}) {
    ++at;
  } else if (x.what == key::page_up) {
    at -= std::min(at, page_);
  } else if (x.what == key::page_down) {
    at += page_;
  } else if (x.what == key::home) {
    at = 0;
  }
}

void top_view::type(const key_press& x) {
  if (x.what == key::enter) {
    typing_ = false;
  } else if (x.what == key::escape) {
    typing_ = false;
    settings_.filter.clear();
  } else if (x.what == key::backspace) {
    if (!settings_.filter.empty())
      settings_.filter.pop_back();
  } else if (x.what == key::text) {
    settings_.filter += x.text;
  }
  choose(0);
}

bool top_view::sort_by(char x) {
  const auto* sort = x == 'b' ? "busy" : x == 'h' ? "handled" : x == 'm' ? "mailbox" : x == 'w' ? "wait" : nullptr;
  if (sort != nullptr)
    settings_.sort = sort;
  return sort != nullptr;
}

/// The first is whoever is first; anybody else is followed when the order changes.
void top_view::choose(std::size_t index) {
  const auto& rows = rows_in(list_, "actors");
  chosen_ = rows.empty() ? 0 : std::min(index, rows.size() - 1);
  chosen_id_ = chosen_ == 0 ? std::string{} : key_of(rows[chosen_]);
}

void top_view::open() {
  const auto& rows = rows_in(list_, "actors");
  if (chosen_ >= rows.size())
    return;
  actor_.emplace();
  actor_->node = text_in(rows[chosen_], "node");
  actor_->id = text_in(rows[chosen_], "id");
  actor_->latest = rows[chosen_]; // until the answer comes
}

// -- lines

std::vector<std::string> top_view::draw(screen_size size, double now) {
  std::vector<std::string> out;
  if (actor_)
    draw_actor(out, size, now);
  else
    draw_list(out, size);
  out.resize(size.rows - 1);
  out.push_back(footer(size.columns, now));
  return out;
}

void top_view::draw_list(std::vector<std::string>& out, screen_size size) {
  const auto width = size.columns;
  if (list_.is_null()) {
    out.push_back(cut("towncrier top", width));
    return;
  }
  if (size.rows >= 5)
    out.push_back(styled("1", cut(top_title(list_, settings_), width)));
  if (size.rows >= 3)
    out.push_back(styled("1;4", fit_left(table(width).heading(), width)));
  const auto& rows = rows_in(list_, "actors");
  page_ = std::max<std::size_t>(1, size.rows - 1 - std::min(size.rows - 1, out.size()));
  first_ = std::clamp(first_, chosen_ < page_ ? 0 : chosen_ - page_ + 1, chosen_);
  for (auto i = first_; i < rows.size() && i < first_ + page_; ++i)
    out.push_back(row(rows[i], i == chosen_, width));
}

actor_table top_view::table(std::size_t width) const {
  return {top_columns(settings_.node == "all"), width, settings_.sort};
}

std::string top_view::row(const model::value& x, bool chosen, std::size_t width) const {
  const auto line = fit_left(table(width).line(x), width);
  if (chosen)
    return styled("7", line);
  const auto busy = number_in(x, "busy_share");
  return busy >= 0.8 ? styled("31", line) : busy >= 0.3 ? styled("33", line) : line;
}

void top_view::draw_actor(std::vector<std::string>& out, screen_size size, double now) {
  auto lines = actor_details(actor_->latest, now, size.columns);
  page_ = std::max<std::size_t>(1, size.rows - 1);
  actor_->scrolled = std::min(actor_->scrolled, lines.size() - std::min(lines.size(), page_));
  if (!lines.empty())
    lines.front() = styled("1", lines.front());
  for (auto i = actor_->scrolled; i < lines.size() && out.size() < page_; ++i)
    out.push_back(actor_->ended ? styled("2", lines[i]) : std::move(lines[i]));
}

std::string top_view::footer(std::size_t width, double now) const {
  if (typing_)
    return cut("filter: " + settings_.filter + "_   Enter keeps it, Esc drops it", width);
  if (!error_.empty()) {
    const auto age = answered_at_ == 0 ? std::string{} : fmt::format(" ({} old)", short_time(now - answered_at_));
    return styled("1;31", cut("no answer" + age + ": " + error_, width));
  }
  if (list_.is_null())
    return cut("asking ...", width);
  if (actor_ && actor_->ended)
    return styled("1;31", cut("It has ended.  Esc back  q quit", width));
  return styled("2", cut(actor_ ? actor_keys : width < list_keys.size() ? short_list_keys : list_keys, width));
}

} // namespace towncrier::commands
