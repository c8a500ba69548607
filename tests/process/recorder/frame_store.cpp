#include "frame_store.hpp"

#include <cstring>
#include <stdexcept>

namespace recorder {

namespace {

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  __extension__ using wide = unsigned __int128;
  const auto product = static_cast<wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

frame_facts facts_of(std::string_view payload, format how) {
  frame_facts result;
  if (const auto type = member(payload, how, "type"))
    result.type = text(*type, how).value_or("");
  if (const auto position = member(payload, how, "position"))
    result.position = text(*position, how).value_or("");
  if (result.type != "welcome" && result.type != "heartbeat")
    return result;
  const auto data = member(payload, how, "data");
  if (!data)
    return result;
  if (const auto position = member(*data, how, "position"))
    result.position = text(*position, how).value_or("");
  if (const auto resumed = member(*data, how, "resumed"))
    result.resumed = is_true(*resumed, how);
  if (const auto edges = member(*data, how, "edges"))
    result.edges = texts(*edges, how);
  return result;
}

} // namespace

frame_store::frame_store(const std::string& path) : file_(std::fopen(path.c_str(), "wb")) {
  if (file_ == nullptr)
    throw std::runtime_error{path + ": " + std::strerror(errno)};
}

frame_store::~frame_store() { std::fclose(file_); }

const frame_facts& frame_store::put(std::string_view payload, format how) {
  const auto [at, is_new] = known_.try_emplace(hash_of(payload, how));
  if (is_new) {
    at->second = facts_of(payload, how);
    at->second.id = static_cast<std::uint32_t>(known_.size() - 1);
    write(payload, how);
  }
  return at->second;
}

// 128 bits: that two messages of a run share them is out of the question.
frame_store::hash frame_store::hash_of(std::string_view payload, format how) {
  constexpr std::uint64_t first = 0x9e3779b97f4a7c15, second = 0xd6e8feb86659fd93;
  hash result{payload.size() + first, payload.size() ^ (how == format::json ? second : ~second)};
  for (std::size_t at = 0; at < payload.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, payload.data() + at, std::min<std::size_t>(8, payload.size() - at));
    result.high = mix(result.high ^ word, first);
    result.low = mix(result.low + word, second) + word;
  }
  return result;
}

void frame_store::write(std::string_view payload, format how) {
  const auto length = static_cast<std::uint32_t>(payload.size());
  const char opcode = how == format::json ? 1 : 2;
  std::fwrite(&length, sizeof length, 1, file_);
  std::fwrite(&opcode, 1, 1, file_);
  std::fwrite(payload.data(), 1, payload.size(), file_);
}

} // namespace recorder
