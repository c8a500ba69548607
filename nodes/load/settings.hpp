#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <sys/types.h>
#include <vector>

namespace towncrier::load {

/// What is published.
enum class kind : std::uint8_t {
  events, ///< every one counts: a viewer has to get all, in order
  states, ///< the latest of each character counts: a viewer may be given fewer, never an older one
};

/// What a load test does to a server.
struct settings {
  std::string host = "127.0.0.1";
  std::string port = "8765";
  std::string target = "/";
  std::string token;
  std::size_t clients = 1000;
  /// Connections begun a second.
  std::size_t ramp = 2000;
  /// Messages a second; 0: as `in_flight` says.
  double rate = 100;
  /// Messages that may be on their way to some viewer at a time; with a rate of 0.
  std::size_t in_flight = 0;
  /// Of a published message, in bytes.
  std::size_t size = 200;
  load::kind kind = kind::events;
  /// Characters that the states are spread over, in turn.
  std::size_t characters = 100;
  std::chrono::milliseconds warm_up{1000};
  std::chrono::milliseconds duration{5000};
  /// How long viewers may take to get the rest at the end.
  std::chrono::milliseconds patience{15'000};
  /// How long the connected viewers idle before the first message; memory is measured at its end.
  std::chrono::milliseconds idle{0};
  std::vector<std::string> subscribe;
  bool msgpack = false;
  bool compression = false;
  /// The part of the viewers that are slow, from 0 to 1, and what they read, in bytes a second; 0: nothing.
  double slow_share = 0;
  std::size_t slow_rate = 0;
  /// How often all viewers are cut off and come back where they were, spread over the duration.
  std::size_t storms = 0;
  /// Never sleep: waking a sleeper is paid for by the server, and how often it happens depends on who is faster.
  bool spin = false;
  /// The server's process, when it runs here: its CPU and memory are part of the result. 0: unknown.
  pid_t server = 0;
};

} // namespace towncrier::load
