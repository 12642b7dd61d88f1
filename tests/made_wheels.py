"""Wheels for the tests of the services that call soabi: one that is in order, one with a file that cannot be read, one
that lies. They need no compiler."""

import base64
import hashlib
import pathlib
import sys
import zipfile


def make(folder, tag, members):
    """Packs a wheel of `spam 1.0` with this tag and a whole RECORD. Returns its path."""
    members = dict(members)
    info = "spam-1.0.dist-info/"
    pure = "true" if tag.endswith("none-any") else "false"
    members[info + "METADATA"] = b"Metadata-Version: 2.1\nName: spam\nVersion: 1.0\n"
    members[info + "WHEEL"] = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: {}\nTag: {}\n".format(pure, tag).encode()
    rows = []
    for name, data in members.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
        rows.append("{},sha256={},{}\n".format(name, digest, len(data)))
    rows.append(info + "RECORD,,\n")
    members[info + "RECORD"] = "".join(rows).encode()
    path = pathlib.Path(folder, "spam-1.0-{}.whl".format(tag))
    with zipfile.ZipFile(str(path), "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def native():
    """A native file that every Python on this machine has, whatever it is: the interpreter's own."""
    return pathlib.Path(sys.executable).resolve().read_bytes()


def good(folder):
    return make(folder, "py3-none-any", {"spam/__init__.py": b""})


def unexamined(folder):
    return make(folder, "cp39-abi3-manylinux_2_17_x86_64", {"spam/_spam.abi3.so": b"\x7fELF\x02\x01\x01" + b"\0" * 80})


def liar(folder):
    """A wheel for any platform, with a native file."""
    return make(folder, "cp311-none-any", {"spam/_spam.abi3.so": native()})
