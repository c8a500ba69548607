#include "nodes/admin/admin_api.hpp"

#include "codec/json.hpp"
#include "codec/names.hpp"
#include "codec/utf8.hpp"

#include <caf/scoped_actor.hpp>

#include <algorithm>
#include <array>

namespace towncrier::node {

namespace {

constexpr std::chrono::seconds patience{6};
constexpr std::string_view prefix = "/api/v1/";

/// What can be asked by a name alone.
constexpr std::array<std::string_view, 6> pages{"nodes", "actors", "top", "kinds", "ended", "why"};

ws::http_response failure(unsigned status, std::string sentence) {
  return json_response(model::object{{"error", std::move(sentence)}}, status);
}

/// An answer that says `error` is no success.
unsigned status_of(const model::value& x) { return x.is_null() ? 503 : x.find("error") != nullptr ? 404 : 200; }

/// What a tracer answered; an error of its says with which status.
ws::http_response trace_response(const model::value& x) {
  if (x.is_null())
    return failure(503, "no answer in time");
  const auto* error = x.find("error");
  const auto* status = x.find("status");
  if (error == nullptr)
    return json_response(x);
  return json_response(model::object{{"error", *error}},
                       status == nullptr ? 404 : static_cast<unsigned>(status->number_or(404)));
}

/// What is wrong with the names in a question; empty: nothing.
std::string fault_of(const ws::http_request& x) {
  if (!codec::is_utf8(x.path))
    return "the path is not valid UTF-8";
  for (const auto& [key, value] : x.query) {
    if (!codec::is_utf8(key))
      return "the query has a name that is not valid UTF-8";
    const auto fault = key == "character"      ? codec::name_fault(value)
                       : codec::is_utf8(value) ? std::string{}
                                               : std::string{"is not valid UTF-8"};
    if (!fault.empty())
      return "'" + key + "' " + fault;
  }
  return {};
}

/// What is wrong with the character that is to be acted upon; empty: nothing.
std::string fault_of_act(const model::object& act) {
  const auto* x = model::find(act, "character");
  const auto* name = x == nullptr ? nullptr : x->get_if<std::string>();
  const auto fault = name == nullptr ? "" : codec::name_fault(*name);
  return fault.empty() ? fault : "'character' " + fault;
}

model::object question_of(std::string_view what, const ws::http_request& x) {
  model::object question{{"what", what}};
  for (const auto& [key, value] : x.query)
    if (key == "tree")
      model::set(question, key, value != "false" && value != "0");
    else if (key != "what")
      model::set(question, key, value);
  return question;
}

} // namespace

ws::http_response json_response(const model::value& x, unsigned status) {
  ws::http_response result;
  result.status = status;
  result.fields = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}};
  codec::append_json(result.body, x);
  result.body += '\n';
  return result;
}

admin_api::admin_api(caf::actor_system& system, protocol::inspector_actor inspector, const std::string& audit_file)
    : system_(system), inspector_(std::move(inspector)), audit_(audit_file) {}

void admin_api::join(cluster_targets x) {
  const std::lock_guard guard{cluster_mutex_};
  cluster_ = std::move(x);
}

cluster_targets admin_api::cluster() {
  const std::lock_guard guard{cluster_mutex_};
  return cluster_;
}

std::optional<ws::http_response> admin_api::answer(const ws::http_request& x, const std::string& who) {
  if (!x.path.starts_with(prefix))
    return std::nullopt;
  if (auto fault = fault_of(x); !fault.empty())
    return failure(400, std::move(fault));
  const auto name = std::string_view{x.path}.substr(prefix.size());
  if (name == "actions")
    return x.method == "POST" ? act(x, who) : failure(405, "acts are sent by POST");
  constexpr std::string_view all_traces = "traces";
  constexpr std::string_view one_trace = "traces/";
  if (name == all_traces || name.starts_with(one_trace))
    return traces(x, name.substr(std::min(one_trace.size(), name.size())), who);
  constexpr std::string_view one = "actors/";
  const auto single = name.starts_with(one);
  if (!single && std::find(pages.begin(), pages.end(), name) == pages.end())
    return std::nullopt;
  if (x.method != "GET" && x.method != "HEAD")
    return failure(405, "only GET and HEAD are answered here");
  auto question = question_of(single ? "actor" : name, x);
  if (single)
    model::set(question, "id", std::string{name.substr(one.size())});
  auto result = ask(std::move(question));
  if (name == "nodes")
    result = with_cluster(system_, cluster(), std::move(result));
  const auto status = status_of(result);
  return status == 503 ? failure(503, "no answer in time") : json_response(result, status);
}

model::value admin_api::ask(model::object question) {
  model::value result;
  caf::scoped_actor self{system_};
  self->request(inspector_, patience, protocol::inspect_request{std::move(question)})
      .receive([&](protocol::inspect_answer& x) { result = std::move(x.answer); }, [](const caf::error&) {});
  return result;
}

/// `id`: of one trace; empty: of none.
ws::http_response admin_api::traces(const ws::http_request& x, std::string_view id, const std::string& who) {
  model::object question{{"what", "trace"}};
  if (x.method == "GET" || x.method == "HEAD") {
    question.emplace_back("op", id.empty() ? "list" : "show");
    question.emplace_back("id", id);
    return trace_response(ask(std::move(question)));
  }
  model::value act;
  if (x.method == "POST" && id.empty()) {
    if (!x.header("Content-Type").starts_with("application/json"))
      return failure(415, "send application/json");
    auto body = codec::parse_json(x.body);
    const auto* members = body ? body->get_if<model::object>() : nullptr;
    if (members == nullptr)
      return failure(400, body ? "send an object: {\"subject\": ...}" : body.error());
    act = *body;
    question.emplace_back("op", "start");
    for (const auto key : {"subject", "count", "seconds"})
      if (const auto* member = model::find(*members, key))
        question.emplace_back(key, *member);
  } else if (x.method == "DELETE" && !id.empty()) {
    question.emplace_back("op", "end");
    question.emplace_back("id", id);
  } else {
    return failure(405, id.empty() ? "traces are listed by GET and begun by POST"
                                   : "a trace is shown by GET and ended by DELETE");
  }
  auto result = ask(question);
  audit_.note(who, x.peer,
              model::object{{"action", id.empty() ? "trace" : "end_trace"},
                            {id.empty() ? "trace" : "id", id.empty() ? act : model::value{id}}},
              result);
  return trace_response(result);
}

ws::http_response admin_api::act(const ws::http_request& x, const std::string& who) {
  // No form of a web page can send this type.
  if (!x.header("Content-Type").starts_with("application/json"))
    return failure(415, "send application/json");
  auto body = codec::parse_json(x.body);
  const auto* members = body ? body->get_if<model::object>() : nullptr;
  if (members == nullptr)
    return failure(400, body ? "send an object: {\"action\": ...}" : body.error());
  if (auto fault = fault_of_act(*members); !fault.empty())
    return failure(400, std::move(fault));
  auto question = *members;
  model::set(question, "what", "act");
  auto result = ask(std::move(question));
  const auto* ok = result.find("ok");
  const auto done = ok != nullptr && *ok == model::value{true};
  audit_.note(who, x.peer, *body, result);
  return json_response(result, result.is_null() ? 503 : done ? 200 : 409);
}

} // namespace towncrier::node
