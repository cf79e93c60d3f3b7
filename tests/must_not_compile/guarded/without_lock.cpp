// The data cannot be reached as long as it is not locked.
#include <boost/thread/synchronized_value.hpp>
#include <mutex>

struct Accounts {
  int one, other;
};

int main() {
  boost::synchronized_value<Accounts, std::mutex> accounts;
  accounts.one -= 1;
}
