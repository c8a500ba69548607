#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace towncrier::ws::test {

/// A frame as it stands on the wire.
struct raw_frame {
  bool final = true;
  bool compressed = false;
  bool masked = false;
  int opcode = 0;
  std::string payload;

  /// Of a close frame; 0 when it has none.
  std::uint16_t code() const;
};

/// A client that does what it is told, sound or not: blocking, with a limit of some seconds on every wait.
class raw_client {
public:
  /// `receive_buffer`: size of the kernel's, in bytes; 0: its own choice.
  explicit raw_client(std::uint16_t port, int receive_buffer = 0);
  ~raw_client();
  raw_client(const raw_client&) = delete;
  raw_client& operator=(const raw_client&) = delete;

  /// False when the connection is broken.
  bool send(std::string_view bytes);

  /// Sends a sound upgrade with `extra` header lines (each with its line end); the head of the answer.
  std::string upgrade(std::string_view target = "/", std::string_view extra = {});

  /// The upgrade request that `upgrade` sends.
  static std::string upgrade_request(std::string_view target = "/", std::string_view extra = {},
                                     std::string_view key = "dGhlIHNhbXBsZSBub25jZQ==",
                                     std::string_view version = "13");

  /// Everything up to and with the empty line after a head; what there was when the connection ends before.
  std::string read_head();

  /// Exactly `size` bytes; less when the connection ends before.
  std::string read(std::size_t size);

  /// Everything until the connection ends.
  std::string read_all();

  /// Whether the peer has ended the connection, when everything was read.
  bool at_end() { return read(1).empty(); }

  /// The next frame; nothing when the connection ends before.
  std::optional<raw_frame> read_frame();

  /// The code of the next close frame, others being skipped; 0 when the connection ends without one.
  std::uint16_t read_close();

  /// Closes with RST instead of FIN.
  void reset();
  void shut_down_sending();
  void close();

private:
  bool fill();

  int descriptor_;
  std::string buffer_;
  std::size_t at_ = 0;
};

/// A frame of a client: masked unless told otherwise. `claimed` overrides the length in the header.
std::string client_frame(int opcode, std::string_view payload, bool final = true, bool compressed = false,
                         bool masked = true, std::optional<std::uint64_t> claimed = {});

} // namespace towncrier::ws::test
