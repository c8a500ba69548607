#include "nodes/commands/inspection/admin_client.hpp"

#include "codec/json.hpp"
#include "nodes/commands/readable.hpp"
#include "ws/client.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace towncrier::commands {

namespace {

/// Longer than a node gives its actors, so that its word comes before our impatience.
constexpr std::chrono::seconds patience{8};

std::string encoded(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    result += plain ? std::string{c} : fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  }
  return result;
}

std::string query_text(const admin_query& query) {
  std::string result;
  char separator = '?';
  for (const auto& [key, value] : query)
    result += fmt::format("{}{}={}", std::exchange(separator, '&'), key, encoded(value));
  return result;
}

std::string first_line(const std::string& text) { return for_terminal(text.substr(0, text.find('\n'))); }

} // namespace

void add_admin_flags(CLI::App& app, admin_settings& x) {
  app.add_option("--admin", x.url, "the node's admin.listen, http://host:port")
      ->check(url_of({"http://", "https://"}))
      ->capture_default_str();
  app.add_option("--token", x.token, "an operator's token, where the node wants one (environment: TOWNCRIER_TOKEN)");
  app.add_flag("--json", x.json, "print the node's answer as JSON");
}

CLI::Validator connection_name() {
  return {[](std::string& x) -> std::string {
            const auto digits = std::string_view{x}.substr(x.starts_with('c') ? 1 : 0);
            const auto good = !digits.empty() && digits.size() < 20 &&
                              digits.find_first_not_of("0123456789") == std::string_view::npos;
            return good ? std::string{} : fmt::format("'{}' names no connection: give it as c17", x);
          },
          ""};
}

model::result<model::value> ask_admin(const admin_settings& to, const std::string& page, const admin_query& query,
                                      const std::function<bool()>& give_up) {
  return send_admin(to, "GET", page + query_text(query), nullptr, give_up);
}

model::result<model::value> send_admin(const admin_settings& to, const std::string& method, const std::string& page,
                                       const model::value* body, const std::function<bool()>& give_up) {
  auto url = to.url;
  while (url.ends_with('/'))
    url.pop_back();
  ws::client_options options;
  options.give_up = give_up;
  options.timeout = patience;
  const char* from_environment = std::getenv("TOWNCRIER_TOKEN");
  const auto token = to.token.empty() && from_environment != nullptr ? std::string{from_environment} : to.token;
  if (!token.empty())
    options.fields.push_back({"Authorization", "Bearer " + token});
  ws::http_call call{method, {}, {}};
  if (body != nullptr) {
    call.content_type = "application/json";
    codec::append_json(call.body, *body);
  }
  const auto reply = ws::http_send(url + "/api/v1/" + page, call, options);
  if (!reply)
    return model::failure{reply.error()};
  auto answer = codec::parse_json(reply->body);
  if (reply->status == 200 && answer)
    return answer;
  const auto sentence = answer ? text_in(*answer, "error") : std::string{};
  if (reply->status == 409 && !sentence.empty()) // an act that was not done says why
    return model::failure{sentence};
  return model::failure{
      fmt::format("the node answered {}: {}", reply->status, sentence.empty() ? first_line(reply->body) : sentence)};
}

int say_json(const model::value& x) {
  std::string line;
  codec::append_json(line, x);
  return say(line + '\n');
}

std::string text_in(const model::value& x, std::string_view key) {
  const auto* found = x.find(key);
  if (found == nullptr || found->is_null())
    return {};
  if (const auto* text = found->get_if<std::string>())
    return for_terminal(*text);
  std::string result;
  codec::append_json(result, *found);
  return result;
}

double number_in(const model::value& x, std::string_view key) {
  const auto* found = x.find(key);
  return found == nullptr ? 0 : found->number_or(0);
}

const model::array& rows_in(const model::value& x, std::string_view key) {
  static const model::array none;
  const auto* found = x.find(key);
  const auto* rows = found == nullptr ? nullptr : found->get_if<model::array>();
  return rows == nullptr ? none : *rows;
}

} // namespace towncrier::commands
