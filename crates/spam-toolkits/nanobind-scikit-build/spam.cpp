#include <cstdlib>

#include <nanobind/nanobind.h>

NB_MODULE(spam, module)
{
    module.doc() = "Run commands in the system's shell.";
    module.def("system", [](const char *command) { return std::system(command); },
               "Execute a shell command and return its status.");
}
