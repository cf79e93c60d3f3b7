// So do the elements of a vector.
#include "examples_2017_09_09_12_16/message_passing/joinable_queue.hpp"

int main() {
  JoinableQueue<std::vector<int>>(1).put({1});
}
