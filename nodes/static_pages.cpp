#include "nodes/static_pages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <zlib.h>

namespace towncrier::node {

namespace {

constexpr std::string_view page_prefix = "page/";
constexpr std::string_view content_security_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' ws: wss:; "
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

struct known_type {
  std::string_view suffix;
  std::string_view type;
};

constexpr std::array<known_type, 7> known_types{{{".html", "text/html; charset=utf-8"},
                                                 {".js", "text/javascript; charset=utf-8"},
                                                 {".css", "text/css; charset=utf-8"},
                                                 {".json", "application/json"},
                                                 {".svg", "image/svg+xml"},
                                                 {".png", "image/png"},
                                                 {".webmanifest", "application/manifest+json"}}};

std::string content_type(std::string_view path) {
  for (const auto& [suffix, type] : known_types)
    if (path.ends_with(suffix))
      return std::string{type};
  return "application/octet-stream";
}

std::shared_ptr<const std::string> gzip(const std::string& bytes) {
  z_stream stream{};
  constexpr int gzip_window = 15 + 16;
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, gzip_window, 9, Z_DEFAULT_STRATEGY) != Z_OK)
    return nullptr;
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  // zlib does not write to its input, whatever its type says.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const auto done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return done && out.size() < bytes.size() ? std::make_shared<const std::string>(std::move(out)) : nullptr;
}

bool takes_gzip(const ws::http_request& request) {
  return request.header("Accept-Encoding").find("gzip") != std::string_view::npos;
}

} // namespace

std::string_view find_embedded(std::string_view path) noexcept {
  const auto* end = embedded_files + embedded_file_count;
  const auto* found = std::find_if(embedded_files, end, [&](const auto& x) { return x.path == path; });
  return found == end ? std::string_view{} : found->bytes;
}

static_pages::static_pages(std::string_view document, const std::string& path,
                           const std::map<std::string, std::string>& extra) {
  for (std::size_t i = 0; i < embedded_file_count; ++i) {
    const auto& file = embedded_files[i];
    if (!file.path.starts_with(page_prefix))
      continue;
    const auto name = file.path.substr(page_prefix.size());
    if (!name.ends_with(".html") || name == document)
      add("/" + std::string{name}, std::string{file.bytes});
  }
  for (const auto& [made, text] : extra)
    add(made, text);
  if (const auto found = pages_.find("/" + std::string{document}); found != pages_.end())
    pages_[path] = found->second;
}

void static_pages::add(std::string path, std::string bytes) {
  page x;
  x.content_type = content_type(path);
  x.etag = fmt::format("\"{:016x}\"", std::hash<std::string>{}(bytes));
  x.immutable = path.starts_with("/assets/");
  x.gzipped = gzip(bytes);
  x.plain = std::make_shared<const std::string>(std::move(bytes));
  pages_.emplace(std::move(path), std::move(x));
}

ws::http_response static_pages::answer(const ws::http_request& request) const {
  if (request.method != "GET" && request.method != "HEAD") {
    auto response = ws::text_response(405, "only GET and HEAD are answered here\n");
    response.fields.push_back({"Allow", "GET, HEAD"});
    return response;
  }
  const auto found = pages_.find(request.path);
  if (found == pages_.end())
    return ws::text_response(404, "there is no such page; the town is at /\n");
  const auto& shown = found->second;
  const auto zipped = shown.gzipped != nullptr && takes_gzip(request);
  ws::http_response response;
  response.fields = {{"Content-Type", shown.content_type},
                     {"ETag", shown.etag},
                     {"Vary", "Accept-Encoding"},
                     {"Cache-Control", shown.immutable ? "public, max-age=31536000, immutable" : "no-cache"},
                     {"Content-Security-Policy", std::string{content_security_policy}},
                     {"X-Content-Type-Options", "nosniff"},
                     {"Referrer-Policy", "no-referrer"}};
  if (request.header("If-None-Match") == shown.etag) {
    response.status = 304;
    return response;
  }
  if (zipped)
    response.fields.push_back({"Content-Encoding", "gzip"});
  response.shared_body = zipped ? shown.gzipped : shown.plain;
  return response;
}

} // namespace towncrier::node
