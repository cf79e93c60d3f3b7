#include "examples_2025_03_03_17_26/sounds.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <sndfile.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <numbers>
#include <random>
#include <stdexcept>
#include <system_error>
#include <utility>

inline namespace book {

namespace {

constexpr float deviation = 0.1f;  // of the noise
constexpr int rate = 44'100;       // samples a second of the sounds that are made

// In memory that all processes share; lock-free, so that a signal's handler may set it.
std::atomic<int>& stop_flag() {
  static std::atomic<int>& flag = [&]() -> std::atomic<int>& {
    void* memory = ::mmap(nullptr, sizeof(std::atomic<int>), PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
      throw std::system_error(errno, std::generic_category(), "no shared memory");
    return *new (memory) std::atomic<int>(0);
  }();
  static_assert(std::atomic<int>::is_always_lock_free);
  return flag;
}

void stop_if_asked() {
  if (stop_signal() != 0) throw std::runtime_error("was not finished");
}

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

// A file that is closed with its owner.
class File {
 public:
  File(const std::string& path, int flags)
      : path_(path), number_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {
    if (number_ < 0) fail((flags & O_WRONLY ? "cannot write " : "cannot read ") + path);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (number_ >= 0) ::close(number_);
  }

  // Fewer than there is room for at the end of the file alone.
  std::size_t read(std::span<std::byte> bytes) {
    std::size_t size = 0;
    while (size < bytes.size()) {
      const ::ssize_t got = ::read(number_, &bytes[size], bytes.size() - size);
      if (got == 0) break;
      if (got > 0)
        size += static_cast<std::size_t>(got);
      else if (errno != EINTR)
        fail("cannot read " + path_);
    }
    return size;
  }

  void write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const ::ssize_t written = ::write(number_, bytes.data(), bytes.size());
      if (written >= 0)
        bytes = bytes.subspan(static_cast<std::size_t>(written));
      else if (errno != EINTR)
        fail("cannot write " + path_);
    }
  }

  void skip_to(std::uint64_t place) {
    if (::lseek(number_, static_cast<::off_t>(place), SEEK_SET) < 0)
      fail("cannot read " + path_);
  }

  // Cuts off what a longer file had that was written over, and closes.
  void end_at(std::uint64_t size) {
    if (this->size() != size && ::ftruncate(number_, static_cast<::off_t>(size)) != 0)
      fail("cannot write " + path_);
    if (::close(std::exchange(number_, -1)) != 0) fail("cannot write " + path_);
  }

  std::uint64_t size() const {
    struct ::stat facts;
    if (::fstat(number_, &facts) != 0) fail("cannot read " + path_);
    if (!S_ISREG(facts.st_mode)) throw std::runtime_error("is no ordinary file");
    return static_cast<std::uint64_t>(facts.st_size);
  }

 private:
  std::string path_;
  int number_;
};

// ---- WAV ----------------------------------------------------------------------------

static_assert(std::endian::native == std::endian::little,
              "as the numbers of a WAV file");

struct Chunk {
  std::array<char, 4> name;
  std::uint32_t size;

  bool is(const char* wanted) const {
    return std::memcmp(name.data(), wanted, name.size()) == 0;
  }
};

struct Format {
  std::uint16_t tag;
  std::uint16_t channels;
  std::uint32_t rate;
  std::uint32_t bytes_per_second;
  std::uint16_t bytes_per_sample;
  std::uint16_t bits;
};

constexpr std::uint16_t floating_point = 3;

struct Header {
  Chunk riff;
  std::array<char, 4> wave{'W', 'A', 'V', 'E'};
  Chunk format_chunk{{'f', 'm', 't', ' '}, sizeof(Format)};
  Format format;
  Chunk fact{{'f', 'a', 'c', 't'}, 4};
  std::uint32_t samples;
  Chunk nothing{{'J', 'U', 'N', 'K'}, 0};
  Chunk data;
};
// The kernel copies faster to where a cache line begins: that is what the empty chunk
// is for.
static_assert(sizeof(Header) == 64);

Header header_of(std::uint32_t samples, std::uint32_t samples_per_second) {
  const std::uint32_t size = samples * 4;
  return {
      .riff = {{'R', 'I', 'F', 'F'},
               static_cast<std::uint32_t>(sizeof(Header)) - 8 + size},
      .format = {floating_point, 1, samples_per_second, samples_per_second * 4, 4, 32},
      .samples = samples,
      .data = {{'d', 'a', 't', 'a'}, size}};
}

struct Sound {
  std::uint64_t place;  // of the first sample, in the file
  std::uint32_t samples;
  std::uint32_t rate;
};

template <class Part>
bool read_part(File& file, Part& part) {
  return file.read(std::as_writable_bytes(std::span(&part, 1))) == sizeof part;
}

// Finds the samples: a WAV file is a sequence of chunks, and a reader leaves out those
// that it does not know.
Sound find_sound(File& file) {
  const std::uint64_t size = file.size();
  if (size == 0) throw std::runtime_error("is empty");
  struct {
    Chunk riff;
    std::array<char, 4> wave;
  } begin;
  if (!read_part(file, begin) || !begin.riff.is("RIFF") ||
      std::memcmp(begin.wave.data(), "WAVE", 4) != 0)
    throw std::runtime_error("is no WAV file");

  Format format{};
  std::uint64_t place = sizeof begin;
  for (Chunk chunk; read_part(file, chunk);) {
    place += sizeof chunk;
    if (chunk.is("fmt ") && !read_part(file, format)) break;
    if (chunk.is("data")) {
      if (format.tag != floating_point || format.bits != 32 || format.channels != 1)
        throw std::runtime_error("is no WAV file of one channel of 32-bit floats");
      if (size < place + chunk.size)
        throw std::runtime_error(fmt::format(
            "is truncated: it has {} of {} bytes of sound", size - place, chunk.size));
      file.skip_to(place);
      return {place, chunk.size / 4, format.rate};
    }
    place += chunk.size + chunk.size % 2;
    file.skip_to(place);
  }
  throw std::runtime_error("is truncated: its sound is missing");
}

// ---- The fast way -------------------------------------------------------------------

// An older version is written over, under the new one's temporary name: that costs less
// than to make a new file, or to cut one to nothing, since the kernel has its memory
// and its place on the disk already. Not if somebody else has it, by another name or a
// link.
void take_older(const std::string& output, const std::string& part) {
  const auto is_ours = [](const std::string& path) {
    struct ::stat facts;
    return ::lstat(path.c_str(), &facts) == 0 && S_ISREG(facts.st_mode) &&
           facts.st_nlink == 1;
  };
  if (is_ours(output)) ::rename(output.c_str(), part.c_str());
  if (!is_ours(part)) ::unlink(part.c_str());
}

// In pieces: what was read is still in the processor's cache when it is written.
std::uint64_t transform_in_pieces(const SoundTask& task, File& input,
                                  const Sound& sound) {
  constexpr std::size_t piece = 1 << 16;
  static_assert(piece % GaussianNoise::block == 0);
  thread_local std::vector<float> samples(piece);

  File output(task.part(), O_WRONLY | O_CREAT | O_NOFOLLOW);
  const Header header = header_of(sound.samples, sound.rate);
  output.write(std::as_bytes(std::span(&header, 1)));
  GaussianNoise noise(task.seed, task.number, task.instructions);
  for (std::size_t left = sound.samples; left > 0;) {
    stop_if_asked();
    const std::span some = std::span(samples).first(std::min(left, piece));
    if (input.read(std::as_writable_bytes(some)) < some.size_bytes())
      throw std::runtime_error("became shorter while it was read");
    noise.add_to(some, deviation);
    output.write(std::as_bytes(some));
    left -= some.size();
  }
  const std::uint64_t size = sizeof header + std::uint64_t{sound.samples} * 4;
  output.end_at(size);
  return sound.place + std::uint64_t{sound.samples} * 4 + size;
}

}  // namespace

// ---- The simple way -----------------------------------------------------------------

namespace {

struct CloseSound {
  void operator()(SNDFILE* file) const { ::sf_close(file); }
};
using SoundFile = std::unique_ptr<SNDFILE, CloseSound>;

SoundFile open_sound(const std::string& path, int mode, SF_INFO& info) {
  SoundFile file(::sf_open(path.c_str(), mode, &info));
  if (!file)
    throw std::runtime_error("cannot open " + path + ": " + ::sf_strerror(nullptr));
  return file;
}

SF_INFO format_at(int samples_per_second) {
  SF_INFO info{};
  info.samplerate = samples_per_second;
  info.channels = 1;
  info.format = SF_FORMAT_WAV | SF_FORMAT_FLOAT;
  return info;
}

void write_samples(const SoundFile& file, const std::string& path,
                   std::span<const float> samples) {
  const auto count = static_cast<::sf_count_t>(samples.size());
  errno = 0;
  if (::sf_write_float(file.get(), samples.data(), count) == count) return;
  if (errno != 0) fail("cannot write " + path);
  throw std::runtime_error("cannot write " + path + ": " + ::sf_strerror(file.get()));
}

void close_sound(SoundFile file, const std::string& path) {
  if (::sf_close(file.release()) != 0) throw std::runtime_error("cannot write " + path);
}

}  // namespace

void add_simple_noise(std::span<float> samples, std::uint64_t seed,
                      std::uint64_t number) {
  std::seed_seq seeds{seed, seed >> 32, number, number >> 32};
  std::mt19937_64 random(seeds);
  std::normal_distribution<float> noise(0.0f, deviation);
  for (float& sample : samples)
    sample = std::clamp(sample + noise(random), -1.0f, 1.0f);
}

std::uint64_t transform_simply(const std::string& input, const std::string& output,
                               const std::function<void(std::span<float>)>& transform) {
  SF_INFO info{};
  const SoundFile from = open_sound(input, SFM_READ, info);
  std::vector<float> samples(static_cast<std::size_t>(info.frames));
  if (::sf_read_float(from.get(), samples.data(), info.frames) != info.frames)
    throw std::runtime_error("cannot read " + input + ": " + ::sf_strerror(from.get()));

  transform(samples);

  SF_INFO format = format_at(info.samplerate);
  SoundFile to = open_sound(output, SFM_WRITE, format);
  write_samples(to, output, samples);
  close_sound(std::move(to), output);
  return std::filesystem::file_size(input) + std::filesystem::file_size(output);
}

// ---- A sound ------------------------------------------------------------------------

std::string SoundTask::output() const {
  const std::filesystem::path path(input);
  return path.parent_path() / (path.stem().string() + "-transformed.wav");
}

Transformed transform_sound(const SoundTask& task) {
  Transformed result;
  const auto start = std::chrono::steady_clock::now();
  const std::string part = task.part();
  bool has_begun = false;
  try {
    stop_if_asked();
    File input(task.input, O_RDONLY | O_NONBLOCK);  // does not wait for a pipe's writer
    const Sound sound = find_sound(input);
    has_begun = true;
    take_older(task.output(), part);
    if (task.simple)
      result.bytes =
          transform_simply(task.input, part, [&task](std::span<float> samples) {
            add_simple_noise(samples, task.seed, task.number);
          });
    else
      result.bytes = transform_in_pieces(task, input, sound);
    std::filesystem::rename(part, task.output());
  } catch (const std::exception& error) {
    result.failure = error.what();
    if (has_begun) ::unlink(part.c_str());
  }
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  result.seconds = taken.count();
  return result;
}

// ---- The directory ------------------------------------------------------------------

SoundDirectory::SoundDirectory(const std::string& path) {
  std::filesystem::create_directories(path);
  lock_ = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock_ < 0) fail("cannot open " + path);
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    ::close(lock_);
    throw std::runtime_error("another etl is at work in " + path);
  }
}

SoundDirectory::~SoundDirectory() {
  ::close(lock_);
}

std::string sound_path(const std::string& directory, int number) {
  return std::filesystem::path(directory) / fmt::format("example-{:02}.wav", number);
}

std::string make_sound_if_missing(const std::string& path, double minutes) {
  if (std::filesystem::exists(std::filesystem::symlink_status(path))) return {};
  // One second has 440 whole waves: each is like the first.
  std::vector<float> second(rate);
  for (std::size_t i = 0; i < second.size(); ++i)
    second[i] = static_cast<float>(
        0.0 * std::sin(2 * std::numbers::pi * 440 * static_cast<double>(i) / rate));
  const auto length = std::max(1ll, std::llround(minutes * 60 * rate));
  const std::string part = path + ".part";
  try {
    SF_INFO format = format_at(rate);
    SoundFile file = open_sound(part, SFM_WRITE, format);
    for (auto left = static_cast<std::size_t>(length); left > 0;) {
      stop_if_asked();
      const std::span some = std::span(second).first(std::min(left, second.size()));
      write_samples(file, part, some);
      left -= some.size();
    }
    close_sound(std::move(file), part);
    std::filesystem::rename(part, path);
    return {};
  } catch (const std::exception& error) {
    ::unlink(part.c_str());
    return error.what();
  }
}

void remove_parts(const std::vector<SoundTask>& tasks) {
  for (const SoundTask& task : tasks) ::unlink(task.part().c_str());
}

// ---- Stopping -----------------------------------------------------------------------

void stop_on_signals() {
  stop_flag();  // before there are processes that share it
  struct ::sigaction action{};
  action.sa_handler = [](int signal) { stop_flag() = signal; };
  action.sa_flags = SA_RESTART;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct ::sigaction before{};
    ::sigaction(signal, nullptr, &before);
    if (before.sa_handler != SIG_IGN) ::sigaction(signal, &action, nullptr);  // nohup
  }
  // A reader that has gone (`| head`) is an error of the next line printed, not an end.
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);  // and a file that may not grow is one of the next write
}

void stop() {
  int none = 0;
  stop_flag().compare_exchange_strong(none, -1);
}

int stop_signal() {
  return stop_flag();
}

}  // namespace book
