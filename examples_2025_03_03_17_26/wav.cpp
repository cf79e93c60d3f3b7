#include "examples_2025_03_03_17_26/wav.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cstring>
#include <stdexcept>

#include "program/read_write.hpp"
#include "program/system_error.hpp"

inline namespace book {

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

std::uint64_t size_of(const program::FileDescriptor& file, const std::string& failure) {
  struct ::stat facts;
  program::throw_on_error(::fstat(file.get(), &facts), failure);
  if (!S_ISREG(facts.st_mode)) throw std::runtime_error("is not a regular file");
  return static_cast<std::uint64_t>(facts.st_size);
}

}  // namespace

// ---- Reading and writing ------------------------------------------------------------

// A WAV file is a sequence of chunks, and a reader leaves out those that it does not
// know. To open a pipe is not to wait for its writer.
WavReader::WavReader(const std::string& path)
    : failure_("cannot read " + path),
      file_(program::open_file(path, O_RDONLY | O_NONBLOCK)) {
  const auto read_part = [this](auto& part) {
    return read_bytes(std::as_writable_bytes(std::span(&part, 1))) == sizeof part;
  };
  const std::uint64_t size = size_of(file_, failure_);
  if (size == 0) throw std::runtime_error("is empty");
  struct {
    Chunk riff;
    std::array<char, 4> wave;
  } begin;
  if (!read_part(begin) || !begin.riff.is("RIFF") ||
      std::memcmp(begin.wave.data(), "WAVE", 4) != 0)
    throw std::runtime_error("is not a WAV file");

  Format format{};
  offset_ = sizeof begin;
  for (Chunk chunk; read_part(chunk);) {
    offset_ += sizeof chunk;
    if (chunk.is("fmt ") && !read_part(format)) break;
    if (chunk.is("data")) {
      if (format.tag != floating_point || format.bits != 32 || format.channels != 1)
        throw std::runtime_error("is not a WAV file of one channel of 32-bit floats");
      if (size < offset_ + chunk.size)
        throw std::runtime_error(
            fmt::format("is truncated: it has {} of {} bytes of sound", size - offset_,
                        chunk.size));
      skip_to(offset_);
      samples_ = chunk.size / 4;
      rate_ = format.rate;
      return;
    }
    offset_ += chunk.size + chunk.size % 2;
    skip_to(offset_);
  }
  throw std::runtime_error("is truncated: its sound is missing");
}

void WavReader::read(std::span<float> samples) {
  if (read_bytes(std::as_writable_bytes(samples)) < samples.size_bytes())
    throw std::runtime_error("became shorter while it was read");
}

std::size_t WavReader::read_bytes(std::span<std::byte> bytes) {
  return program::read_up_to(file_.get(), bytes, failure_);
}

void WavReader::skip_to(std::uint64_t offset) {
  program::throw_on_error(::lseek(file_.get(), static_cast<::off_t>(offset), SEEK_SET),
                          failure_);
}

WavWriter::WavWriter(const std::string& path, std::uint32_t samples, std::uint32_t rate)
    : failure_("cannot write " + path),
      file_(program::open_file(path, O_WRONLY | O_CREAT | O_NOFOLLOW)) {
  const Header header = header_of(samples, rate);
  write_bytes(std::as_bytes(std::span(&header, 1)));
}

void WavWriter::write(std::span<const float> samples) {
  write_bytes(std::as_bytes(samples));
}

void WavWriter::write_bytes(std::span<const std::byte> bytes) {
  program::write_all(file_.get(), bytes, failure_);
  bytes_ += bytes.size();
}

std::uint64_t WavWriter::close() {
  if (size_of(file_, failure_) != bytes_)
    program::throw_on_error(::ftruncate(file_.get(), static_cast<::off_t>(bytes_)),
                            failure_);
  file_.close(failure_);
  return bytes_;
}

}  // namespace book
