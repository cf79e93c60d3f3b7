/// @file
/// @defgroup pictures pictures.hpp
/// @brief What the closing programs do with a picture: blur it and shrink it.
///
/// Ports `process_image` of Corey Schafer's "Python Multiprocessing Tutorial", and
/// makes the pictures that stand in for its photographs.
/// @{
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

inline namespace book {

/// Makes a picture of the size of a photograph, 3000 × 2000, as a JPEG file.
/// @param number Which one; pictures of different numbers differ.
/// @return The bytes of the file, always the same for the same number.
std::string make_picture(int number);

/// Blurs a picture, shrinks it to at most 1200 × 1200 and keeps its proportions.
///
/// The blur is Gaussian, and its radius (the standard deviation) 15 pixels.
///
/// @param jpeg The bytes of a JPEG file.
/// @return The bytes of another one, in RGB.
/// @throws std::runtime_error saying why, if it is no JPEG file, or is not whole.
std::string blurred_thumbnail(std::string_view jpeg);

/// Reads a file.
/// @param path Its path.
/// @return Its bytes.
/// @throws std::system_error if it cannot be read.
std::string read_file(const std::filesystem::path& path);

/// Writes a file that comes to be when it is whole.
///
/// Until then it has no name, so nothing is left of it if the program is ended
/// meanwhile, in whatever way (on a file system that has no such files its name ends in
/// `.part` until then). A file of the same name is replaced in one step.
///
/// @param path Its path.
/// @param bytes What is to stand in it.
/// @throws std::system_error if it cannot be written; then nothing has changed.
void write_file(const std::filesystem::path& path, std::string_view bytes);

/// Writes the blurred thumbnail of a picture, under the same name, into the
///   directory `processed` beside it, and prints `NAME was processed`.
/// @param path The picture's path.
/// @return What went wrong, beginning with the name; empty if nothing did.
/// @throws std::system_error if the line cannot be printed.
std::string process_picture(const std::string& path);

}  // namespace book

/// @}
