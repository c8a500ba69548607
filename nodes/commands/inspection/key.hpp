#pragma once

#include <string_view>
#include <vector>

namespace towncrier::commands {

/// What was pressed.
enum class key { text, up, down, page_up, page_down, home, end, left, right, enter, escape, backspace, unknown };

struct key_press {
  key what = key::unknown;
  char text = 0; ///< of `key::text`

  friend bool operator==(const key_press&, const key_press&) = default;
};

/// Takes the keys off the front of what a terminal sent; the beginning of a sequence of which more may come stays.
/// `complete`: nothing more comes, so that an escape by itself is the key of that name.
std::vector<key_press> decode_keys(std::string_view& bytes, bool complete);

} // namespace towncrier::commands
