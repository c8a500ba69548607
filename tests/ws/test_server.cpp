#include "test_server.hpp"

#include "codec/frame.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <future>
#include <utility>

namespace towncrier::ws::test {

namespace asio = boost::asio;

struct test_server::loop {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
};

class test_server::recorder final : public session_handler {
public:
  recorder(test_server& server, std::shared_ptr<session> who) : server_(server), session_(std::move(who)) {}

  void on_open(int bits) override {
    note([&] {
      ++log.opened;
      log.window_bits = bits;
    });
  }

  void on_messages(std::vector<message>&& messages) override {
    note([&] {
      ++log.batches;
      log.messages.insert(log.messages.end(), messages.begin(), messages.end());
    });
    if (server_.on_batch)
      server_.on_batch(*session_, messages);
    else
      echo(messages);
  }

  void on_drained() override {
    note([&] { ++log.drained; });
  }

  void on_closed(std::uint16_t code, std::string reason) override {
    note([&] { log.closed.emplace_back(code, std::move(reason)); });
    session_.reset();
  }

  std::shared_ptr<session> who() const { return session_; }

  session_log log;

private:
  void echo(const std::vector<message>& messages) {
    std::vector<frame_ptr> frames;
    for (const auto& x : messages)
      frames.push_back(codec::make_frame(x.binary ? codec::opcode::binary : codec::opcode::text, x.bytes));
    session_->send(frames);
  }

  template <class Change>
  void note(Change change) {
    const std::lock_guard guard{server_.mutex_};
    log.called_after_close = log.called_after_close || !log.closed.empty();
    change();
    server_.changed_.notify_all();
  }

  test_server& server_;
  std::shared_ptr<session> session_;
};

test_server::test_server(server_options options) : loop_(std::make_unique<loop>()) {
  auto opened = listener::open(loop_->context, {}, std::make_shared<const server_options>(std::move(options)), *this);
  if (!opened)
    ADD_FAILURE() << opened.error();
  listener_ = std::move(*opened);
  thread_ = std::thread{[this] { loop_->context.run(); }};
}

test_server::~test_server() {
  call([this] {
    listener_->stop();
    for (const auto& x : recorders_)
      if (const auto who = x->who())
        who->abort();
  });
  for (std::size_t i = 0; i < recorders_.size(); ++i)
    expect_orderly_end(i);
  loop_->context.stop();
  thread_.join();
  listener_.reset();
  on_knock = nullptr; // and what it kept, while there is a loop
}

void test_server::expect_orderly_end(std::size_t index) {
  EXPECT_TRUE(wait_for(index, [](const auto& x) { return x.closed.size() == 1 && !x.called_after_close; })) << index;
}

server_options test_server::default_options() {
  server_options x;
  x.websocket_paths = {"/", "/ws"};
  return x;
}

std::string test_server::url(std::string_view path) const {
  return "ws://127.0.0.1:" + std::to_string(port()) + std::string{path};
}

void test_server::call(const std::function<void()>& task) {
  std::promise<void> done;
  asio::post(loop_->context, [&] {
    task();
    done.set_value();
  });
  done.get_future().wait();
}

std::shared_ptr<session> test_server::at(std::size_t index) {
  std::shared_ptr<session> found;
  wait_for(index, [](const auto&) { return true; });
  call([&] { found = recorders_[index]->who(); });
  return found;
}

session_log test_server::log(std::size_t index) {
  const std::lock_guard guard{mutex_};
  return index < recorders_.size() ? recorders_[index]->log : session_log{};
}

bool test_server::wait_for(std::size_t index, const std::function<bool(const session_log&)>& condition) {
  std::unique_lock guard{mutex_};
  return changed_.wait_for(guard, patience,
                           [&] { return index < recorders_.size() && condition(recorders_[index]->log); });
}

std::uint16_t test_server::close_code(std::size_t index) {
  const bool closed = wait_for(index, [](const auto& x) { return !x.closed.empty(); });
  return closed ? log(index).closed.front().first : std::uint16_t{0};
}

void test_server::let_in(const std::shared_ptr<session>& who, std::string_view subprotocol) {
  auto handler = std::make_shared<recorder>(*this, who);
  {
    const std::lock_guard guard{mutex_};
    recorders_.push_back(handler);
    changed_.notify_all();
  }
  who->accept(std::move(handler), subprotocol);
}

void test_server::stop_listening() {
  call([this] { listener_->stop(); });
}

std::string test_server::try_listen(const endpoint& where, listener_handler& handler) {
  std::string error;
  call([&] {
    const auto x =
        listener::open(loop_->context, where, std::make_shared<const server_options>(default_options()), handler);
    if (!x)
      error = x.error();
  });
  return error;
}

std::vector<std::string> test_server::problems() {
  const std::lock_guard guard{mutex_};
  return problems_;
}

http_response test_server::on_http(const http_request& request) {
  return on_page ? on_page(request) : text_response(200, request.method + ' ' + request.path);
}

void test_server::on_request(http_request request, answer_to answer) {
  if (on_question)
    on_question(std::move(request), std::move(answer));
  else
    answer(on_http(request));
}

void test_server::on_upgrade(std::shared_ptr<session> knocking) {
  if (on_knock)
    on_knock(std::move(knocking));
  else
    let_in(knocking);
}

void test_server::on_problem(std::string_view what) {
  const std::lock_guard guard{mutex_};
  problems_.emplace_back(what);
}

bool eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  return true;
}

} // namespace towncrier::ws::test
