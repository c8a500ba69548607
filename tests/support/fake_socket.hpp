#pragma once

#include "codec/json.hpp"
#include "codec/msgpack.hpp"
#include "protocol/client_socket.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace towncrier::support {

/// The payload of one whole, final, unmasked and uncompressed frame (RFC 6455, 5.2).
inline std::string_view frame_payload(std::string_view frame) {
  const auto length = static_cast<unsigned char>(frame[1]);
  return frame.substr(length < 126 ? 2 : length == 126 ? 4 : 10);
}

/// What a text or binary frame says.
inline model::value decode_frame(std::string_view frame) {
  const auto binary =
      (static_cast<unsigned char>(frame[0]) & 0x0F) == static_cast<unsigned char>(codec::opcode::binary);
  auto value = binary ? codec::parse_msgpack(frame_payload(frame)) : codec::parse_json(frame_payload(frame));
  if (value)
    return std::move(*value);
  ADD_FAILURE() << "a frame cannot be read: " << value.error();
  return {};
}

/// The socket of a client that a test plays. The kernel takes everything at once, unless `take_nothing` was called;
/// then bytes are queued until `take_all`, which tells whether a `drained` is to be sent to the connection.
class fake_socket final : public protocol::client_socket {
public:
  struct end {
    std::uint16_t code = 0;
    std::string reason;
  };

  void accept() override { ++accepted; }

  void refuse(std::string_view sentence, std::chrono::seconds retry_after) override {
    refusal = {503, std::string{sentence}};
    refused_for = retry_after;
  }

  void send(std::span<const codec::frame_ptr> frames) override {
    if (closed)
      return;
    for (const auto& frame : frames) {
      sent.push_back(frame);
      if (stuck)
        queued += frame->size();
    }
  }

  void name_memory(std::vector<std::span<const std::byte>>&) const override { ++memory_named; }
  std::size_t queued_bytes() const noexcept override { return queued; }
  void ping() override { ++pings; }
  std::chrono::steady_clock::time_point last_heard() const noexcept override { return heard; }
  void pause_reading() override { reading = false; }
  void resume_reading() override { reading = true; }

  void close(protocol::close_code code, std::string_view reason) override {
    if (!closed)
      closed = end{static_cast<std::uint16_t>(code), std::string{reason}};
  }

  void take_nothing() { stuck = true; }

  /// The kernel takes bytes again. Whether some had waited: then a real socket tells `drained`.
  bool take_all() {
    stuck = false;
    return std::exchange(queued, 0) != 0;
  }

  /// What was sent since the last call, one value a frame.
  std::vector<model::value> take() {
    std::vector<model::value> result;
    for (const auto& frame : std::exchange(sent, {}))
      result.push_back(decode_frame(*frame));
    return result;
  }

  /// As `take`, with batches taken apart.
  std::vector<model::value> take_messages() {
    std::vector<model::value> result;
    for (auto& message : take()) {
      const auto* elements = message.find("data")->get_if<model::array>();
      if (elements == nullptr)
        result.push_back(std::move(message));
      else
        result.insert(result.end(), elements->begin(), elements->end());
    }
    return result;
  }

  std::vector<codec::frame_ptr> sent;
  std::optional<end> closed;
  std::optional<end> refusal;
  std::chrono::seconds refused_for{};
  std::chrono::steady_clock::time_point heard;
  std::size_t queued = 0;
  int accepted = 0;
  int pings = 0;
  mutable int memory_named = 0;
  bool reading = true;
  bool stuck = false;
};

/// The text at `path` inside `x`; empty when there is none. A path is keys joined by dots.
inline std::string text_at(const model::value& x, std::string_view path) {
  const auto dot = path.find('.');
  const auto* member = x.find(path.substr(0, dot));
  if (member != nullptr && dot != std::string_view::npos)
    return text_at(*member, path.substr(dot + 1));
  const auto* text = member == nullptr ? nullptr : member->get_if<std::string>();
  return text == nullptr ? std::string{} : *text;
}

/// The number at `path` inside `x`; -1 when there is none.
inline double number_at(const model::value& x, std::string_view path) {
  const auto dot = path.find('.');
  const auto* member = x.find(path.substr(0, dot));
  if (member == nullptr)
    return -1;
  return dot == std::string_view::npos ? member->number_or(-1) : number_at(*member, path.substr(dot + 1));
}

/// Whether `path` inside `x` is true.
inline bool true_at(const model::value& x, std::string_view path) {
  const auto dot = path.find('.');
  const auto* member = x.find(path.substr(0, dot));
  if (member == nullptr)
    return false;
  if (dot != std::string_view::npos)
    return true_at(*member, path.substr(dot + 1));
  const auto* yes = member->get_if<bool>();
  return yes != nullptr && *yes;
}

/// The `type` of each message, joined by spaces.
inline std::string types_of(const std::vector<model::value>& xs) {
  std::string result;
  for (const auto& x : xs)
    result += (result.empty() ? "" : " ") + text_at(x, "type");
  return result;
}

} // namespace towncrier::support
