from cffi import FFI

ffi = FFI()
ffi.cdef("int system(const char *command);")
ffi.set_source("_spam", "#include <stdlib.h>")
