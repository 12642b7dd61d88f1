//! Real messages from public reports. Each has the kind of cause that its thread came to, and words that the answer must
//! have. Paths are shortened; the words of the loaders and interpreters are as they were.

use rstest::rstest;
use soabi_why::message::causes;

fn check(text: &str, kind: &str, words: &[&str]) {
    let causes = causes(text);
    let first = causes.first().unwrap_or_else(|| panic!("nothing is known about: {text}"));
    let all = format!("{}\n{}\n{}", first.cause, first.notes.join("\n"), first.actions.join("\n"));
    assert_eq!(first.kind, kind, "{text}\n{all}");
    for word in words {
        assert!(all.contains(word), "`{word}` is not in:\n{all}");
    }
}

/// Linux with glibc.
#[rstest]
#[case("/x/site-packages/JPype1-0.6.1-py2.7-linux-x86_64.egg/_jpype.so: undefined symbol: PyUnicodeUCS2_FromObject", "capi-ucs", &["narrow", "cp27m"])]
#[case("/x/gevent/_semaphore.so: undefined symbol: PyUnicodeUCS4_DecodeUTF8", "capi-ucs", &["wide", "cp27mu"])]
#[case("/x/igraph/core.so: undefined symbol: PyUnicodeUCS2_AsEncodedString", "capi-ucs", &["sys.maxunicode"])]
#[case("/x/uvloop/loop.cpython-310-x86_64-linux-gnu.so: undefined symbol: _PyGen_Send", "capi-private-removed", &["3.3 to 3.9", "Cython", "upgrade"])]
#[case("`unqlite.cpython-310-x86_64-linux-gnu.so: undefined symbol:  _PyGen_Send`", "capi-private-removed", &["Cython"])]
#[case("/usr/lib/python3.10/site-packages/ncls-0.0.63-py3.10-linux-x86_64.egg/ncls/src/ncls.cpython-310-x86_64-linux-gnu.so: undefined symbol: _PyGen_Send", "capi-private-removed", &["Python 3.10 does not"])]
#[case("/x/python3.10/lib-dynload/unicodedata.cpython-310-x86_64-linux-gnu.so: undefined symbol: _PyUnicode_Ready", "capi-not-visible", &["Python 3.10 exports", "RTLD_GLOBAL"])]
#[case("/home/x/src/cy_ext/gem_qa.so: undefined symbol: PyUnicode_FromFormat", "capi-python3", &["built for Python 3"])]
#[case("/x/python3.2/site-packages/lua.cpython-32mu.so: undefined symbol: PyUnicode_AsUTF8AndSize", "capi-newer", &["3.3"])]
#[case("ImportError: unable to load extension module '/x/sendfile.so': /x/sendfile.so: undefined symbol: PyExc_OSError", "capi-pypy", &["PyPy"])]
#[case("/x/_psycopg.so: undefined symbol: Py_InitModule4_64", "capi-python2", &["Python 2"])]
#[case("/x/numpy/core/multiarray.so: undefined symbol: PyFPE_jbuf", "capi-removed", &["fpectl"])]
#[case("/opt/conda/lib/python3.12/site-packages/greenlet/_greenlet.so: undefined symbol: _PyErr_StackItem", "capi-unknown", &["none of the Pythons"])]
#[case("/x/python3.13/site-packages/lxml/etree.cpython-312-x86_64-linux-gnu.so: undefined symbol: _PyDict_SetItem_KnownHash", "capi-not-visible", &["built for Python 3.12, and Python 3.13 loads it"])]
#[case("/x/python3.13/site-packages/frozenlist/_frozenlist.cpython-313-x86_64-linux-gnu.so: undefined symbol: _PyThreadState_UncheckedGet", "capi-private-removed", &["PyThreadState_GetUnchecked", "Python 3.13 does not"])]
#[case("/x/_spam.cpython-37m-x86_64-linux-gnu.so: undefined symbol: _Py_ZeroStruct", "capi-python2", &[])]
#[case("Runtime.ImportModuleError: Unable to import module 'x': /var/task/_portforward.abi3.so: invalid ELF header", "file-other-os", &["macOS or Windows"])]
#[case("/lib/x86_64-linux-gnu/libm.so.6: version `GLIBC_2.29' not found (required by /x/constriction.cpython-37m-x86_64-linux-gnu.so)", "glibc-version", &["2.29", "manylinux"])]
#[case("/lib64/libc.so.6: version `GLIBC_2.28' not found (required by /x/cryptography/hazmat/bindings/_rust.abi3.so)", "glibc-version", &["_rust.abi3.so"])]
#[case("/usr/lib/x86_64-linux-gnu/libstdc++.so.6: version `GLIBCXX_3.4.29' not found (required by /x/scipy/_lib/_uarray.so)", "libstdcxx-version", &["GLIBCXX_3.4.29"])]
#[case("/opt/conda/bin/../lib/libstdc++.so.6: version `CXXABI_1.3.13' not found (required by /x/libLLVM-17.so)", "libstdcxx-version", &["conda"])]
#[case("/x/python3.11/site-packages/spconv/spconv_utils.cpython-37m-x86_64-linux-gnu.so: file too short", "file-truncated", &["empty or cut off"])]
#[case("/x/site-packages/psycopg2/_psycopg.so: wrong ELF class: ELFCLASS32", "elf-class", &["32-bit file", "64-bit process"])]
#[case(">>> import numcodecs\nIllegal instruction (core dumped)", "cpu-sigill", &["AVX"])]
#[case("2020-01-01 F tensorflow/core/platform/cpu_feature_guard.cc:37] The TensorFlow library was compiled to use AVX instructions, but these aren't available on your machine.\nAborted (core dumped)", "cpu-sigill", &["AVX"])]
#[case("/usr/lib/aarch64-linux-gnu/libgomp.so.1: cannot allocate memory in static TLS block", "static-tls", &["LD_PRELOAD"])]
#[case("/opt/venv/lib/python3.11/site-packages/deltalake/_internal.abi3.so: cannot allocate memory in static TLS block", "static-tls", &["_internal.abi3.so"])]
#[case("ImportError: dlopen: cannot load any more object with static TLS", "static-tls", &[])]
#[case("/opt/total_energy.cpython-313-x86_64-linux-gnu.so: cannot enable executable stack as shared object requires: Invalid argument", "executable-stack", &["noexecstack"])]
#[case("[PYI-5081:ERROR] Failed to load Python shared library '/tmp/_MEIFV4Dxe/libpython3.14.so.1.0': /tmp/_MEIFV4Dxe/libpython3.14.so.1.0: cannot enable executable stack as shared object requires: Invalid argument", "executable-stack", &[])]
#[case("/home/x/cryptography/hazmat/bindings/_rust.abi3.so: failed to map segment from shared object", "map-segment", &["noexec"])]
#[case("ImportError: libicudata.so.73: ELF load command address/offset not page-aligned", "page-alignment", &[])]
#[case("ImportError: libpython3.10.so.1.0: cannot open shared object file: No such file or directory", "libpython-missing", &["3.10"])]
#[case("ImportError: libGL.so.1: cannot open shared object file: No such file or directory", "library-missing", &["libgl1", "opencv-python-headless"])]
#[case("ImportError: libffi.so.7: cannot open shared object file: No such file or directory", "library-missing", &["libffi"])]
#[case("ImportError: libcublas.so.9.0: cannot open shared object file: No such file or directory", "library-missing", &["CUDA"])]
#[case("ImportError: libf77blas.so.3: cannot open shared object file: No such file or directory", "library-missing", &["libatlas-base-dev"])]
#[case("ImportError: libmysqlclient.so.21: cannot open shared object file: No such file or directory", "library-missing", &["MySQL"])]
#[case("/x/_ext.cpython-36m-x86_64-linux-gnu.so: undefined symbol: _ZN3c105ErrorC1ENS_14SourceLocationERKSs", "cxx-string-abi", &["PyTorch", "_GLIBCXX_USE_CXX11_ABI"])]
#[case("OSError: /models/libth_transformer.so: undefined symbol: _ZN5torch3jit17parseSchemaOrNameERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE", "cxx-string-abi", &["PyTorch"])]
#[case("/x/lltm_cpp.cpython-36m-x86_64-linux-gnu.so: undefined symbol: THPVariableClass", "library-symbol", &["import torch before"])]
#[case("/x/flash_attn_2_cuda.cpython-310-x86_64-linux-gnu.so: undefined symbol: _ZN2at4_ops9_pad_enum4callERKNS_6TensorEN3c108ArrayRefINS5_6SymIntEEElNS5_8optionalIdEE", "library-symbol", &["PyTorch"])]
#[case("/x/torch/lib/libtorch_cpu.so: undefined symbol: iJIT_NotifyEvent", "library-symbol", &["MKL"])]
#[case("/x/torch/lib/../../nvidia/cusparse/lib/libcusparse.so.12: undefined symbol: __nvJitLinkAddData_12_1, version libnvJitLink.so.12", "library-symbol", &["libnvJitLink.so.12"])]
#[case("/x/grid_sampler_cuda.cpython-37m-x86_64-linux-gnu.so: undefined symbol: _Z23my_grid_sampler_2d_cudaRKN2at6TensorES2_b", "undefined-symbol", &["left out"])]
#[case("ImportError: /usr/lib/x86_64-linux-gnu/libc.so: invalid ELF header", "glibc-musl", &["musl"])]
#[case("python: symbol lookup error: /x/_spam.so: undefined symbol: __intel_sse2_strlen", "compiler-runtime", &["Intel"])]
#[case("/x/lib/libblas.so: undefined symbol: _gfortran_concat_string", "compiler-runtime", &["Fortran"])]
#[case("OSError: [Errno 8] Exec format error: '/x/chromedriver'", "elf-machine", &["another processor"])]
fn linux(#[case] text: &str, #[case] kind: &str, #[case] words: &[&str]) {
    check(text, kind, words);
}

/// Alpine Linux, Android, FreeBSD.
#[rstest]
#[case("Error relocating /x/numpy/core/../.libs/libopenblasp-r0-39a31c03.2.18.so: __register_atfork: symbol not found", "musl-glibc", &["Alpine", "musllinux"])]
#[case("Error relocating /usr/lib/python3.9/site-packages/_spam.so: __memcpy_chk: symbol not found", "musl-glibc", &[])]
#[case("Error relocating /usr/local/bin/../lib/libpython3.12.so.1.0: pwritev2: symbol not found", "musl-version", &["1.2.5"])]
#[case("Error loading shared library ld-linux-x86-64.so.2: No such file or directory (needed by /x/grpc/_cython/cygrpc.so)", "musl-glibc", &["cygrpc.so"])]
#[case("Error loading shared library libstdc++.so.6: No such file or directory (needed by /x/pandas/_libs/window.so)", "library-missing", &["apk add libstdc++"])]
#[case("Error relocating /x/dockerfile.abi3.so: (null): initial-exec TLS resolves to dynamic definition in /x/dockerfile.abi3.so", "static-tls", &["musl"])]
#[case("Error relocating /x/a.so: _PyThreadState_UncheckedGet: symbol not found", "capi-private-removed", &[])]
#[case("ImportError: dlopen failed: couldn't map \"/storage/emulated/0/x.so\" segment 0: Permission denied", "map-segment", &["Android"])]
#[case("ImportError: dlopen failed: cannot locate symbol \"PyExc_ValueError\" referenced by \"/data/x/_spam.so\"...", "capi-not-visible", &[])]
#[case("ImportError: dlopen failed: library \"libpython3.8.so\" not found", "libpython-missing", &["3.8"])]
#[case("ImportError: /usr/local/lib/python3.9/site-packages/_spam.so: Undefined symbol \"_PyUnicode_Ready\"", "capi-not-visible", &[])]
#[case("ImportError: Shared object \"libthr.so.3\" not found, required by \"_spam.so\"", "library-missing", &["libthr.so.3"])]
fn other_unix(#[case] text: &str, #[case] kind: &str, #[case] words: &[&str]) {
    check(text, kind, words);
}

/// macOS.
#[rstest]
#[case("dlopen(/x/pydantic_core/_pydantic_core.cpython-310-darwin.so, 0x0002): tried: '/x/pydantic_core/_pydantic_core.cpython-310-darwin.so' (mach-o file, but is an incompatible architecture (have 'x86_64', need 'arm64')), '/System/Volumes/Preboot/Cryptexes/OS/x/_pydantic_core.cpython-310-darwin.so' (no such file)", "macho-arch", &["x86_64 alone", "runs as arm64"])]
#[case("dlopen(/x/_cffi_backend.cpython-38-darwin.so, 2): no suitable image found.  Did find:\n\t/x/_cffi_backend.cpython-38-darwin.so: mach-o, but wrong architecture", "macho-arch", &["_cffi_backend"])]
#[case("dlopen(/x/_pyo.so, 2): Symbol not found: __Py_ZeroStruct\n  Referenced from: /x/_pyo.so\n  Expected in: flat namespace\n in /x/_pyo.so", "capi-python2", &["_Py_ZeroStruct"])]
#[case("dlopen(/x/ncnn.so, 2): Symbol not found: __PyThreadState_Current\n  Referenced from: ~/x/ncnn.so\n  Expected in: flat namespace\n in ~/x/ncnn.so", "capi-private-removed", &["2.7 to 3.6"])]
#[case("dlopen(/Users/x/imp/lib/_IMP_kernel.so, 2): Symbol not found: _PyBytes_AsString\n  Referenced from: /Users/x/imp/lib/_IMP_kernel.so\n  Expected in: flat namespace", "capi-python3", &["PyBytes_AsString"])]
#[case("dlopen(/Library/Frameworks/Python.framework/Versions/3.10/lib/python3.10/site-packages/my_pb_mod.cpython-310-darwin.so, 0x0002): symbol not found in flat namespace '_PyInt_FromSsize_t'", "capi-python2", &["PyInt_FromSsize_t"])]
#[case("dlopen(/x/talib/_ta_lib.cpython-310-darwin.so, 0x0002): symbol not found in flat namespace '_TA_ACCBANDS'", "undefined-symbol", &["TA_ACCBANDS"])]
#[case("dlopen(/x/_pyo.cpython-38-darwin.so, 0x0002): symbol not found in flat namespace '_Pm_Close'", "library-symbol", &["PortMidi"])]
#[case("dlopen(/x/bplib/_bplib.abi3.so, 2): Symbol not found: _ERR_new\nReferenced from: /x/bplib/_bplib.abi3.so\n  Expected in: flat namespace", "library-symbol", &["OpenSSL"])]
#[case("dlopen(/x/mpi4py/MPI.cpython-39-darwin.so, 0x0002): symbol not found in flat namespace (_OMPI_C_MPI_COMM_NULL_COPY_FN)", "library-symbol", &["MPI"])]
#[case("dlopen(/x/_psycopg.cpython-38-darwin.so, 2): Library not loaded: libssl.1.1.dylib\n  Referenced from: /x/_psycopg.cpython-38-darwin.so\n  Reason: image not found", "library-missing", &["libssl.1.1.dylib", "otool"])]
#[case("dlopen(/x/lightgbm/lib_lightgbm.dylib, 0x0006): Library not loaded: @rpath/libomp.dylib\n  Referenced from: <D44045CD-B874-3A27-9A61-F131D99AACE4> /x/lightgbm/lib_lightgbm.dylib\n  Reason: tried: '/opt/homebrew/opt/libomp/lib/libomp.dylib' (no such file)", "library-missing", &["brew install libomp"])]
#[case("dyld: Library not loaded: @executable_path/../.Python\n  Referenced from: /x/venv/bin/python", "libpython-missing", &[])]
#[case("dlopen(/x/numpy/core/_multiarray_umath.cpython-312-darwin.so, 0x0002): tried: '/x/numpy/core/_multiarray_umath.cpython-312-darwin.so' (code signature in <4B244C37-40C5-380A-9FCF-3FE515E61AAA> '/x/numpy/core/_multiarray_umath.cpython-312-darwin.so' not valid for use in process: library load disallowed by system policy)", "macho-signature", &["quarantine"])]
#[case("dlopen(/usr/local/lib/libcrypto.dylib, 0x0006): tried: '/usr/local/lib/libcrypto.dylib' (code signature in <2408EF3F-918D-3BCB-ADB7-F7DE7EDFE1C7> '/x/libcrypto.3.dylib' not valid for use in process: mapped file has no cdhash, completely unsigned? Code has to be at least ad-hoc signed.)", "macho-signature", &["codesign"])]
#[case("OSError: [Errno 86] Bad CPU type in executable: '/opt/anaconda3/bin/python'", "cpu-type", &["Rosetta"])]
#[case("dlopen(/x/_spam.so, 2): Symbol not found: _clock_gettime\n  Referenced from: /x/_spam.so (which was built for Mac OS X 10.12)\n  Expected in: /usr/lib/libSystem.B.dylib\n in /x/_spam.so", "macos-version", &["newer macOS"])]
#[case("OMP: Error #15: Initializing libiomp5.dylib, but found libomp.dylib already initialized.", "openmp-twice", &["conda-forge"])]
fn macos(#[case] text: &str, #[case] kind: &str, #[case] words: &[&str]) {
    check(text, kind, words);
}

/// Windows, in several languages.
#[rstest]
#[case("ImportError: DLL load failed while importing duckdb: The specified module could not be found.", "dll-dependency", &["Visual C++", "duckdb"])]
#[case("ImportError: DLL load failed: 找不到指定的模块。", "dll-dependency", &["Visual C++"])]
#[case("ImportError: DLL load failed while importing cv2: Le module spécifié est introuvable.", "dll-dependency", &["cv2"])]
#[case("ImportError: DLL load failed: No se puede encontrar el módulo especificado.", "dll-dependency", &[])]
#[case("ImportError: DLL load failed: Не найден указанный модуль.", "dll-dependency", &[])]
#[case("ImportError: DLL load failed: 指定されたモジュールが見つかりません。", "dll-dependency", &[])]
#[case("OSError: [WinError 126] The specified module could not be found. Error loading \"C:\\x\\torch\\lib\\fbgemm.dll\" or one of its dependencies.", "dll-dependency", &[])]
#[case("ImportError: DLL load failed while importing cdmapi: %1 is not a valid Win32 application", "dll-bitness", &["32-bit"])]
#[case("ImportError: DLL load failed: %1 不是有效的 Win32 应用程序。", "dll-bitness", &[])]
#[case("ImportError: DLL load failed: The specified procedure could not be found.", "dll-procedure", &["another version"])]
#[case("ImportError: DLL load failed while importing QtCore: Die angegebene Prozedur wurde nicht gefunden.", "dll-procedure", &["QtCore"])]
#[case("ImportError: DLL load failed while importing onnxruntime_pybind11_state: 动态链接库(DLL)初始化例程失败。", "dll-init", &[])]
#[case("OSError: [WinError 1114] A dynamic link library (DLL) initialization routine failed. Error loading \"C:\\x\\c10.dll\" or one of its dependencies.", "dll-init", &[])]
#[case("ImportError: DLL load failed while importing _pynini: 内存资源不足，无法处理此命令。", "dll-memory", &[])]
#[case("OSError: [WinError 1455] The paging file is too small for this operation to complete. Error loading \"C:\\x\\cufft64_10.dll\" or one of its dependencies.", "dll-memory", &["paging file"])]
#[case("ImportError: DLL load failed while importing _multiarray_umath: An Application Control policy has blocked this file.", "dll-blocked", &[])]
#[case("ImportError: Module use of python39.dll conflicts with this version of Python.", "python-dll-conflict", &["Python 3.9"])]
#[case("File \"C:\\x\\Python38\\lib\\socket.py\", line 49\nImportError: Module use of python36.dll conflicts with this version of Python.", "python-dll-conflict", &["Python 3.6", "PYTHONPATH"])]
#[case("FileNotFoundError: Could not find module 'C:\\x\\libvlc.dll' (or one of its dependencies). Try using the full path with constructor syntax.", "dll-dependency", &["libvlc.dll"])]
#[case("Process finished with exit code -1073741795 (0xC000001D)", "cpu-sigill", &[])]
#[case("Process finished with exit code -1073741819 (0xC0000005)", "crash", &[])]
#[case("ImportError: DLL load failed: The application has failed to start because its side-by-side configuration is incorrect.", "dll-side-by-side", &["2008"])]
fn windows(#[case] text: &str, #[case] kind: &str, #[case] words: &[&str]) {
    check(text, kind, words);
}

/// The interpreter and the tools that modules are made with.
#[rstest]
#[case("<frozen importlib._bootstrap>:491: RuntimeWarning: The global interpreter lock (GIL) has been enabled to load module 'cyipopt.ipopt_wrapper', which has not declared that it can run safely without the GIL.", "ft-gil-warning", &["Only a warning", "cyipopt.ipopt_wrapper"])]
#[case("RuntimeError: module compiled against API version 0xe but this version of numpy is 0xd", "numpy-api", &["1.20 and 1.21", "1.16 to 1.19"])]
#[case("RuntimeError: module compiled against ABI version 0x1000009 but this version of numpy is 0x2000000", "numpy-api", &["NumPy 1 and the other NumPy 2"])]
#[case("SystemError: PY_SSIZE_T_CLEAN macro must be defined for '#' formats", "capi-ssize-t", &["3.10"])]
#[case("ImportError: Python version mismatch: module was compiled for Python 3.10, but the interpreter version is incompatible: 3.9.10 (main, May 23 2023, 12:55:28) [GCC 11.3.0].", "version-check", &["3.10", "3.9.10", "pybind11"])]
#[case("ImportError: Python version mismatch: module was compiled for version 2.7, while the interpreter is running version 3.6.", "version-check", &["2.7", "3.6"])]
#[case("SystemError: initialization of _psycopg raised unreported exception", "init-unreported", &["_psycopg"])]
#[case("ImportError: dynamic module does not define init function (initctl)", "init-missing", &["Python 3"])]
#[case("ImportError: dynamic module does not define module export function (PyInit_libfastpython)", "init-missing", &["PyInit_libfastpython"])]
#[case("SystemError: init function of spam returned uninitialized object", "init-uninitialized", &["free-threaded"])]
#[case("SystemError: dynamic module not initialized properly", "init-uninitialized", &[])]
#[case("SystemError: module spam uses unknown slot ID 85", "slot-unknown", &["3.15", "newer"])]
#[case("SystemError: module _spam uses unknown slot ID 4", "slot-unknown", &["Py_mod_gil"])]
#[case("ImportError: PyO3 modules may only be initialized once per interpreter process", "subinterpreter", &["PyO3"])]
#[case("builtins.ImportError: Interpreter change detected - this module can only be loaded into one interpreter per process.", "subinterpreter", &["mod_wsgi"])]
#[case("ImportError: PyO3 modules do not yet support subinterpreters, see https://github.com/PyO3/pyo3/issues/576", "subinterpreter", &[])]
#[case("ValueError: numpy.ndarray size changed, may indicate binary incompatibility. Expected 88 from C header, got 80 from PyObject", "numpy-size", &["older", "upgrade NumPy"])]
#[case("ValueError: numpy.dtype size changed, may indicate binary incompatibility. Expected 96 from C header, got 88 from PyObject", "numpy-size", &["built for NumPy 1, and NumPy 2 runs"])]
#[case("RuntimeWarning: greenlet.greenlet size changed, may indicate binary incompatibility. Expected 144 from C header, got 152 from PyObject", "type-size", &["greenlet.greenlet"])]
#[case("ImportError: \nA module that was compiled using NumPy 1.x cannot be run in\nNumPy 2.2.6 as it may crash. To support both 1.x and 2.x", "numpy-two", &["2.2.6", "numpy<2"])]
#[case("AttributeError: _ARRAY_API not found\nImportError: numpy.core._multiarray_umath failed to import", "numpy-two", &[])]
#[case("ImportError: numpy.core.multiarray failed to import", "numpy-multiarray", &[])]
#[case("TypeError: Descriptors cannot not be created directly.\nIf this call came from a _pb2.py file, your generated code is out of date and must be regenerated with protoc >= 3.19.0.", "protobuf-generated", &["3.20"])]
#[case("ImportError: cannot import name '_pymemsurfer' from partially initialized module 'memsurfer' (most likely due to a circular import)", "native-module-missing", &["memsurfer"])]
#[case("AttributeError: partially initialized module 'instructor' has no attribute 'patch' (most likely due to a circular import)", "circular-import", &["same name"])]
#[case("ImportError: cannot import name 'sampling' from partially initialized module 'pymnet' (most likely due to a circular import)", "circular-import", &[])]
#[case("ModuleNotFoundError: No module named 'pydantic_core._pydantic_core'", "native-module-missing", &["another version of Python or another system"])]
#[case("ModuleNotFoundError: No module named '_ctypes'", "stdlib-native-missing", &["libffi-dev"])]
#[case("ModuleNotFoundError: No module named 'distutils'", "stdlib-removed", &["3.11", "setuptools"])]
#[case("AttributeError: module 'lib' has no attribute 'X509_V_FLAG_CB_ISSUER_CHECK'", "pyopenssl-cryptography", &["pyOpenSSL"])]
#[case("AttributeError: type object 'thinc.linalg.array' has no attribute '__reduce_cython__'", "cython-api", &[])]
#[case("ImportError: bad magic number in 'spam': b'\\x03\\xf3\\r\\n'", "magic-number", &[".pyc"])]
#[case("Fatal Python error: PyThreadState_Get: no current thread\nAbort trap: 6", "two-pythons", &["libpython"])]
#[case("Fatal Python error: init_fs_encoding: failed to get the Python codec of the filesystem encoding\nPython runtime state: core initialized\nModuleNotFoundError: No module named 'encodings'", "python-home", &["PYTHONHOME"])]
#[case("Fatal Python error: Segmentation fault\n\nCurrent thread 0x00007f (most recent call first):", "crash", &["faulthandler"])]
#[case("free(): invalid pointer\nAborted (core dumped)", "heap-corruption", &[])]
#[case("ImportError: spam: only compatible with free-threaded CPython", "abi-info", &["GIL"])]
#[case("ERROR: spam-1.0-cp38-cp38-win_amd64.whl is not a supported wheel on this platform.", "wheel-unsupported", &["cp38-cp38-win_amd64"])]
#[case("ImportError: generic_type: type \"QuantLib\" is already registered!", "pybind11-duplicate", &[])]
#[case("Exception: Version mismatch: this is the 'cffi' package version 1.14.3, located in '/x/cffi/api.py'.  When we import the top-level '_cffi_backend' extension module, we get version 1.14.0, located in '/y/_cffi_backend.so'.  The two versions should be equal", "cffi-version", &["1.14.3"])]
#[case("src/fncls.c:24176:19: warning: implicit declaration of function ‘_PyGen_Send’; did you mean ‘_PyGen_yf’? [-Wimplicit-function-declaration]", "build-c-api", &["3.3 to 3.9"])]
#[case("fatal error: longintrepr.h: No such file or directory", "build-c-api", &["3.11"])]
#[case("LINK : fatal error LNK1104: cannot open file 'python313t.lib'", "python-lib-missing", &[])]
fn interpreter(#[case] text: &str, #[case] kind: &str, #[case] words: &[&str]) {
    check(text, kind, words);
}

/// What is not about extension modules has no answer.
#[rstest]
#[case("KeyError: 'spam'")]
#[case("requests.exceptions.ConnectionError: HTTPSConnectionPool(host='x', port=443): Max retries exceeded")]
#[case("TypeError: unsupported operand type(s) for +: 'int' and 'str'")]
#[case("OSError: [Errno 28] No space left on device")]
#[case("MemoryError: Unable to allocate 8.00 GiB for an array with shape (32768, 32768)")]
#[case("UnicodeDecodeError: 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte")]
#[case("PermissionError: [Errno 13] Permission denied: '/etc/shadow'")]
#[case("SyntaxError: invalid syntax")]
#[case("fatal: not a git repository (or any of the parent directories): .git")]
#[case("RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB")]
#[case("AttributeError: module 'numpy' has no attribute 'float'")]
fn unknown(#[case] text: &str) {
    assert_eq!(causes(text), Vec::new());
}
