// What can be sent: the counter-proof for the files beside this one.
#include "examples_2025_03_03_16_52/process_pool.hpp"

struct Point {
  double x, y;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(x, y);
  }
};
enum class Colour { red, green };

using Table = std::map<std::string, std::vector<std::optional<Point>>>;
Table shifted(Table table, const Point&, std::string&&, Colour) {
  return table;
}
int square(int x) noexcept {
  return x * x;
}

static_assert(sendable<bool> && sendable<std::vector<bool>> && sendable<Colour>);
static_assert(sendable<std::array<std::pair<int, std::string>, 3>>);
static_assert(sendable<std::variant<int, std::tuple<long double, std::set<char>>>>);
static_assert(sendable<std::chrono::milliseconds>);
static_assert(!sendable<int*> && !sendable<const char*> && !sendable<int&>);
static_assert(!sendable<std::mutex> && !sendable<void (*)()>);
static_assert(!sendable<std::map<int, std::optional<int*>>>);

int main() {
  ProcessPool pool(2);
  std::future<Table> table =
      pool.submit(shifted, Table(), Point(), "text", Colour::red);
  std::future<int> number = pool.submit(square, 2);
  std::future<void> nothing = pool.submit([] {});
  for (int x : pool.map(square, std::array{1, 2})) static_cast<void>(x);
  for (auto& s : pool.map_unordered([](const std::string& t) { return t; },
                                    std::vector{"a", "b"}))
    static_cast<void>(s);
}
