#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace towncrier::ws {

/// A header field, or a parameter of a query.
struct http_field {
  std::string name;
  std::string value;

  friend bool operator==(const http_field&, const http_field&) = default;
};

/// A request as it arrived, or an upgrade that a client knocks with.
struct http_request {
  std::string method;             ///< as sent: `GET`, `HEAD`, ...
  std::string target;             ///< as sent: path and query, still encoded
  std::string path;               ///< decoded, without the query
  std::vector<http_field> query;  ///< decoded, in the order sent
  std::vector<http_field> fields; ///< headers, names as sent
  std::string body;
  std::string peer; ///< address and port: `127.0.0.1:4711`, `[::1]:4711`; port 0: a proxy did not say it
  std::string via;  ///< address and port of the proxy that it came through; empty: none

  /// The first header of that name (letter case does not matter); empty when there is none.
  std::string_view header(std::string_view name) const noexcept;

  /// The first query parameter of that name; empty when there is none.
  std::string_view param(std::string_view name) const noexcept;

  /// Every query parameter of that name, in the order sent.
  std::vector<std::string_view> params(std::string_view name) const;
};

/// What a plain request is answered. The server itself adds `Server`, `Content-Length` and `Connection`, and leaves
/// the body out where the request was a `HEAD`.
struct http_response {
  unsigned status = 200;
  std::vector<http_field> fields; ///< `Content-Type`, `ETag`, `Cache-Control`, ...
  std::string body;
  std::shared_ptr<const std::string> shared_body; ///< goes out instead of `body` when it is there, and is not copied
};

/// A response of plain text.
http_response text_response(unsigned status, std::string_view text);

/// Undoes percent-encoding; a `%` that no two hexadecimal digits follow stays as it is. `plus_is_space` is for queries.
std::string percent_decode(std::string_view text, bool plus_is_space = false);

/// The reason phrase of a status, `Unknown` for one that is not in RFC 9110.
std::string_view reason_phrase(unsigned status) noexcept;

} // namespace towncrier::ws
