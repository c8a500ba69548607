#pragma once

#include "ws/http.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace towncrier::node {

/// A file that was compiled into the program.
struct embedded_file {
  std::string_view path; ///< below the root of the page: `index.html`, `assets/main-1234.js`
  std::string_view bytes;
};

/// The pages, as they were built, and the built-in town.
extern const embedded_file embedded_files[];
extern const std::size_t embedded_file_count;

/// The bytes of an embedded file; empty when there is none of that name.
std::string_view find_embedded(std::string_view path) noexcept;

/// Answers requests for what was compiled in: with caching (names of assets hold a hash of their bytes, so those are
/// kept for good), compression and a strict Content-Security-Policy.
class static_pages {
public:
  /// The page `document` (`index.html`), at `path` and by its own name, with the assets; other documents are another
  /// listener's. `extra` are pages made at start: their path and JSON text.
  static_pages(std::string_view document, const std::string& path,
               const std::map<std::string, std::string>& extra = {});

  bool has(std::string_view path) const { return pages_.find(path) != pages_.end(); }

  /// The answer to a GET or HEAD of a page that exists; 404 and 405 otherwise.
  ws::http_response answer(const ws::http_request& request) const;

private:
  struct page {
    std::string content_type;
    std::string etag;
    bool immutable = false;
    std::shared_ptr<const std::string> plain;
    std::shared_ptr<const std::string> gzipped; // nullptr where it would not be smaller
  };

  void add(std::string path, std::string bytes);

  std::map<std::string, page, std::less<>> pages_;
};

} // namespace towncrier::node
