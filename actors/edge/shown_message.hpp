#pragma once

#include "codec/format.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace towncrier::edge {

/// A client's message as an operator who debugs may see it: decoded, without secrets, and as JSON. One whose `type` is
/// `auth` is shown as `(auth)`; of one inside another (a batch) nothing but `type` and `id`; and nowhere what a member
/// holds that is called like a secret (`token`, `password`, ... in whatever case, also as a part of a name). What
/// cannot be decoded is not shown: nobody knows what it holds. Text is never searched for this: there are many ways to
/// write the same.
std::string shown_message(codec::format format, std::string_view bytes, std::size_t max_depth);

} // namespace towncrier::edge
