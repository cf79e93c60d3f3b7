// Types that own nothing outside of themselves.
#include "examples_2017_09_09_12_16/message_passing/joinable_queue.hpp"

struct Order {
  int number;
  char name[20];
};

int main() {
  JoinableQueue<int>(1).put(1);
  JoinableQueue<Order>(1).put({1, "one"});
  JoinableQueue<std::optional<Order>>(1).put(std::nullopt);
  JoinableQueue<std::array<double, 100>>(1).put({});
}
