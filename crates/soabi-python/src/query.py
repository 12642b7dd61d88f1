# Says who this interpreter is: one line on stdout, the marker and then a JSON object.
#
# Runs on every Python from 2.7 on. It imports nothing but `os` and `sysconfig`, which even a distribution's
# "minimal" package has (`json` is not in Debian's), and no `__future__`, which is a file that somebody may
# have in the current folder. Known trouble is an answer too, with exit status 0; any other end is a crash.
# What is named here need not exist: the reader looks at the disk.

import sys

# `-c` puts the current folder first, and 2.7 has no flag against it: nobody's `os.py` may run here.
sys.path[:] = [entry for entry in sys.path if entry]

MARKER = "soabi-answer: "

try:
    import os
    import sysconfig
except ImportError:  # As in a virtual environment of 2.7, where only `site` knows the library. No codec works.
    message = '"message": "its standard library is not there"'
    sys.stdout.write('\n%s{"result": "error", "kind": "no_standard_library", %s}\n' % (MARKER, message))
    sys.exit(0)


class Refusal(Exception):
    def __init__(self, kind, message):
        Exception.__init__(self, message)
        self.kind = kind
        self.message = message


def encode(value):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join([encode(item) for item in value]) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join([encode(key) + ": " + encode(value[key]) for key in sorted(value)]) + "}"
    if isinstance(value, bytes):
        value = value.decode("utf-8")  # A `str` of Python 2.
    value = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join([char if char >= " " else "\\u%04x" % ord(char) for char in value]) + '"'


def unique(values):
    return [value for at, value in enumerate(values) if value and value not in values[:at]]


def implementation():
    if hasattr(sys, "implementation"):
        return sys.implementation.name
    return "pypy" if "__pypy__" in sys.builtin_module_names else "cpython"


def version():
    major, minor, micro, level, serial = sys.version_info[:5]
    stage = {"alpha": "a", "beta": "b", "candidate": "rc"}.get(level)
    return "%d.%d.%d%s" % (major, minor, micro, "%s%d" % (stage, serial) if stage else "")


def suffixes():
    if sys.version_info[0] == 2:
        import imp

        return [suffix for suffix, _, kind in imp.get_suffixes() if kind == imp.C_EXTENSION]
    import _imp

    return _imp.extension_suffixes()


def include_dirs(paths, build, base_prefix):
    """Where `Python.h` may be, the likeliest first; a relocated build remembers a folder it never had."""
    include = os.path.join(base_prefix, "include", "python%d.%d" % sys.version_info[:2])
    named = include + getattr(sys, "abiflags", "")
    dirs = [paths.get("include"), build.get("INCLUDEPY"), named]
    if sys.version_info[0] == 2 and hasattr(sys, "gettotalrefcount"):
        dirs.insert(0, include + "_d")  # As Debian has them: 2.7 itself does not tell its debug headers apart.
    return unique(dirs)


def libpython(build, base_prefix, executable):
    """Where the shared library may be, the likeliest first. Nowhere for a build without one."""
    names = [build.get("INSTSONAME"), build.get("LDLIBRARY")]
    names = [name for name in unique(names) if not name.endswith(".a")]
    if implementation() == "pypy":
        names.append("libpypy%d.%d-c.so" % sys.version_info[:2])  # Up to 7.3 it names that of another version.
    lib = os.path.join(base_prefix, "lib")
    folders = [build.get("LIBDIR"), lib, os.path.join(base_prefix, "lib64")]
    folders += [os.path.join(folder, build.get("MULTIARCH") or "") for folder in unique([build.get("LIBDIR"), lib])]
    folders += [build.get("PYTHONFRAMEWORKPREFIX"), build.get("LIBPL"), os.path.dirname(executable)]
    return [os.path.join(folder, name) for folder in unique(folders) for name in names]


def answer():
    if sys.version_info < (2, 7):
        raise Refusal("too_old", "Python %s is older than 2.7" % version())
    try:
        build, paths = sysconfig.get_config_vars(), sysconfig.get_paths()
    except ImportError:
        raise Refusal("no_build_record", "its build record is not there: %s" % sys.exc_info()[1])
    executable = os.path.realpath(sys.executable) if sys.executable else ""
    base_prefix = getattr(sys, "base_prefix", sys.prefix)
    counts_references = hasattr(sys, "gettotalrefcount")
    return {
        "result": "success",
        "implementation": implementation(),
        "version": version(),
        "hexversion": sys.hexversion,
        "abiflags": getattr(sys, "abiflags", None),
        "counts_references": counts_references,
        "pymalloc": bool(build.get("WITH_PYMALLOC", True)),
        "soabi": build.get("SOABI") or None,
        "ext_suffixes": suffixes(),
        "pointer_bits": 64 if sys.maxsize > 2**32 else 32,
        "debug": bool(build.get("Py_DEBUG", counts_references)),
        "gil_disabled": bool(build.get("Py_GIL_DISABLED")),
        "wide_unicode": sys.maxunicode > 0xFFFF,
        "platform": sysconfig.get_platform(),
        "multiarch": build.get("MULTIARCH") or None,
        "include_dirs": include_dirs(paths, build, base_prefix),
        "platinclude": paths.get("platinclude"),
        "libpython": libpython(build, base_prefix, executable),
        "executable": executable,
        "prefix": sys.prefix,
        "base_prefix": base_prefix,
    }


def line(value):
    data = "\n" + MARKER + encode(value) + "\n"
    return data if isinstance(data, bytes) else data.encode("utf-8")


def main():
    try:
        data = line(answer())
    except Refusal:
        trouble = sys.exc_info()[1]
        data = line({"result": "error", "kind": trouble.kind, "message": trouble.message})
    except UnicodeError:
        data = line({"result": "error", "kind": "not_utf8", "message": "a path in its answer is not UTF-8"})
    stdout = getattr(sys.stdout, "buffer", sys.stdout)
    stdout.write(data)
    stdout.flush()


main()
