/// @file
/// @defgroup photos photos.hpp
/// @brief The files that the closing programs fetch.
///
/// The tutorial fetches photographs from the internet. These stand in for them: they
/// have a photograph's name and bytes that hardly compress, and are the same in every
/// run, so that what was saved can be compared with what was served.
/// @{
#pragma once

#include <cstddef>
#include <map>
#include <string>

inline namespace book {

/// Files in memory: the bytes of each under its name, in the order of names.
using FileSet = std::map<std::string, std::string>;

/// Makes the files `photo-01.jpg`, `photo-02.jpg` and so on.
/// @param count How many, at most 99.
/// @param size The size of each, in bytes.
/// @return The files, always the same for the same arguments.
FileSet make_photos(int count, std::size_t size = 100000);

}  // namespace book

/// @}
