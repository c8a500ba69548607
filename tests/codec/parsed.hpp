#pragma once

#include "codec/command.hpp"
#include "codec/msgpack.hpp"

#include <gtest/gtest.h>

#include <string>

namespace towncrier::test {

/// The same message as MessagePack.
inline std::string to_msgpack(std::string_view json) {
  std::string out;
  if (const auto x = codec::parse_json(json))
    codec::append_msgpack(out, *x);
  return out;
}

/// What the server makes of a client's JSON message.
inline codec::command_result parsed(std::string_view json) { return codec::parse_command(codec::format::json, json); }

/// What the server makes of the same message in MessagePack.
inline codec::command_result parsed_msgpack(std::string_view json) {
  return codec::parse_command(codec::format::msgpack, to_msgpack(json));
}

/// The sentence with which a message is refused, in both formats; "(accepted)" when it is not.
inline std::string refusal(std::string_view json) {
  const auto sentence = [](const codec::command_result& x) {
    const auto* error = std::get_if<codec::command_error>(&x);
    return error == nullptr ? std::string{"(accepted)"} : error->message;
  };
  const auto one = sentence(parsed(json));
  EXPECT_EQ(one, sentence(parsed_msgpack(json)));
  return one;
}

/// The message, which must be good; an empty one when it is not.
inline model::client_message accepted(std::string_view json) {
  EXPECT_EQ(refusal(json), "(accepted)");
  auto x = parsed_msgpack(json);
  auto* message = std::get_if<model::client_message>(&x);
  return message == nullptr ? model::client_message{} : std::move(*message);
}

/// The body of a message that must be good and of this kind.
template <class Body>
Body body_of(std::string_view json) {
  auto message = accepted(json);
  auto* body = std::get_if<Body>(&message.body);
  EXPECT_NE(body, nullptr) << json;
  return body == nullptr ? Body{} : std::move(*body);
}

} // namespace towncrier::test
