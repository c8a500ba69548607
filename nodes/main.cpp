#include "nodes/commands/command.hpp"
#include "ws/pass_phrase.hpp"

int main(int argc, char** argv) {
  towncrier::ws::never_ask_for_pass_phrases();
  return towncrier::commands::run({argv + 1, argv + argc});
}
