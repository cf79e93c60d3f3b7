// And whatever a member of one's own type owns.
#include <string>

#include "examples_2017_09_09_12_16/message_passing/joinable_queue.hpp"

struct Order {
  int number;
  std::string name;
};

int main() {
  JoinableQueue<Order>(1).put({1, "one"});
}
