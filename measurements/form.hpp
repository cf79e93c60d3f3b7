/// @file
/// How thoroughly a measurement is made.
#pragma once

#include <string>
#include <string_view>

namespace measurements {

/// How thoroughly a measurement is made.
enum class Form {
  trial,       ///< As little as shows that it works: for a test.
  short_form,  ///< As exact as some seconds allow: for the book.
  long_form,   ///< For figures that are published.
};

/// A form's name: `trial`, `short` or `long`.
std::string name_of(Form form);

/// The form of a name.
/// @throws std::out_of_range if it is the name of none.
Form form_of(std::string_view name);

/// One of three values, by the form.
template <class T>
T by_form(Form form, T trial, T in_short, T in_long) {
  return form == Form::trial ? trial : form == Form::short_form ? in_short : in_long;
}

}  // namespace measurements
