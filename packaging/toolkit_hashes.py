#!/usr/bin/env python3
"""Writes crates/spam-toolkits/hashes.txt again: the hashes of every file of the releases that the toolkits name.

It uses the network, through the user's own uv.
"""
import pathlib
import re
import subprocess
import sys

TOOLKITS = pathlib.Path(__file__).resolve().parent.parent / "crates/spam-toolkits"
HEAD = "# Every file of the releases that toolkits need, as the index has them; `just toolkit-hashes` writes this.\n"
# uv asks for which Python; some releases are for new ones and others for old ones only.
PYTHONS = ["3.12", "3.8", "3.9", "3.10", "3.7"]


def main():
    texts = [path.read_text() for path in sorted(TOOLKITS.glob("toolkits/*.toml"))]
    named = sorted({found for text in texts for found in re.findall(r'"([A-Za-z0-9_-]+==[^"]+)"', text)})
    (TOOLKITS / "hashes.txt").write_text(HEAD + "".join(hashes(requirement) for requirement in named))


def hashes(requirement):
    for python in PYTHONS:
        command = ["uv", "pip", "compile", "--quiet", "--no-deps", "--no-header", "--no-annotate", "--generate-hashes"]
        finished = subprocess.run(command + ["--python-version", python, "-"], input=requirement.encode(),
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if finished.returncode == 0 and finished.stdout:
            return finished.stdout.decode()
    sys.exit("{}: {}".format(requirement, finished.stderr.decode("utf-8", "replace")))


if __name__ == "__main__":
    main()
