#include "etcd/wire.hpp"

#include "codec/json.hpp"
#include "etcd/base64.hpp"

#include <charconv>

namespace towncrier::etcd {

namespace {

using model::array;
using model::object;
using model::value;

call make_call(std::string path, object body) {
  call result{std::move(path), {}};
  codec::append_json_object(result.body, body);
  return result;
}

/// The first key after all that begin with `prefix`.
std::string end_of(std::string_view prefix) {
  std::string result{prefix};
  while (!result.empty() && static_cast<unsigned char>(result.back()) == 255)
    result.pop_back();
  if (!result.empty())
    result.back() = static_cast<char>(result.back() + 1);
  return result;
}

object range(std::string_view prefix) { return {{"key", to_base64(prefix)}, {"range_end", to_base64(end_of(prefix))}}; }

/// 0 for what is no number: that is what is left out.
std::uint64_t number(const value* x) {
  if (x == nullptr)
    return 0;
  if (const auto* whole = x->get_if<std::int64_t>())
    return *whole < 0 ? 0 : static_cast<std::uint64_t>(*whole);
  std::uint64_t result = 0;
  if (const auto* text = x->get_if<std::string>()) {
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), result);
    if (error != std::errc{} || end != text->data() + text->size())
      return 0;
  }
  return result;
}

std::uint64_t number_in(const value& x, std::string_view key) { return number(x.find(key)); }

std::string text_in(const value& x, std::string_view key) {
  const auto* found = x.find(key);
  const auto* text = found ? found->get_if<std::string>() : nullptr;
  return text ? *text : std::string{};
}

bool true_in(const value& x, std::string_view key) {
  const auto* found = x.find(key);
  return found != nullptr && *found == value{true};
}

std::uint64_t revision_in(const value& x) {
  const auto* header = x.find("header");
  return header ? number_in(*header, "revision") : 0;
}

const array& array_in(const value& x, std::string_view key) {
  static const array none;
  const auto* found = x.find(key);
  const auto* items = found ? found->get_if<array>() : nullptr;
  return items ? *items : none;
}

model::failure not_understood(std::string_view body) {
  return {"etcd's answer is not understood: " + std::string{body.substr(0, 200)}};
}

std::optional<entry> entry_of(const value& kv) {
  auto key = from_base64(text_in(kv, "key"));
  auto content = from_base64(text_in(kv, "value"));
  if (!key || !content)
    return std::nullopt;
  return entry{std::move(*key), std::move(*content), number_in(kv, "mod_revision")};
}

/// What the gateway's streams wrap their messages in.
model::result<value> parse_result(std::string_view body) {
  auto x = codec::parse_json(body);
  if (!x)
    return not_understood(body);
  if (const auto* error = x->find("error"))
    return model::failure{"etcd: " + (error->find("message") ? text_in(*error, "message") : text_in(*x, "error"))};
  const auto* result = x->find("result");
  if (result == nullptr)
    return not_understood(body);
  return value{*result};
}

} // namespace

call grant_call(std::chrono::seconds ttl) {
  return make_call("/v3/lease/grant", {{"TTL", std::to_string(ttl.count())}});
}

call keep_alive_call(std::uint64_t lease) { return make_call("/v3/lease/keepalive", {{"ID", std::to_string(lease)}}); }

call revoke_call(std::uint64_t lease) { return make_call("/v3/lease/revoke", {{"ID", std::to_string(lease)}}); }

call put_call(const put_request& x) {
  const auto key = to_base64(x.key);
  object compare{
      {"target", "MOD"}, {"result", "EQUAL"}, {"key", key}, {"mod_revision", std::to_string(x.expected_revision)}};
  object write{{"key", key}, {"value", to_base64(x.value)}};
  if (x.lease != 0)
    write.emplace_back("lease", std::to_string(x.lease));
  return make_call("/v3/kv/txn", {{"compare", array{std::move(compare)}},
                                  {"success", array{object{{"request_put", std::move(write)}}}},
                                  {"failure", array{object{{"request_range", object{{"key", key}}}}}}});
}

call read_call(std::string_view prefix) { return make_call("/v3/kv/range", range(prefix)); }

call watch_call(std::string_view prefix, std::uint64_t from) {
  auto what = range(prefix);
  what.emplace_back("start_revision", std::to_string(from));
  return make_call("/v3/watch", {{"create_request", std::move(what)}});
}

call authenticate_call(std::string_view user, std::string_view password) {
  return make_call("/v3/auth/authenticate", {{"name", user}, {"password", password}});
}

model::result<std::uint64_t> parse_grant(std::string_view body) {
  const auto x = codec::parse_json(body);
  const auto id = x ? number_in(*x, "ID") : 0;
  if (id == 0)
    return not_understood(body);
  return id;
}

model::result<bool> parse_keep_alive(std::string_view body) {
  // A stream of one message, which ends with a newline.
  const auto x = parse_result(body.substr(0, body.find('\n')));
  if (!x)
    return model::failure{x.error()};
  return number_in(*x, "TTL") > 0;
}

model::result<put_result> parse_put(std::string_view body) {
  const auto x = codec::parse_json(body);
  if (!x || revision_in(*x) == 0)
    return not_understood(body);
  put_result result;
  result.done = true_in(*x, "succeeded");
  if (result.done) {
    result.revision = revision_in(*x);
    return result;
  }
  for (const auto& response : array_in(*x, "responses"))
    if (const auto* found = response.find("response_range"))
      for (const auto& kv : array_in(*found, "kvs"))
        result.current = entry_of(kv);
  return result;
}

model::result<snapshot> parse_read(std::string_view body) {
  const auto x = codec::parse_json(body);
  if (!x || revision_in(*x) == 0)
    return not_understood(body);
  snapshot result{revision_in(*x), {}};
  for (const auto& kv : array_in(*x, "kvs")) {
    auto one = entry_of(kv);
    if (!one)
      return not_understood(body);
    result.entries.push_back(std::move(*one));
  }
  return result;
}

model::result<std::vector<change>> parse_watch(std::string_view line) {
  const auto x = parse_result(line);
  if (!x)
    return model::failure{x.error()};
  if (true_in(*x, "canceled"))
    return model::failure{"etcd ended the watch: " + text_in(*x, "cancel_reason")};
  std::vector<change> result;
  for (const auto& event : array_in(*x, "events")) {
    const auto* kv = event.find("kv");
    auto one = kv ? entry_of(*kv) : std::nullopt;
    if (!one)
      return not_understood(line);
    const bool deleted = text_in(event, "type") == "DELETE";
    result.push_back(
        {std::move(one->key), deleted ? std::nullopt : std::optional{std::move(one->value)}, one->revision});
  }
  return result;
}

model::result<std::string> parse_authenticate(std::string_view body) {
  const auto x = codec::parse_json(body);
  auto token = x ? text_in(*x, "token") : std::string{};
  if (token.empty())
    return not_understood(body);
  return token;
}

refusal parse_refusal(std::string_view body, std::string otherwise) {
  const auto x = codec::parse_json(body);
  auto message = x ? text_in(*x, "message") : std::string{};
  return {message.empty() ? std::move(otherwise) : std::move(message), x ? number_in(*x, "code") : 0};
}

} // namespace towncrier::etcd
