#pragma once

#include <caf/typed_response_promise.hpp>

#include <cstddef>
#include <memory>
#include <utility>

namespace towncrier::cluster {

/// Answers of several actors to one question, put together in `all`; given when the last has come, or has failed to.
template <class Answer>
struct gathering {
  Answer all;
  std::size_t left = 0;
  caf::typed_response_promise<Answer> promise;

  void done() {
    if (--left == 0)
      promise.deliver(std::move(all));
  }
};

/// Waits for `asked` answers and for one `done` more, of whoever asks: so that it ends where nobody was asked, too.
template <class Answer>
std::shared_ptr<gathering<Answer>> begin_gathering(Answer first, std::size_t asked,
                                                   caf::typed_response_promise<Answer> promise) {
  return std::make_shared<gathering<Answer>>(gathering<Answer>{std::move(first), asked + 1, std::move(promise)});
}

} // namespace towncrier::cluster
