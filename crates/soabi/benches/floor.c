/* The least that loading can cost: a process that opens a libpython and an artifact. */
#include <dlfcn.h>
#include <stddef.h>

int main(int argc, char **argv)
{
    (void)argc;
    return dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL) == NULL || dlopen(argv[2], RTLD_NOW | RTLD_LOCAL) == NULL;
}
