#include "nodes/commands/inspection/trace_tree.hpp"

#include "codec/utf8.hpp"
#include "nodes/commands/inspection/admin_client.hpp"
#include "nodes/commands/inspection/text_width.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

namespace towncrier::commands {

namespace {

constexpr std::size_t width = 80;
/// Of steps that read the same, such as those of many viewers, so many are shown.
constexpr std::size_t shown_alike = 3;
/// A branch that is deeper is not moved further to the right.
constexpr std::size_t max_indent = 6;
/// The columns of times: START, MAILBOX, HANDLER, KEPT.
constexpr std::size_t times_width = 37;

std::string one_line(const std::string& text) { return cut(text, width) + '\n'; }

std::string time(double ms) {
  return ms == 0 ? "-" : ms < 1000 ? fmt::format("{:.2f}", ms) : fmt::format("{:.0f}", ms);
}

/// Whose label is too long for `room` is cut there: its node is told all the same.
std::string who(const model::value& x, std::size_t room = width) {
  const auto label = text_in(x, "label");
  const auto name = text_in(x, "kind") + (label.empty() ? "" : ' ' + label);
  const auto node = " @" + text_in(x, "node");
  return cut(name, room - std::min(room, display_width(node))) + node;
}

std::string in_words(std::string reason) {
  // A word of the API's, not a sentence.
  if (reason.find(' ') == std::string::npos)
    std::replace(reason.begin(), reason.end(), '_', ' ');
  return reason;
}

/// The tree of the spans of one message.
class tree {
public:
  explicit tree(const model::array& spans) {
    std::set<std::string> known;
    for (const auto& x : spans)
      known.insert(text_in(x, "id"));
    // The answer has them by their start, and so has every branch.
    for (const auto& x : spans) {
      const auto parent = text_in(x, "parent");
      children_[known.contains(parent) ? parent : std::string{}].push_back(&x);
    }
  }

  std::string text() {
    branch({}, 0);
    return std::move(out_);
  }

private:
  void branch(const std::string& parent, std::size_t indent) {
    const auto at = children_.find(parent);
    if (at == children_.end())
      return;
    const auto children = std::move(at->second);
    children_.erase(at); // once: a span that names itself ends here
    const auto deeper = indent + (children.size() > 1 ? 1 : 0);
    std::map<std::string, std::size_t> alike;
    for (const auto* x : children) {
      const auto kind =
          text_in(*x, "step") + ' ' + text_in(*x, "node") + ' ' + text_in(*x, "outcome") + ' ' + text_in(*x, "reason");
      const auto leaf = !children_.contains(text_in(*x, "id"));
      if (leaf && ++alike[kind] > shown_alike)
        continue;
      line(*x, deeper);
      branch(text_in(*x, "id"), deeper);
    }
    for (const auto& [kind, count] : alike)
      if (count > shown_alike)
        out_ += one_line(fmt::format("{:{}}... and {} more: {}", "", times_width + std::min(deeper, max_indent),
                                     count - shown_alike, kind));
  }

  void line(const model::value& x, std::size_t indent) {
    const auto column = times_width + std::min(indent, max_indent);
    const auto step = text_in(x, "step");
    out_ += one_line(fmt::format("{:>9} {:>8} {:>8} {:>7} {:{}}{} {}", fmt::format("{:.2f}", number_in(x, "start_ms")),
                                 time(number_in(x, "mailbox_ms")), time(number_in(x, "handler_ms")),
                                 time(number_in(x, "kept_ms")), "", std::min(indent, max_indent) + 1, step,
                                 who(x, width - std::min(width, column + step.size() + 1))));
    const auto outcome = text_in(x, "outcome");
    auto reason = in_words(text_in(x, "reason"));
    if (outcome != "passed" && outcome != text_in(x, "step"))
      reason = outcome + (reason.empty() ? "" : ": " + reason);
    explain(reason, column + 2);
  }

  /// In as many lines as it takes.
  void explain(std::string_view text, std::size_t column) {
    while (!text.empty()) {
      auto size = std::min(text.size(), width - column);
      if (size < text.size()) {
        const auto space = text.substr(0, size).rfind(' ');
        size = space == std::string_view::npos || space == 0 ? codec::utf8_prefix(text, size).size() : space;
      }
      out_ += fmt::format("{:{}}{}\n", "", column, text.substr(0, size));
      text.remove_prefix(std::max<std::size_t>(size, 1));
      while (text.starts_with(' '))
        text.remove_prefix(1);
    }
  }

  std::map<std::string, std::vector<const model::value*>> children_;
  std::string out_;
};

std::string receivers_line(const model::value& message) {
  const auto* counted = message.find("receivers");
  std::string out;
  for (const auto key : {"written", "conflated", "filtered", "dropped", "held", "waiting"})
    if (const auto count = counted == nullptr ? 0 : number_in(*counted, key); count != 0)
      out += fmt::format("{}{} {:.0f}", out.empty() ? "  viewers: " : ", ", key, count);
  return one_line(out.empty() ? "  no viewer" : out);
}

std::string slowest_line(const model::value& message) {
  const auto* x = message.find("slowest");
  if (x == nullptr || x->is_null())
    return {};
  const auto what = text_in(*x, "what");
  const auto words = what == "handler" ? "in the handler of " : what == "mailbox" ? "in the mailbox of " : "kept by ";
  return one_line(
      fmt::format("  slowest: {:.2f} ms {}{} (actor {})", number_in(*x, "ms"), words, who(*x), text_in(*x, "actor")));
}

} // namespace

std::string trace_tree(const model::value& message) {
  const auto version = text_in(message, "version");
  auto what = fmt::format("{} {}", text_in(message, "subject"), text_in(message, "type"));
  if (!version.empty())
    what += fmt::format(" {}.{}", text_in(message, "epoch"), version);
  auto out =
      one_line(fmt::format("{} from {}, {:.2f} ms", what, text_in(message, "origin"), number_in(message, "took_ms")));
  const auto parent = text_in(message, "parent_id");
  out += one_line(fmt::format("  trace {}{}", text_in(message, "trace_id"), parent.empty() ? "" : " under " + parent));
  out += receivers_line(message);
  out += one_line(fmt::format("{:>9} {:>8} {:>8} {:>7}  {}", "START ms", "MAILBOX", "HANDLER", "KEPT", "STEP"));
  out += tree{rows_in(message, "spans")}.text();
  if (const auto left = number_in(message, "spans_left_off"); left != 0)
    out += fmt::format("  {:.0f} steps more are counted, and not kept\n", left);
  return out + slowest_line(message);
}

std::string trace_end(const model::value& trace) {
  const auto seen = rows_in(trace, "messages").size();
  const auto asked = text_in(trace, "asked");
  if (text_in(trace, "state") == "complete")
    return fmt::format("complete: {} of {} messages\n", seen, asked);
  return fmt::format("the time is over: {} of {} messages{}\n", seen, asked,
                     seen == 0 ? "; nothing of the subject was said, or nobody was shown it" : "");
}

} // namespace towncrier::commands
