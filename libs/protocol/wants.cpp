#include "protocol/wants.hpp"

#include <algorithm>
#include <iterator>

namespace towncrier::protocol {

bool covers(const wants& x, const wants& y) {
  if (x.everything || y.everything)
    return x.everything;
  return std::includes(x.channels.begin(), x.channels.end(), y.channels.begin(), y.channels.end());
}

wants merged(const wants& x, const wants& y) {
  if (x.everything || y.everything)
    return {};
  wants result{false, {}};
  std::set_union(x.channels.begin(), x.channels.end(), y.channels.begin(), y.channels.end(),
                 std::back_inserter(result.channels));
  return result;
}

} // namespace towncrier::protocol
