#include <cstdlib>
#include <string>

#include <pybind11/pybind11.h>

#if PYBIND11_VERSION_HEX >= 0x020D0000
PYBIND11_MODULE(spam, module, pybind11::mod_gil_not_used())
#else
PYBIND11_MODULE(spam, module)
#endif
{
    module.doc() = "Run commands in the system's shell.";
    module.def("system", [](const std::string &command) { return std::system(command.c_str()); },
               "Execute a shell command and return its status.");
}
