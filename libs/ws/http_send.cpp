#include "ws/client.hpp"
#include "ws/client_link.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include <optional>
#include <utility>

namespace towncrier::ws {

namespace http = boost::beast::http;

namespace {

using response_parser = http::response_parser<http::string_body>;

std::string request_of(const url& to, const http_call& what, const client_options& options) {
  auto text = what.method + ' ' + to.target + " HTTP/1.1\r\nHost: " + to.authority() + "\r\nConnection: close\r\n";
  if (!what.content_type.empty())
    text.append("Content-Type: ").append(what.content_type).append("\r\n");
  if (!what.body.empty() || what.method == "POST")
    text.append("Content-Length: ").append(std::to_string(what.body.size())).append("\r\n");
  for (const auto& [name, value] : options.fields)
    text.append(name).append(": ").append(value).append("\r\n");
  return text + "\r\n" + what.body;
}

http_reply as_reply(http::response<http::string_body>&& from) {
  http_reply x{from.result_int(), {}, {}};
  for (const auto& field : from)
    x.fields.push_back({std::string{field.name_string()}, std::string{field.value()}});
  x.body = std::move(from.body());
  return x;
}

} // namespace

model::result<http_reply> http_send(std::string_view address, const http_call& what, const client_options& options) {
  const auto deadline = client_link::clock::now() + options.timeout;
  const auto to = parse_url(address);
  if (!to)
    return model::failure{to.error()};
  auto connected = connect_link(*to, options, deadline);
  if (!connected)
    return model::failure{connected.error()};
  auto& link = **connected;
  response_parser parser;
  parser.body_limit(options.max_message_bytes);
  boost::beast::flat_buffer buffer;
  std::optional<error_code> outcome;
  link.line->send(std::make_shared<const std::string>(request_of(*to, what, options)));
  http::async_read(*link.line, buffer, parser, [&outcome](error_code ec, std::size_t) { outcome = ec; });
  if (!link.run_until(deadline, [&] { return outcome.has_value(); })) {
    link.line->close(true);
    link.run_until(client_link::clock::time_point::max(), [&] { return outcome.has_value(); });
    return model::failure{to->authority() + ": no answer in time"};
  }
  if (*outcome)
    return model::failure{to->authority() + ": " + link.describe(*outcome)};
  return as_reply(parser.release());
}

model::result<http_reply> http_get(std::string_view address, const client_options& options) {
  return http_send(address, {}, options);
}

} // namespace towncrier::ws
