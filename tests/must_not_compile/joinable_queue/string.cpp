// The letters of a string stand in memory of the process that made it.
#include <string>

#include "examples_2017_09_09_12_16/message_passing/joinable_queue.hpp"

int main() {
  JoinableQueue<std::string>(1).put("one");
}
