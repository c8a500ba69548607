#include "nodes/commands/edge_list.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace towncrier::commands {

namespace {

/// More than a cluster has edges.
constexpr std::size_t max_learned = 1000;

/// Where the path or the query begins.
std::size_t end_of_address(std::string_view url) {
  const auto scheme = url.find("://");
  return scheme == url.npos ? url.size() : std::min(url.find_first_of("/?", scheme + 3), url.size());
}

std::string_view address(std::string_view url) { return url.substr(0, end_of_address(url)); }

/// The address of an edge that a welcome names `url`: with the path that stands there, not with our own, since a proxy
/// in front of one edge says nothing of how another is reached; and with our own query.
std::string way_to(std::string_view url, std::string_view own) {
  const auto rest = own.substr(end_of_address(own));
  const auto query = rest.substr(std::min(rest.find('?'), rest.size()));
  auto path = url.substr(end_of_address(url));
  path = path.substr(0, path.find_first_of("?#"));
  const auto no_path = path.empty() && !rest.empty();
  return std::string{address(url)} + (no_path ? "/" : std::string{path}) + std::string{query};
}

/// Whether both lead to the same edge: behind one proxy, edges may differ in their path alone. A node's clients are
/// served at `/` and at `/ws`.
bool same_edge(std::string_view x, std::string_view y) {
  const auto place = [](std::string_view url) {
    url = url.substr(0, url.find_first_of("?#"));
    for (const std::string_view end : {"/", "/ws"})
      if (url.size() >= address(url).size() + end.size() && url.ends_with(end))
        url.remove_suffix(end.size());
    return url;
  };
  return place(x) == place(y);
}

bool is_edge(std::string_view url) {
  const auto begin = url.starts_with("ws://") ? 5U : url.starts_with("wss://") ? 6U : 0U;
  return begin != 0 && address(url).size() > begin;
}

} // namespace

edge_list::edge_list(std::vector<std::string> given) : given_(std::move(given)), current_(given_.front()) {}

std::vector<std::string> edge_list::all() const {
  auto result = given_;
  for (const auto& x : learned_)
    if (std::none_of(result.begin(), result.end(), [&](const auto& y) { return same_edge(x, y); }))
      result.push_back(x);
  return result;
}

void edge_list::connected(const model::value& welcome) {
  const auto* edges = welcome.find("edges");
  const auto* items = edges ? edges->get_if<model::array>() : nullptr;
  // A node that is cut off from the others names none: what was known before may still be right.
  if (items == nullptr)
    return;
  learned_.clear();
  const auto& first = given_.front();
  for (const auto& item : *items) {
    const auto* url = item.get_if<std::string>();
    // A token that was meant for an encrypted connection goes over no other.
    const bool weaker = url && current_.starts_with("wss://") && !url->starts_with("wss://");
    if (url && is_edge(*url) && !weaker && learned_.size() < max_learned)
      learned_.push_back(way_to(*url, first));
  }
  // The one that let us in need not be among them.
  if (std::none_of(given_.begin(), given_.end(), [&](const auto& x) { return same_edge(x, current_); }))
    learned_.insert(learned_.begin(), current_);
}

void edge_list::failed() {
  const auto edges = all();
  const auto found = std::find_if(edges.begin(), edges.end(), [&](const auto& x) { return same_edge(x, current_); });
  const auto index = static_cast<std::size_t>(found - edges.begin());
  current_ = edges[found == edges.end() ? 0 : (index + 1) % edges.size()];
}

} // namespace towncrier::commands
