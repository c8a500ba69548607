#pragma once

#include "nodes/commands/inspection/actor_table.hpp"
#include "nodes/commands/inspection/admin_poller.hpp"
#include "nodes/commands/inspection/key.hpp"
#include "nodes/commands/inspection/terminal.hpp"

#include <optional>
#include <string>
#include <vector>

namespace towncrier::commands {

/// What a list of the busiest shows.
struct top_settings {
  std::string sort = "busy";
  std::string kind, filter, node;
};

/// The question that gives such a list of at most `limit` actors.
admin_question top_question(const top_settings& x, std::size_t limit);

/// One line that says what the list is of.
std::string top_title(const model::value& answer, const top_settings& x);

/// The live view of `towncrier top`: a list, or one actor. It knows neither sockets nor the terminal: it says what is
/// to be asked, takes answers and keys, and draws lines.
class top_view {
public:
  explicit top_view(top_settings x) : settings_(std::move(x)) {}

  admin_question question() const;

  /// `now`, here and below: seconds since the Unix epoch.
  void take(const admin_question& asked, const model::result<model::value>& answer, double now);
  void press(const key_press& x);
  std::vector<std::string> draw(screen_size size, double now);

  /// Whether the user has had enough.
  bool over() const noexcept { return over_; }

private:
  /// The actor that is looked at.
  struct one_actor {
    std::string node, id;
    model::value latest; ///< with its rates, once there are two answers
    double handled = 0;
    double busy = 0;
    double at = 0; ///< when that was; 0: never
    bool ended = false;
    std::size_t scrolled = 0;
  };

  void take_list(const model::value& answer);
  void take_actor(const model::value& answer, double now);
  void press_in_list(const key_press& x);
  void press_in_actor(const key_press& x);
  void type(const key_press& x);
  bool sort_by(char x);
  void choose(std::size_t index);
  void open();
  void draw_list(std::vector<std::string>& out, screen_size size);
  void draw_actor(std::vector<std::string>& out, screen_size size, double now);
  actor_table table(std::size_t width) const;
  std::string row(const model::value& x, bool chosen, std::size_t width) const;
  std::string footer(std::size_t width, double now) const;

  top_settings settings_;
  model::value list_;
  std::string error_;
  double answered_at_ = 0;
  std::size_t chosen_ = 0;
  std::string chosen_id_; ///< empty: whoever is first
  std::size_t first_ = 0; ///< the first row that is shown
  std::size_t page_ = 1;  ///< how many rows are
  std::optional<one_actor> actor_;
  bool typing_ = false;
  bool over_ = false;
};

} // namespace towncrier::commands
