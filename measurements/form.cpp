#include "measurements/form.hpp"

#include <stdexcept>

namespace measurements {

std::string name_of(Form form) {
  return by_form(form, "trial", "short", "long");
}

Form form_of(std::string_view name) {
  for (const Form form : {Form::trial, Form::short_form, Form::long_form})
    if (name == name_of(form)) return form;
  throw std::out_of_range("there is no form " + std::string(name));
}

}  // namespace measurements
