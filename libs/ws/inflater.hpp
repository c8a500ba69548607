#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <zlib.h>

namespace towncrier::ws {

/// One zlib stream of raw deflate with the largest window.
class inflater {
public:
  struct outcome {
    bool good;        ///< false: `in` is no deflate
    std::size_t used; ///< bytes of `in`
    std::size_t made; ///< bytes of `out`
  };

  inflater();
  ~inflater();
  inflater(const inflater&) = delete;
  inflater& operator=(const inflater&) = delete;

  /// Inflates until `in` is used up or `out` is full.
  outcome run(std::string_view in, std::span<char> out) noexcept;

  /// Whether a block has ended and no other has begun.
  bool between_blocks() const noexcept;

  /// Forgets all that was said.
  void reset() noexcept;

  /// One that has forgotten all; a thread keeps a few for its next messages.
  static std::unique_ptr<inflater> get();
  static void give_back(std::unique_ptr<inflater> x);

private:
  z_stream stream_{};
};

} // namespace towncrier::ws
