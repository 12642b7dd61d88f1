"""`python -m soabi` is `soabi`."""

import os
import subprocess
import sys

from . import SoabiError, find_program


def main() -> int:
    try:
        command = [find_program()] + sys.argv[1:]
    except SoabiError as error:
        sys.stderr.write("error: {}\n".format(error))
        return 2
    if os.name == "posix":
        os.execv(command[0], command)
    return subprocess.call(command)


if __name__ == "__main__":
    sys.exit(main())
