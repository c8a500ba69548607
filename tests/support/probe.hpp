#pragma once

#include "protocol/interfaces.hpp"

#include <caf/actor_cast.hpp>
#include <caf/atom.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/message.hpp>
#include <caf/result.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace towncrier::support {

/// What a probe received, and how it answers.
struct probe_log {
  std::deque<caf::message> messages;
  std::function<caf::message(const caf::message&)> answer;
};

/// The actor behind a `probe`: keeps every message.
inline caf::behavior probe_actor(caf::event_based_actor* self, std::shared_ptr<probe_log> log) {
  self->set_default_handler([log](caf::scheduled_actor*, caf::message_view& x) -> caf::result<caf::message> {
    log->messages.push_back(x.move_content_to_message());
    return log->answer ? log->answer(log->messages.back()) : caf::message{};
  });
  // An actor without a handler would end at once; nobody sends this one.
  return {[](caf::delete_atom) {}};
}

template <class T>
struct is_atom : std::false_type {};
template <caf::atom_value X>
struct is_atom<caf::atom_constant<X>> : std::true_type {};

/// Stands in for an actor with the interface `Handle` and records what it is sent, in order.
template <class Handle>
class probe {
public:
  probe(Handle handle, std::shared_ptr<probe_log> log) : handle_(std::move(handle)), log_(std::move(log)) {}

  const Handle& handle() const noexcept { return handle_; }
  operator const Handle&() const noexcept { return handle_; }

  /// How many messages of any type wait to be taken.
  std::size_t size() const noexcept { return log_->messages.size(); }
  bool empty() const noexcept { return log_->messages.empty(); }

  /// How many messages whose first element is a `T` (an atom type, too) wait to be taken.
  template <class T>
  std::size_t count() const {
    return static_cast<std::size_t>(
        std::count_if(log_->messages.begin(), log_->messages.end(), [](const caf::message& x) { return is<T>(x); }));
  }

  /// Takes every `T`, oldest first; messages of other types stay.
  template <class T>
  std::vector<T> take() {
    std::vector<T> result;
    std::deque<caf::message> rest;
    for (auto& x : log_->messages)
      if (is<T>(x))
        result.push_back(get<T>(x));
      else
        rest.push_back(std::move(x));
    log_->messages.swap(rest);
    return result;
  }

  /// Takes everything, oldest first.
  std::vector<caf::message> take_all() {
    std::vector<caf::message> result{log_->messages.begin(), log_->messages.end()};
    log_->messages.clear();
    return result;
  }

  /// Takes the `T`s, of which there has to be exactly one: the test fails otherwise, and gets an empty `T`.
  template <class T>
  T take_one() {
    auto all = take<T>();
    EXPECT_EQ(all.size(), 1u) << "the probe should have received exactly one such message";
    return all.empty() ? T{} : std::move(all.front());
  }

  /// Forgets everything that was received.
  void clear() { log_->messages.clear(); }

  /// Answers each message with `fun(message)` from now on, for requests:
  /// `x.answer_with([](const caf::message&) { return caf::make_message(verify_result{...}); })`.
  void answer_with(std::function<caf::message(const caf::message&)> fun) { log_->answer = std::move(fun); }

  /// Whether the first element of `x` is a `T`.
  template <class T>
  static bool is(const caf::message& x) {
    if constexpr (is_atom<T>::value)
      return !x.empty() && x.match_element<caf::atom_value>(0) && x.get_as<caf::atom_value>(0) == T::value;
    else
      return !x.empty() && x.match_element<T>(0);
  }

private:
  template <class T>
  static T get(const caf::message& x) {
    if constexpr (is_atom<T>::value)
      return T{};
    else
      return x.get_as<T>(0);
  }

  Handle handle_;
  std::shared_ptr<probe_log> log_;
};

} // namespace towncrier::support
