#pragma once

#include "fields.hpp"

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace recorder {

/// What viewers have to know of a message to go on; read once, however many were given it.
struct frame_facts {
  std::uint32_t id = 0;
  /// Where a viewer stands that has it; empty: it does not say.
  std::string position;
  /// `welcome`, `heartbeat`, ... as far as anything depends on it.
  std::string type;
  /// Of a welcome.
  bool resumed = false;
  std::vector<std::string> edges;
};

/// Keeps every different message once, in a file: viewers of one edge and format are given identical bytes.
///
/// The file is a row of records: length (u32, little-endian), opcode (u8), bytes. A message's id is its place in it.
class frame_store {
public:
  /// Throws std::runtime_error when the file cannot be written.
  explicit frame_store(const std::string& path);
  ~frame_store();
  frame_store(const frame_store&) = delete;
  frame_store& operator=(const frame_store&) = delete;

  /// The facts of a message, which is written down unless it was before.
  const frame_facts& put(std::string_view payload, format how);

  std::size_t size() const { return known_.size(); }

private:
  struct hash {
    std::uint64_t high, low;
    bool operator==(const hash&) const = default;
  };
  struct low_bits {
    std::size_t operator()(const hash& x) const { return x.low; }
  };

  static hash hash_of(std::string_view payload, format how);
  void write(std::string_view payload, format how);

  std::FILE* file_;
  std::unordered_map<hash, frame_facts, low_bits> known_;
};

} // namespace recorder
