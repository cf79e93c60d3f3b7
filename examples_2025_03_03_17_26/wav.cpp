#include "examples_2025_03_03_17_26/wav.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

inline namespace book {

// ---- The file -----------------------------------------------------------------------

namespace wav_details {

namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

File::File(const std::string& path, int flags)
    : path_(path), number_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {
  if (number_ < 0) fail((flags & O_WRONLY ? "cannot write " : "cannot read ") + path);
}

File::~File() {
  if (number_ >= 0) ::close(number_);
}

std::size_t File::read(std::span<std::byte> bytes) {
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

void File::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ::ssize_t written = ::write(number_, bytes.data(), bytes.size());
    if (written >= 0)
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    else if (errno != EINTR)
      fail("cannot write " + path_);
  }
}

void File::skip_to(std::uint64_t offset) {
  if (::lseek(number_, static_cast<::off_t>(offset), SEEK_SET) < 0)
    fail("cannot read " + path_);
}

void File::end_at(std::uint64_t size) {
  if (this->size() != size && ::ftruncate(number_, static_cast<::off_t>(size)) != 0)
    fail("cannot write " + path_);
  if (::close(std::exchange(number_, -1)) != 0) fail("cannot write " + path_);
}

std::uint64_t File::size() const {
  struct ::stat facts;
  if (::fstat(number_, &facts) != 0) fail("cannot read " + path_);
  if (!S_ISREG(facts.st_mode)) throw std::runtime_error("is not a regular file");
  return static_cast<std::uint64_t>(facts.st_size);
}

}  // namespace wav_details

using wav_details::File;

// ---- The chunks ---------------------------------------------------------------------

namespace {

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

template <class Part>
bool read_part(File& file, Part& part) {
  return file.read(std::as_writable_bytes(std::span(&part, 1))) == sizeof part;
}

}  // namespace

// ---- Reading and writing ------------------------------------------------------------

// A WAV file is a sequence of chunks, and a reader leaves out those that it does not
// know. To open a pipe is not to wait for its writer.
WavReader::WavReader(const std::string& path) : file_(path, O_RDONLY | O_NONBLOCK) {
  const std::uint64_t size = file_.size();
  if (size == 0) throw std::runtime_error("is empty");
  struct {
    Chunk riff;
    std::array<char, 4> wave;
  } begin;
  if (!read_part(file_, begin) || !begin.riff.is("RIFF") ||
      std::memcmp(begin.wave.data(), "WAVE", 4) != 0)
    throw std::runtime_error("is not a WAV file");

  Format format{};
  offset_ = sizeof begin;
  for (Chunk chunk; read_part(file_, chunk);) {
    offset_ += sizeof chunk;
    if (chunk.is("fmt ") && !read_part(file_, format)) break;
    if (chunk.is("data")) {
      if (format.tag != floating_point || format.bits != 32 || format.channels != 1)
        throw std::runtime_error("is not a WAV file of one channel of 32-bit floats");
      if (size < offset_ + chunk.size)
        throw std::runtime_error(
            fmt::format("is truncated: it has {} of {} bytes of sound", size - offset_,
                        chunk.size));
      file_.skip_to(offset_);
      samples_ = chunk.size / 4;
      rate_ = format.rate;
      return;
    }
    offset_ += chunk.size + chunk.size % 2;
    file_.skip_to(offset_);
  }
  throw std::runtime_error("is truncated: its sound is missing");
}

void WavReader::read(std::span<float> samples) {
  if (file_.read(std::as_writable_bytes(samples)) < samples.size_bytes())
    throw std::runtime_error("became shorter while it was read");
}

WavWriter::WavWriter(const std::string& path, std::uint32_t samples, std::uint32_t rate)
    : file_(path, O_WRONLY | O_CREAT | O_NOFOLLOW) {
  const Header header = header_of(samples, rate);
  file_.write(std::as_bytes(std::span(&header, 1)));
  bytes_ = sizeof header;
}

void WavWriter::write(std::span<const float> samples) {
  file_.write(std::as_bytes(samples));
  bytes_ += samples.size_bytes();
}

std::uint64_t WavWriter::close() {
  file_.end_at(bytes_);
  return bytes_;
}

}  // namespace book
