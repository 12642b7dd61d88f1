#!/usr/bin/env python3
"""Prints the conda recipe and the Homebrew formula of a release.

usage: release.py URL FILE [HOMEPAGE]

URL is where the source distribution FILE is published.
"""
import hashlib
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent


def main(arguments):
    if len(arguments) not in (2, 3):
        sys.exit(__doc__)
    url, file = arguments[0], pathlib.Path(arguments[1])
    homepage = arguments[2] if len(arguments) == 3 else url
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    formula = (HERE / "homebrew/soabi.rb").read_text().split("class Soabi", 1)[1]
    for name, value in (("@URL@", url), ("@SHA256@", digest), ("@HOMEPAGE@", homepage)):
        formula = formula.replace(name, value)
    recipe = (HERE / "conda/recipe.yaml").read_text().split("schema_version", 1)[1]
    place = "  path: ../..\n"
    assert place in recipe, "the recipe has another source"
    recipe = recipe.replace(place, "  url: {}\n  sha256: {}\n".format(url, digest))
    print("# recipe.yaml\nschema_version" + recipe)
    print("# soabi.rb\nclass Soabi" + formula, end="")


if __name__ == "__main__":
    main(sys.argv[1:])
