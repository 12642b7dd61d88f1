#include <cstdlib>
#include <string>

#include <pybind11/pybind11.h>

#if PYBIND11_VERSION_HEX >= 0x020D0000
#define SPAM_WITHOUT_GIL , pybind11::mod_gil_not_used()
#else
#define SPAM_WITHOUT_GIL
#endif

PYBIND11_MODULE(spam, module SPAM_WITHOUT_GIL)
{
    module.doc() = "Run commands in the system's shell.";
    module.def("system", [](const std::string &command) { return std::system(command.c_str()); },
               "Execute a shell command and return its status.");
}
