// A type of one's own has to say what its parts are.
#include "examples_2025_03_03_16_52/process_pool.hpp"

struct Point {
  double x, y;
};

double sum(const Point& point) {
  return point.x + point.y;
}

int main() {
  ProcessPool pool(2);
  pool.submit(sum, Point{1, 2});
}
