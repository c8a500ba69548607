#include "recorder.hpp"

#include <cstdio>
#include <exception>

/// Opens many viewers and writes down what each is given, for `checker.py`. See README.md.
int main(int count, char** arguments) {
  try {
    recorder::recorder{recorder::parse_options(count, arguments)}.run();
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "recorder: %s\n", error.what());
    return 1;
  }
}
