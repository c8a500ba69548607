#include "nodes/commands/command.hpp"

int main(int argc, char** argv) { return towncrier::commands::run({argv + 1, argv + argc}); }
