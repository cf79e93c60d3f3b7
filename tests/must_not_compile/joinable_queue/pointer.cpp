// A pointer can be copied byte by byte, and is of no use to who receives it.
#include "examples_2017_09_09_12_16/message_passing/joinable_queue.hpp"

int main() {
  JoinableQueue<const char*>(1).put("one");
}
