// Who was given the data to read cannot change it, locked or not.
#include <boost/thread/synchronized_value.hpp>
#include <mutex>

void audit(const boost::synchronized_value<int, std::mutex>& total) {
  const auto locked = total.synchronize();
  *locked = 0;
}

int main() {}
