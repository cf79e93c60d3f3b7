/*
Pitfall 7: noise that repeats

Two processes are to make noise, each for its own sound. They are copies of one process,
and with it they copied a generator: both draw the same number. With a generator for
each sound, seeded with the sound's number, they don't.

    $ examples_2025_03_03_17_26/pitfall_7_repeated_noise
       a generator that all processes have a copy of:
    a| the noise of sound 1 begins with #1
    b| the noise of sound 2 begins with #1
       a generator for each sound:
    c| the noise of sound 1 begins with #2
    d| the noise of sound 2 begins with #3
*/
#include <fmt/core.h>

#include <cstdint>
#include <cstdio>
#include <functional>
#include <random>

#include "examples_2017_09_09_12_16/process.hpp"

std::random_device entropy;
std::mt19937 generator(entropy());  // like the one that numpy.random.normal() uses

void draw_from(std::mt19937& from, int sound) {
  fmt::print("the noise of sound {} begins with {}\n", sound, from());
}

void use_the_copy(int sound) {
  draw_from(generator, sound);
}

void use_its_own(std::uint32_t seed, int sound) {
  std::seed_seq seeds{seed, static_cast<std::uint32_t>(sound)};
  std::mt19937 own(seeds);
  draw_from(own, sound);
}

void in_two_processes(const std::function<void(int)>& function) {
  Process first({.name = "worker 1"}, function, 1);
  Process second({.name = "worker 2"}, function, 2);
  first.start();
  second.start();
}  // waits for both

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  fmt::print("a generator that all processes have a copy of:\n");
  in_two_processes(use_the_copy);

  fmt::print("a generator for each sound:\n");
  const std::uint32_t seed = entropy();
  in_two_processes([seed](int sound) { use_its_own(seed, sound); });
}
