/// @file
/// @defgroup pictures pictures.hpp
/// @brief What the closing programs do with a picture: blur it and shrink it.
///
/// Ports `process_image` of Corey Schafer's "Python Multiprocessing Tutorial", and
/// makes the pictures that stand in for its photographs.
/// @{
#pragma once

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

/// Writes the blurred thumbnail of a picture, under the same name, into the
///   directory `processed` beside it, and prints `NAME was processed`.
/// @param path The picture's path.
/// @return What went wrong, beginning with the name; empty if nothing did.
/// @throws std::system_error if the line cannot be printed.
std::string process_picture(const std::string& path);

}  // namespace book

/// @}
