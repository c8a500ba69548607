#include "raw_client.hpp"
#include "test_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <sys/resource.h>
#include <unistd.h>

using namespace towncrier::ws;
using namespace towncrier::ws::test;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

namespace {

std::string get(std::string_view target, std::string_view extra = {}) {
  return "GET " + std::string{target} + " HTTP/1.1\r\nHost: test\r\n" + std::string{extra} + "\r\n";
}

} // namespace

TEST(http_server, answers_many_requests_on_one_connection) {
  test_server server;
  raw_client client{server.port()};
  for (int i = 0; i < 100; ++i) {
    client.send(get("/page" + std::to_string(i)));
    EXPECT_THAT(client.read_head(), StartsWith("HTTP/1.1 200 OK\r\n"));
    const auto body = "GET /page" + std::to_string(i);
    EXPECT_EQ(client.read(body.size()), body);
  }
}

TEST(http_server, answers_requests_that_were_sent_ahead_in_order) {
  test_server server;
  raw_client client{server.port()};
  client.send(get("/a") + get("/b") + get("/c", "Connection: close\r\n"));
  const auto all = client.read_all();
  EXPECT_LT(all.find("GET /a"), all.find("GET /b"));
  EXPECT_LT(all.find("GET /b"), all.find("GET /c"));
  EXPECT_THAT(all, HasSubstr("GET /c"));
}

TEST(http_server, answers_others_while_one_answer_takes_its_time) {
  test_server server;
  std::promise<listener_handler::answer_to> asked;
  server.on_question = [&](http_request x, listener_handler::answer_to answer) {
    if (x.path == "/slow")
      asked.set_value(std::move(answer));
    else
      answer(text_response(200, x.path));
  };
  raw_client slow{server.port()};
  slow.send(get("/slow") + get("/next", "Connection: close\r\n"));
  auto answer = asked.get_future().get();
  raw_client other{server.port()};
  other.send(get("/other", "Connection: close\r\n"));
  EXPECT_THAT(other.read_all(), HasSubstr("/other"));
  answer(text_response(200, "at last")); // from this thread
  const auto all = slow.read_all();
  EXPECT_THAT(all, HasSubstr("at last"));
  EXPECT_LT(all.find("at last"), all.find("/next"));
}

TEST(http_server, bears_an_answer_to_a_client_that_has_gone) {
  test_server server;
  std::promise<listener_handler::answer_to> asked;
  server.on_question = [&](http_request, listener_handler::answer_to answer) { asked.set_value(std::move(answer)); };
  listener_handler::answer_to answer;
  {
    raw_client gone{server.port()};
    gone.send(get("/"));
    answer = asked.get_future().get();
  }
  server.stop_listening();
  answer(text_response(200, std::string(1'000'000, 'x')));
  answer = nullptr;
}

TEST(http_server, sends_the_handlers_fields_and_its_own) {
  test_server server;
  server.on_page = [](const auto&) {
    http_response x{200, {{"ETag", "\"1\""}, {"Evil", "a\r\nSet-Cookie: b"}}, "no", nullptr};
    x.shared_body = std::make_shared<const std::string>("shared");
    return x;
  };
  raw_client client{server.port()};
  client.send(get("/", "Connection: close\r\n"));
  const auto all = client.read_all();
  EXPECT_THAT(all, HasSubstr("\r\nETag: \"1\"\r\n"));
  EXPECT_THAT(all, HasSubstr("\r\nServer: towncrier\r\n"));
  EXPECT_THAT(all, HasSubstr("\r\nContent-Length: 6\r\n"));
  EXPECT_THAT(all, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(all, Not(HasSubstr("Set-Cookie")));
  EXPECT_TRUE(all.ends_with("\r\n\r\nshared"));
}

TEST(http_server, answers_head_without_a_body) {
  test_server server;
  raw_client client{server.port()};
  client.send("HEAD /x HTTP/1.1\r\nHost: test\r\n\r\n" + get("/y", "Connection: close\r\n"));
  EXPECT_THAT(client.read_head(), HasSubstr("Content-Length: 7\r\n"));
  EXPECT_THAT(client.read_head(), StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(client.read_all(), "GET /y");
}

TEST(http_server, takes_a_body_up_to_its_limit) {
  test_server server;
  server.on_page = [](const auto& request) { return text_response(200, std::to_string(request.body.size())); };
  const auto post = [&](std::size_t size) {
    raw_client client{server.port()};
    client.send("POST / HTTP/1.1\r\nHost: t\r\nConnection: close\r\nContent-Length: " + std::to_string(size) +
                "\r\n\r\n");
    client.send(std::string(size, 'x'));
    return client.read_all();
  };
  EXPECT_THAT(post(65536), testing::EndsWith("65536"));
  EXPECT_THAT(post(65537), StartsWith("HTTP/1.1 413"));
}

TEST(http_server, refuses_what_is_no_http_and_heads_that_are_too_long) {
  test_server server;
  raw_client garbage{server.port()};
  garbage.send("\x16\x03\x01 hello there\r\n\r\n");
  EXPECT_THAT(garbage.read_all(), StartsWith("HTTP/1.1 400"));
  raw_client chatty{server.port()};
  chatty.send(get("/", "X: " + std::string(9000, 'x') + "\r\n"));
  EXPECT_THAT(chatty.read_all(), StartsWith("HTTP/1.1 431"));
}

TEST(http_server, drops_a_connection_that_stays_silent) {
  auto options = test_server::default_options();
  options.idle_timeout = std::chrono::milliseconds{50};
  test_server server{options};
  raw_client client{server.port()};
  client.send(get("/"));
  EXPECT_THAT(client.read_head(), StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(client.read_all(), "GET /");
}

TEST(http_server, sends_a_large_page_whole_to_a_slow_reader) {
  auto options = test_server::default_options();
  options.send_buffer_bytes = 16 * 1024;
  test_server server{options};
  const auto page = std::make_shared<const std::string>(5'000'000, 'p');
  server.on_page = [&](const auto&) { return http_response{200, {}, {}, page}; };
  raw_client client{server.port(), 8 * 1024};
  for (int i = 0; i < 2; ++i) {
    client.send(get("/"));
    client.read_head();
    EXPECT_TRUE(client.read(page->size()) == *page);
  }
}

TEST(http_server, drops_idle_connections_when_it_stops_but_keeps_sessions) {
  test_server server;
  raw_client idle{server.port()};
  idle.send(get("/"));
  EXPECT_THAT(idle.read_head(), StartsWith("HTTP/1.1 200"));
  raw_client live{server.port()};
  live.upgrade();
  server.stop_listening();
  EXPECT_EQ(idle.read_all(), "GET /");
  live.send(client_frame(1, "still here"));
  EXPECT_EQ(live.read_frame()->payload, "still here");
}

TEST(http_server, goes_on_after_it_ran_out_of_descriptors) {
  test_server server;
  raw_client client{server.port()}; // before the limit falls: it has its descriptor, the server needs another
  client.send(get("/"));
  client.read_head();
  rlimit old{};
  ::getrlimit(RLIMIT_NOFILE, &old);
  const int next = ::dup(0);
  ::close(next);
  const rlimit tight{static_cast<rlim_t>(next) + 1, old.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &tight);
  raw_client waiting{server.port()}; // takes the last one
  EXPECT_TRUE(eventually([&] { return !server.problems().empty(); }));
  ::setrlimit(RLIMIT_NOFILE, &old);
  waiting.send(get("/"));
  EXPECT_THAT(waiting.read_head(), StartsWith("HTTP/1.1 200"));
}

TEST(listener, says_why_it_cannot_listen) {
  test_server server;
  struct : listener_handler {
    http_response on_http(const http_request&) override { return {}; }
    void on_upgrade(std::shared_ptr<session>) override {}
    void on_problem(std::string_view) override {}
  } handler;
  const auto open = [&](const endpoint& where) { return server.try_listen(where, handler); };
  EXPECT_THAT(open({"nowhere", 0}), HasSubstr("'nowhere' is not an IP address"));
  EXPECT_THAT(open({"192.0.2.1", 80}), HasSubstr("cannot listen on 192.0.2.1:80: "));
  EXPECT_EQ(open({"127.0.0.1", server.port(), true}), ""); // a port is shared within the program
  EXPECT_NE(open({"127.0.0.1", server.port()}), "");       // and with nobody else
}
