#include "ws/pass_phrase.hpp"

#include <openssl/ui.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace towncrier::ws {

void never_ask_for_pass_phrases() {
  static UI_METHOD* const refusing = [] {
    auto* x = UI_create_method("towncrier asks nobody");
    if (x != nullptr)
      UI_method_set_opener(x, [](UI*) { return 0; });
    return x;
  }();
  if (refusing != nullptr)
    UI_set_default_method(refusing);
}

model::result<pass_phrase> pass_phrase::read(const std::string& file) {
  pass_phrase x;
  if (file.empty())
    return x;
  errno = 0;
  std::ifstream in{file};
  if (!in || !std::getline(in, x.text_))
    return model::failure{"cannot read a pass phrase from '" + file +
                          "': " + (errno != 0 ? std::strerror(errno) : "it is empty")};
  if (x.text_.ends_with('\r'))
    x.text_.pop_back();
  x.known_ = true;
  return x;
}

int pass_phrase::answer(char* into, int size, int, void* self) noexcept {
  auto& x = *static_cast<pass_phrase*>(self);
  x.asked_ = true;
  if (!x.known_ || size < 0 || x.text_.size() > static_cast<std::size_t>(size))
    return -1;
  std::copy(x.text_.begin(), x.text_.end(), into);
  return static_cast<int>(x.text_.size());
}

} // namespace towncrier::ws
