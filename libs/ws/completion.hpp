#pragma once

#include "ws/asio.hpp"

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace towncrier::ws {

/// What is called when a read or a write is done: any callable of (error_code, bytes), moved only and called once.
/// It hides the long types that Beast makes of its operations, so that the wire is compiled once.
class completion {
public:
  completion() = default;

  template <class Handler>
  requires(!std::is_same_v<std::remove_cvref_t<Handler>, completion>) explicit completion(Handler&& handler)
      : body_(std::make_unique<model<std::decay_t<Handler>>>(std::forward<Handler>(handler))) {}

  explicit operator bool() const noexcept { return body_ != nullptr; }

  /// Calls the handler, whose memory here is freed before that. Precondition: there is one.
  void operator()(error_code ec, std::size_t bytes) { std::exchange(body_, nullptr).release()->run(ec, bytes); }

private:
  struct base {
    virtual ~base() = default;
    virtual void run(error_code ec, std::size_t bytes) = 0;
  };

  template <class Handler>
  struct model final : base {
    template <class Arg>
    explicit model(Arg&& x) : handler(std::forward<Arg>(x)) {}

    void run(error_code ec, std::size_t bytes) override {
      auto call = std::move(handler);
      delete this;
      std::move(call)(ec, bytes);
    }

    Handler handler;
  };

  std::unique_ptr<base> body_;
};

/// Calls `x` from the loop, soon.
inline void post_completion(const executor& where, completion x, error_code ec, std::size_t bytes) {
  asio::post(where, [x = std::move(x), ec, bytes]() mutable { x(ec, bytes); });
}

} // namespace towncrier::ws
