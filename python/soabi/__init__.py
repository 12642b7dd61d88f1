"""soabi from Python: the bundled program, called in a child process.

>>> import soabi
>>> report = soabi.audit("dist/spam-1.0-cp39-abi3-manylinux_2_17_x86_64.whl")
>>> report["schema"]
'soabi/audit/v1'
>>> report["summary"]["errors"]
0
"""

import json
import os
import subprocess
import sys
import sysconfig
from typing import Any, Dict, List, Sequence, Union

__all__ = ["SoabiError", "audit", "find_program"]

Path = Union[str, "os.PathLike[str]"]


class SoabiError(Exception):
    """The program could not answer. Its words are the message."""


def find_program() -> str:
    """The path of the `soabi` that was installed with this package.

    It stands in the scripts folder of the environment, of the user, or of `pip install --target`.
    """
    name = "soabi" + (sysconfig.get_config_var("EXE") or "")
    user_scheme = {"nt": "nt_user"}.get(os.name, "posix_user")
    here = os.path.dirname(os.path.abspath(__file__))
    folders = [
        sysconfig.get_path("scripts"),
        sysconfig.get_path("scripts", scheme=user_scheme),
        os.path.join(os.path.dirname(here), "bin"),
    ]
    for folder in folders:
        program = os.path.join(folder, name)
        if os.path.isfile(program):
            return program
    raise SoabiError("the program `{}` is in none of: {}".format(name, ", ".join(folders)))


def audit(*inputs: Path, python: Union[str, Sequence[str]] = ()) -> Dict[str, Any]:
    """Audits wheels, extension modules and folders. Returns the report, in the format `soabi/audit/v1`.

    `python` names interpreters that have to load every module, as `soabi audit --python` does: `"3.13"`, `"3.9.."`,
    `["3.13t", "3.14t"]`.

    Runs nothing of what it reads. Neither findings nor inputs that could not be read are exceptions: they are in
    the report (`summary`). Raises `SoabiError` where the program gives no report at all.
    """
    if not inputs:
        raise TypeError("audit() needs at least one wheel, module or folder")
    command: List[str] = [find_program(), "audit", "--format", "json"]
    for selection in [python] if isinstance(python, str) else python:
        command += ["--python", selection]
    done = subprocess.run(
        command + ["--"] + [os.fspath(path) for path in inputs],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        report: Dict[str, Any] = json.loads(done.stdout.decode("utf-8"))
    except ValueError:
        words = done.stderr.decode(sys.getfilesystemencoding(), "replace").strip()
        raise SoabiError(words or "exit status {} and no report".format(done.returncode)) from None
    return report
