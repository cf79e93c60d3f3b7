/// \file
/// How thoroughly a measurement is made.
#pragma once

/// How thoroughly a measurement is made.
enum class Form {
  trial,       ///< As little as shows that it works: for a test.
  short_form,  ///< As exact as some seconds allow: for the book.
  long_form,   ///< For figures that are published.
};

/// One of three values, by the form.
template <class T>
T by_form(Form form, T trial, T in_short, T in_long) {
  return form == Form::trial ? trial : form == Form::short_form ? in_short : in_long;
}
