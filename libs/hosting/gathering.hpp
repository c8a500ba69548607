#pragma once

#include <caf/typed_response_promise.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

namespace towncrier::hosting {

/// Puts the answers of several actors to one question together. Each of those who are asked calls `done` once, when its
/// answer is in `all` or when it has failed to answer; so does who asks, when all are asked: so it ends where nobody
/// was asked, too.
template <class All>
class gathering {
public:
  gathering(All first, std::size_t asked, std::function<void(All)> then)
      : all(std::move(first)), left_(asked + 1), then_(std::move(then)) {}

  void done() {
    if (--left_ == 0)
      then_(std::move(all));
  }

  All all;

private:
  std::size_t left_;
  std::function<void(All)> then_;
};

/// Begins with `first`, and waits for `asked` answers; then calls `then`.
template <class All, class Then>
std::shared_ptr<gathering<All>> gather(All first, std::size_t asked, Then then) {
  return std::make_shared<gathering<All>>(std::move(first), asked, std::move(then));
}

/// As above; the promise is fulfilled.
template <class All>
std::shared_ptr<gathering<All>> gather(All first, std::size_t asked, caf::typed_response_promise<All> promise) {
  return gather(std::move(first), asked, [promise](All all) mutable { promise.deliver(std::move(all)); });
}

} // namespace towncrier::hosting
