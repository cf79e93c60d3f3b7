// The data, locked.
#include <boost/thread/synchronized_value.hpp>
#include <mutex>

struct Accounts {
  int one, other;
};

int main() {
  boost::synchronized_value<Accounts, std::mutex> accounts;
  auto locked = accounts.synchronize();
  locked->one -= 1;
}
