#pragma once

#include "model/result.hpp"
#include "ws/http.hpp"
#include "ws/web_origin.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace towncrier::ws {

/// Which origins of web pages are meant: all (`*`), one (`https://town.example:8443`), every subdomain of a domain
/// (`https://*.town.example`, which is not the domain itself), or the two words by which browsers call pages that have
/// no origin (`null`, `file://`).
class origin_list {
public:
  /// Reads one entry and adds it. The error is a sentence that says why no page could ever be of that origin.
  std::optional<model::failure> add(std::string_view text);

  bool empty() const noexcept { return patterns_.empty(); }
  bool has_all() const noexcept;

  /// Whether a page with this `Origin` is meant.
  bool has(std::string_view origin) const;

  /// Whether any origin of this host (of `authority`) is meant.
  bool has_host(std::string_view host) const;

private:
  struct pattern {
    std::string word;        ///< `*`, `null` or `file://`; empty for the others
    web_origin origin;       ///< without the `*.`
    bool subdomains = false; ///< of `origin.host`, and not that host itself
  };

  static bool fits_host(const pattern& x, std::string_view host);

  std::vector<pattern> patterns_;
};

/// Which web pages may act on a listener through the browsers of those who look at them. A browser says of which origin
/// a page is (`Origin`) and by which name it found us (`Host`), and a page cannot make it lie about either. Programs
/// that are no browsers send no `Origin`, and may come.
struct site_rules {
  /// Pages of these origins alone; empty: see `guarded`.
  origin_list allowed;

  /// Where no list says otherwise: false lets every page come, since it takes a token to do anything; true lets come
  /// pages of the host that was asked itself, of loopback, and of `friends`.
  bool guarded = false;

  /// Of a guarded listener: whether only this machine can reach it. A request that calls us by another name then comes
  /// from a page whose domain was pointed at us (DNS rebinding), and is refused.
  bool loopback_only = false;

  /// Hosts whose pages are as good as our own; may be empty. From any thread.
  std::function<bool(std::string_view host)> friends;

  /// Why a request is not answered by the name it calls us; nothing when it is.
  std::optional<http_response> object_to_host(const http_request& x) const;

  /// Why a page may not connect; nothing when it may.
  std::optional<http_response> object_to_origin(const http_request& x) const;
};

} // namespace towncrier::ws
