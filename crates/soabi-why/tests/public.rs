//! More messages from public reports, kept apart from the ones that the kinds were written from: with them it was measured
//! how many of a sample are answered with the cause that their thread came to. Paths are shortened.

mod check;

use check::check;
use rstest::rstest;

/// Linux with glibc.
#[rstest]
#[case("ImportError: /usr/local/lib/python3.11/site-packages/chonkie/chunker/c_extensions/savgol.cpython-311-x86_64-linux-gnu.so: undefined symbol: __pow_finite", "glibc-removed", &["2.31", "-ffast-math"])]
#[case("ImportError: /usr/local/lib/python3.3/dist-packages/xxhash.cpython-33m.so: undefined symbol: Py_InitModule", "capi-python2", &["macro", "implicit declaration"])]
#[case("ImportError: /librt/strings.cpython-314-i386-linux-gnu.so: undefined symbol: CPyLong_AsSsize_tAndOverflow_", "undefined-symbol", &[])]
#[case("ImportError: /usr/local/lib/libboost_python3.so.1.56.0: undefined symbol: PyClass_Type", "capi-python2", &["built for Python 2"])]
#[case("ImportError: /home/tmp/opendht/python/opendht.cpython-35m-x86_64-linux-gnu.so: undefined symbol: _ZN3dht14bindShutdownCbEPFvPvES0_", "undefined-symbol", &[])]
#[case("ImportError: /usr/lib/python3.2/site-packages/libssh2.cpython-32mu.so: undefined symbol: PyCObject_FromVoidPtr", "capi-python2", &["compiled for Python 3.2"])]
#[case("ImportError: /x/ext3DLBP.so: undefined symbol: _ZTIN5boost6python15instance_holderE", "library-symbol", &["Boost"])]
#[case("ImportError: /usr/lib/chiavdf.cpython-38-x86_64-linux-gnu.so: ELF load command address/offset not properly aligned", "page-alignment", &["patchelf"])]
#[case("ImportError: /home/pi/_mscl.so: ELF load command address/offset not page-aligned", "page-alignment", &[])]
#[case("OSError: /usr/lib/cascades/vl53l0x_python.so: wrong ELF class: ELFCLASS32", "elf-class", &["32-bit"])]
#[case("ImportError: ./mycode.so: undefined symbol: PyInstanceMethod_Type", "capi-python3", &["Python 2"])]
#[case("ImportError: /u/proximal_utils.so: undefined symbol: _ZTVN10__cxxabiv120__function_type_infoE", "cxx-runtime", &["C++ compiler"])]
#[case("ImportError: /usr/lib/python3.9/lib-dynload/_ctypes.cpython-39-x86_64-linux-gnu.so: undefined symbol: PyFloat_Type", "capi-not-visible", &["RTLD_GLOBAL"])]
#[case("ImportError: 9\\udcd4\\udc87\\udce9\\udcfa\\udcff\\udcff\\udc80: cannot open shared object file: No such file or directory", "file-truncated", &["damaged"])]
#[case("ImportError: libuuid-7867869b.so.1.3.0: cannot open shared object file: No such file or directory", "library-missing", &["auditwheel", "PACKAGE.libs"])]
#[case("/x/lib/python3.10/site-packages/cuBNM/core.cpython-310-x86_64-linux-gnu.so: undefined symbol: shm_open", "c-runtime", &["-lrt"])]
#[case("ImportError: /opt/lib/libasan_x.so: undefined symbol: __malloc_hook", "glibc-removed", &["2.33"])]
#[case("ImportError: /x/spam.so: unsupported version 13 of Verneed record", "file-truncated", &["damaged"])]
#[case("Fatal glibc error: CPU does not support x86-64-v2", "cpu-isa-level", &["x86-64-v2"])]
fn linux(#[case] text: &str, #[case] kind: &str, #[case] words: &[&str]) {
    check(text, kind, words);
}

/// Alpine Linux, Android and PyPy.
#[rstest]
#[case("OSError: Error relocating /usr/local/lib/python3.14/site-packages/regopy/librego_shared.so: __cxa_thread_atexit_impl: symbol not found", "musl-glibc", &["glibc"])]
#[case("ImportError: Error relocating /usr/local/lib/python3.6/site-packages/birdisle/.libs/libbirdisle.so.1: backtrace: symbol not found", "musl-glibc", &[])]
#[case("$ ldd /usr/lib/python3.11/site-packages/pywayland/_ffi.abi3.so\n        /lib/ld-musl-x86_64.so.1 (0x7f940bdd7000)\n        libc.musl-x86_64.so.1 => /lib/ld-musl-x86_64.so.1 (0x7f940bdd7000)\nError relocating /usr/lib/python3.11/site-packages/pywayland/_ffi.abi3.so: PyObject_Free: symbol not found\nError relocating /usr/lib/python3.11/site-packages/pywayland/_ffi.abi3.so: _Py_NoneStruct: symbol not found", "capi-not-visible", &["ldd report"])]
#[case("ImportError: Error relocating /usr/lib/python2.7/site-packages/ujson.so: strreverse: symbol not found", "undefined-symbol", &[])]
#[case("ImportError: unable to load extension module '/home/x/site-packages/sendfile.pypy3-23.so': /home/x/sendfile.pypy3-23.so: undefined symbol: PyModule_GetState", "capi-pypy", &["built for CPython"])]
#[case("ImportError: /x/_spam.cpython-310-x86_64-linux-gnu.so: undefined symbol: PyPyImport_ImportModuleLevel", "capi-pypy", &["built for PyPy"])]
#[case("ImportError: unable to load extension module '/home/x/procname.pypy-18.so': /home/x/procname.pypy-18.so: undefined symbol: Py_GetArgcArgv", "capi-pypy", &[])]
#[case("ImportError: dlopen failed: cannot locate symbol \"log2\" referenced by \"/data/data/com.termux/files/usr/lib/python3.6/site-packages/brotli/_brotli.abi3.so\"", "c-runtime", &["-lm"])]
#[case("ImportError: dlopen failed: cannot locate symbol \"__aeabi_f2ulz\" referenced by \"/data/data/com.termux/files/usr/lib/python3.8/site-packages/numpy/core/_multiarray_umath.cpython-38.so\"...", "compiler-runtime", &[])]
#[case("ImportError: dlopen failed: library \"libc++_shared.so\" not found", "library-missing", &["libc++_shared.so"])]
#[case("ImportError: Error relocating /usr/local/lib/python3.13/site-packages/_cffi_backend.cpython-313-arm-linux-musleabihf.so: _PyErr_WriteUnraisableMsg: symbol not found", "capi-private-removed", &["3.8 to 3.12"])]
#[case("Failed to load dynamic library /lib/python3.11/site-packages/spam.cpython-311-wasm32-emscripten.so: 'WebAssembly.Module(): expected magic word 00 61 73 6d, found 7f 45 4c 46 @+0'", "file-other-os", &["Pyodide"])]
fn other_unix(#[case] text: &str, #[case] kind: &str, #[case] words: &[&str]) {
    check(text, kind, words);
}

/// macOS.
#[rstest]
#[case("[PYI-96255:ERROR] Failed to load Python shared library '/var/folders/zf/T/_MEI31GRrV/libpython3.8.dylib': dlopen: dlopen(/var/folders/zf/T/_MEI31GRrV/libpython3.8.dylib, 0x000A): Symbol not found: (_mkfifoat)\n  Referenced from: '/private/var/folders/zf/T/_MEI31GRrV/libpython3.8.dylib'\n  Expected in: '/usr/lib/libSystem.B.dylib'", "macos-version", &["mkfifoat", "newer macOS"])]
#[case("Error loading Python lib '/var/folders/g6/_MEI7ueMOb/Python': dlopen(/var/folders/g6/_MEI7ueMOb/Python, 10): Symbol not found: ___sincos_stret\nReferenced from: /var/folders/g6/_MEI7ueMOb/Python\nExpected in: /usr/lib/libSystem.B.dylib\nin /var/folders/g6/_MEI7ueMOb/Python", "macos-version", &["__sincos_stret"])]
#[case("ImportError: dlopen(/usr/local/lib/python2.7/site-packages/vizdoom/vizdoom.so, 2): Symbol not found: __ZN5boost6python7numeric5array19set_module_and_typeEPKcS4_\n  Referenced from: /usr/local/lib/python2.7/site-packages/vizdoom/vizdoom.so\n  Expected in: /usr/local/opt/boost-python/lib/libboost_python-mt.dylib\n in /usr/local/lib/python2.7/site-packages/vizdoom/vizdoom.so", "library-symbol", &["libboost_python-mt.dylib"])]
#[case("OSError: dlopen(mylib.dylib, 6): Symbol not found: ___addtf3\n  Referenced from: /usr/local/opt/gcc/lib/gcc/10/libquadmath.0.dylib\n  Expected in: flat namespace\n in /usr/local/opt/gcc/lib/gcc/10/libquadmath.0.dylib", "compiler-runtime", &["libgcc"])]
#[case("ImportError: dlopen(/Applications/VMD.app/qwrap.so, 0x0002): tried: '/x/qwrap/qwrap.so.1.6' (code signature in <9D20274E-4C51-3E08-83FE-760B260D7478> '/x/qwrap/qwrap.so.1.6' not valid for use in process: mapping process and mapped file (non-platform) have different Team IDs)", "macho-signature", &["signed by another"])]
#[case("ImportError: Python is not installed as a framework. The Mac OS X backend will not be able to function correctly if Python is not installed as a framework. See the Python documentation for more information on installing Python as a framework on Mac OS X. Please either reinstall Python as a framework, or try one of the other backends.", "python-framework", &["TkAgg"])]
#[case("ImportError: dlopen(/Users/user/Library/Python/3.8/lib/python/site-packages/pyston_lite.cpython-38-darwin.so, 0x0002): symbol not found in flat namespace '__PyAsyncGenValueWrapperNew'", "capi-not-visible", &["3.8"])]
#[case("ImportError: dlopen(/opt/miniconda3/envs/pynextdev/lib/python3.10/site-packages/vowpal_wabbit_next/_core.cpython-310-darwin.so, 0x0002): symbol not found in flat namespace (__ZN3fmt2v912format_errorD1Ev)", "library-symbol", &["fmt"])]
#[case("ImportError: dlopen(/Users/x/dist/pyarmor_runtime_000000/pyarmor_runtime.so, 0x0002): symbol not found in flat namespace '_PyCode_GetCode'\nPython 3.9.6", "capi-newer", &["3.11 and later"])]
#[case("ImportError: dlopen(/Users/0000/myenv/doescripts/pyarmor_runtime_000000/pyarmor_runtime.so, 0x0002): symbol not found in flat namespace '_PyCode_NewWithPosOnlyArgs'", "capi-removed", &["3.8 to 3.11"])]
#[case("Error: dlopen(/Users/tmp/dalle-playground/node_modules/node-calls-python/build/Release/nodecallspython.node, 0x0001): symbol not found in flat namespace '_PyBool_Type'", "capi-not-visible", &["export-dynamic"])]
#[case("dlopen(/x/cv2.abi3.so, 0x0002): fat file, but missing compatible architecture (have 'i386,x86_64', need 'arm64e' or 'arm64')", "macho-arch", &["i386,x86_64"])]
#[case("ImportError: dlopen(/x/pyopenpose.cpython-39-darwin.so, 0x0002): tried: '/x/pyopenpose.cpython-39-darwin.so' (mach-o file, but is an incompatible architecture (have (arm64), need (x86_64)))", "macho-arch", &["arm64", "x86_64"])]
#[case("ld: warning: ignoring file /x/libcutest.a, found architecture 'arm64', required architecture 'x86_64'\nImportError: dlopen(/x/_pycutestitf.cpython-39-darwin.so, 2): symbol not found in flat namespace '_cutest_cdh_'", "macho-arch", &["left `libcutest.a` out"])]
#[case("Error: dlopen(/Project/nodecallspython.node, 1): Library not loaded: @rpath/libpython3.10.dylib\n  Referenced from: /Project/node_modules/node-calls-python/build/Release/nodecallspython.node\n  Reason: image not found", "libpython-missing", &["3.10"])]
#[case("dyld[85569]: Library not loaded: @rpath/Python3.framework/Versions/3.8/Python3\n  Referenced from: <A1> /x/target/debug/app\n  Reason: tried: '/x/Python3.framework/Versions/3.8/Python3' (no such file)", "libpython-missing", &[])]
#[case("ImportError: dlopen(/x/mssql_python/ddbc_bindings.cp314-universal2.so, 0x0002): symbol not found in flat namespace '__ZN7simdutf40convert_utf16le_to_utf8_with_replacementEPKDsmPc'", "undefined-symbol", &["simdutf"])]
#[case("ImportError: dlopen(./myMod.so, 2): Symbol not found: __ZN5boost6python7objects15function_objectERKNS1_11py_functionERKSt4pairIPKNS0_6detail7keywordES9_E\n  Referenced from: ./myMod.so\n  Expected in: flat namespace\n in ./myMod.so", "library-symbol", &["Boost"])]
#[case("ImportError: unable to load extension module '/x/_gdbm_cffi.pypy-41.so': dlopen(/x/_gdbm_cffi.pypy-41.so, 6): Symbol not found: _gdbm_errno\n  Referenced from: /x/_gdbm_cffi.pypy-41.so\n  Expected in: /usr/local/opt/gdbm/lib/libgdbm.4.dylib\n in /x/_gdbm_cffi.pypy-41.so", "library-symbol", &["libgdbm.4.dylib"])]
#[case("ImportError: dlopen(/Applications/Blender.app/x/_multiarray_umath.cpython-311-darwin.so, 0x0002): Symbol not found: _cblas_caxpy$NEWLAPACK\n  Referenced from: <B4F73916> /Applications/Blender.app/x/_multiarray_umath.cpython-311-darwin.so\n  Expected in:     <0494A450-9778-31EB-84F6-88A045586FBF> /System/Library/Frameworks/Accelerate.framework/Versions/A/Accelerate", "macos-version", &["Accelerate"])]
#[case("ImportError: dlopen(/opt/homebrew/lib/python3.11/site-packages/grpc/_cython/cygrpc.cpython-311-darwin.so, 0x0002): symbol not found in flat namespace '_CFRelease'", "library-symbol", &["CoreFoundation"])]
#[case("ImportError: dlopen(/x/grpc/_cython/cygrpc.cpython-39-darwin.so, 0x0002): symbol not found in flat namespace '__ZN4absl14lts_202301255MutexD1Ev'", "library-symbol", &["Abseil"])]
#[case("ImportError: dlopen(/x/etree.so, 2): Library not loaded: libxml2.2.dylib\n  Referenced from: /x/etree.so\n  Reason: Incompatible library version: etree.so requires version 12.0.0 or later, but libxml2.2.dylib provides version 10.0.0", "library-version", &["12.0.0"])]
#[case("ImportError: dlopen(/x/_spam.cpython-311-darwin.so, 0x0002): tried: '/x/_spam.cpython-311-darwin.so' (duplicate LC_RPATH '@loader_path')", "macho-malformed", &["twice"])]
fn macos(#[case] text: &str, #[case] kind: &str, #[case] words: &[&str]) {
    check(text, kind, words);
}

/// Windows.
#[rstest]
#[case("ImportError: DLL load failed: 操作系统无法运行 %1。", "dll-procedure", &[])]
#[case("    ImportError : DLL load failed", "dll-load-failed", &["gives no reason"])]
#[case("ImportError: DLL load failed while importing _framework_bindings: 找不到指定的程序。", "dll-procedure", &["_framework_bindings"])]
#[case("Windows fatal exception: access violation\n\nCurrent thread 0x00002388 (most recent call first):\n  File \"<frozen importlib._bootstrap>\", line 488 in _call_with_frames_removed\n  File \"<frozen importlib._bootstrap_external>\", line 1317 in create_module\n  File \"C:\\x\\Python313t\\Lib\\site-packages\\psutil\\__init__.py\", line 1 in <module>", "crash", &[])]
#[case("ImportError: Could not find 'cudart64_90.dll'. TensorFlow requires that this DLL be installed in a directory that is named in your %PATH% environment variable.", "dll-dependency", &["cudart64_90.dll"])]
#[case("OSError: cannot load library 'gobject-2.0-0': error 0x7e.  Additionally, ctypes.util.find_library() did not manage to locate a library called 'gobject-2.0-0'", "dll-dependency", &["gobject-2.0-0"])]
#[case("ImportError: DLL load failed while importing _rdkit: Invalid access to memory location.", "dll-init", &["_rdkit"])]
fn windows(#[case] text: &str, #[case] kind: &str, #[case] words: &[&str]) {
    check(text, kind, words);
}

/// The interpreter, and the tools that modules are made with.
#[rstest]
#[case("_xxsubinterpreters.RunFailedError: <class 'ImportError'>: module _datetime does not support loading in subinterpreters", "subinterpreter", &["_datetime"])]
#[case("  File \"/usr/lib64/python3.12/site-packages/google/protobuf/descriptor.py\", line 47, in <module>\n    from google.protobuf.pyext import _message\nTypeError: Metaclasses with custom tp_new are not supported.", "metaclass-new", &["3.14"])]
#[case("<frozen importlib._bootstrap>:400: DeprecationWarning: Type google._upb._message.MessageMapContainer uses PyType_Spec with a metaclass that has custom tp_new. This is deprecated and will no longer be allowed in Python 3.14.", "metaclass-new", &["Only a warning"])]
#[case("04:45:37 Unable to import module 'haaska': No module named '_cffi_backend'", "native-module-missing", &["_cffi_backend"])]
#[case("errorMessage\": \"Unable to import module 'main': No module named 'pydantic_core._pydantic_core'\"", "native-module-missing", &["AWS Lambda"])]
#[case("/opt/_internal/cpython-3.13.0b1-nogil/include/python3.13t/Python.h:51:4: error: #error \"The limited API is not currently supported in the free-threaded build\"", "limited-api-free-threaded", &["cp313t", "abi3t"])]
#[case("Runtime error, module compiled against API version 9 but this version of numpy is 4", "numpy-api", &["NumPy 1.8 and 1.9"])]
#[case("RuntimeError: module compiled against API version 0xa but this version of numpy is 0x7\nTraceback (most recent call last):\n  File \"<stdin>\", line 1, in <module>\nImportError: numpy.core.multiarray failed to import", "numpy-api", &["1.10 to 1.12"])]
#[case("RuntimeError: module compiled against API version 0x10 but this version of numpy is 0xf . Check the section C-API incompatibility at the Troubleshooting ImportError section at https://numpy.org/devdocs/user/troubleshooting-importerror.html#c-api-incompatibility for indications on how to solve this problem .", "numpy-api", &["1.23 and 1.24"])]
#[case("gil_load/gil_load.c:6848:19: error: ‘PyThreadState’ has no member named ‘exc_type’", "build-c-api", &["exc_type"])]
#[case("src/bitstream.c:29688:24: error: ‘_PyErr_StackItem’ {aka ‘struct _err_stackitem’} has no member named ‘exc_type’", "build-c-api", &["Cython"])]
#[case("src/cython/_compreffor.cpp:22: error: too few arguments to function ‘int _PyLong_AsByteArray(PyLongObject*, unsigned char*, size_t, int, int, int)’", "build-c-api", &["`_PyLong_AsByteArray`"])]
#[case("Fatal Python error: PyInterpreterState_Get: the function must be called with the GIL held, after Python initialization and before Python finalization, but the GIL is released (the current Python thread state is NULL)\nPython runtime state: unknown", "two-pythons", &["never started", "python313t.lib"])]
#[case(">>> ics.get_error_messages(d)\nFatal Python error: PyEval_SaveThread: the function must be called with the GIL held, but the GIL is released (the current Python thread state is NULL)\nPython runtime state: initialized", "gil-not-held", &["PyEval_SaveThread"])]
#[case("ImportError: generic_type: type \"BoundingBox\" does not have a non-default holder type while its base \"sofa::core::objectmodel::BaseData\" does", "pybind11-holder", &["smart pointers"])]
#[case("RuntimeError: module compiled against API version a but this version of numpy is 9", "numpy-api", &["NumPy 1.10 to 1.12"])]
#[case("error[E0425]: cannot find function, tuple struct or tuple variant `PyTuple_GET_ITEM` in this scope", "build-c-api", &["PyTuple_GET_ITEM"])]
#[case("/usr/bin/ld: libpyo3.rlib(pyo3.rcgu.o): in function `pyo3::err::PyErr::warn': undefined reference to `PyErr_WarnEx'", "python-not-linked", &["cargo test"])]
#[case("Undefined symbols for architecture arm64:\n  \"_PyBytes_AsString\", referenced from:\n      pyo3::x in libpyo3.rlib\nld: symbol(s) not found for architecture arm64", "python-not-linked", &["dynamic_lookup"])]
#[case("ImportError: no pq wrapper available. Attempts made: - couldn't import psycopg 'c' implementation: No module named 'psycopg_c' - couldn't import psycopg 'binary' implementation: No module named 'psycopg_binary' - couldn't import psycopg 'python' implementation: libpq library not found", "library-missing", &["libpq"])]
#[case("ImportError: Could not load any of ['libblosc2.so', 'libblosc2.dylib'], please ensure that it can be found in the system path.", "library-missing", &["libblosc2.so"])]
#[case("Warning! ***HDF5 library version mismatched error***\nThe HDF5 header files used to compile this application do not match the version used by the HDF5 library to which this application is linked.", "library-version", &["HDF5"])]
#[case("AssertionError: SRE module mismatch", "python-home", &["PYTHONHOME"])]
#[case("error: The wheel is compatible with CPython 3.12 (`cp312`), but you're using CPython 3.13 (`cp313`)", "wheel-unsupported", &["CPython 3.12"])]
#[case("qt.qpa.plugin: Could not load the Qt platform plugin \"xcb\" in \"\" even though it was found.\nThis application failed to start because no Qt platform plugin could be initialized. Reinstalling the application may fix this problem.", "qt-plugin", &["libxcb-cursor0"])]
#[case("ERROR: torch-2.0.0+cu118-cp39-cp39-win_amd64 (1).whl is not a valid wheel filename.", "wheel-unsupported", &["(1).whl"])]
fn interpreter(#[case] text: &str, #[case] kind: &str, #[case] words: &[&str]) {
    check(text, kind, words);
}
