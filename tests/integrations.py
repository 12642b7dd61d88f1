"""Holds everything by which other services call soabi to the schema or the program of that service.

    python3 tests/integrations.py TOOLS SOABI

TOOLS is a virtual environment with the programs of `tests/integrations.txt`, SOABI the program. Exit status 1: something
does not hold. What cannot be checked on this machine is named and counted.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent


class Checks:
    def __init__(self, tools, soabi):
        self.tools, self.soabi = pathlib.Path(tools).resolve(), pathlib.Path(soabi).resolve()
        self.failed = self.passed = 0

    def tool(self, name):
        return str(self.tools / "bin" / name)

    def check(self, what, command, expected=0, **options):
        """Runs a command, which has to end with `expected`. What it says is shown where it does not."""
        options.setdefault("cwd", str(ROOT))
        done = subprocess.run(
            [str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options
        )
        good = done.returncode == expected
        self.say(what, good, done.stdout)
        return done.stdout

    def say(self, what, good, words=""):
        self.passed, self.failed = self.passed + good, self.failed + (not good)
        print("{} {}".format("ok  " if good else "FAIL", what))
        if not good:
            print(words)


def schemas(checks):
    """The files of CI services, by the schemas that check-jsonschema brings."""
    json_schema = checks.tool("check-jsonschema")
    for schema, files in (
        ("vendor.github-actions", ["action.yml"]),
        ("vendor.github-workflows", ["ci/release.yml", "ci/github.yml", "ci/recipes.yml"]),
        ("vendor.gitlab-ci", ["ci/gitlab-template.yml", "ci/gitlab.yml"]),
    ):
        for file in files:
            checks.check("{}: {}".format(schema, file), [json_schema, "--builtin-schema", schema, file])
    checks.check("pre-commit: .pre-commit-hooks.yaml", [checks.tool("pre-commit"), "validate-manifest", ".pre-commit-hooks.yaml"])


def zizmor(checks):
    """Workflows, the action and the hooks, in the places where zizmor looks for them."""
    with tempfile.TemporaryDirectory() as folder:
        here = pathlib.Path(folder)
        (here / ".github/workflows").mkdir(parents=True)
        for file, place in (
            ("ci/release.yml", ".github/workflows/release.yml"),
            ("ci/github.yml", ".github/workflows/soabi.yml"),
            ("ci/recipes.yml", ".github/workflows/recipes.yml"),
            ("action.yml", "action.yml"),
            (".pre-commit-hooks.yaml", ".pre-commit-hooks.yaml"),
        ):
            shutil.copy(str(ROOT / file), str(here / place))
        command = [checks.tool("zizmor"), "--offline", "--quiet", "--strict-collection", "--collect=all"]
        checks.check("zizmor: workflows, action, hooks", command + ["."], cwd=folder)
        checks.check("zizmor --pedantic: release, action, hooks", command + [
            "--pedantic", ".github/workflows/release.yml", "action.yml", ".pre-commit-hooks.yaml"], cwd=folder)


def configuration(checks):
    """The schema of soabi.toml: a schema itself, true of a whole file, false of wrong ones."""
    json_schema = checks.tool("check-jsonschema")
    schema = "docs/schema/soabi.toml.json"
    checks.check("schema of soabi.toml: is a schema", [json_schema, "--check-metaschema", schema])
    with tempfile.TemporaryDirectory() as folder:
        for name, text, expected in (
            ("whole", '[audit]\nselect = ["symbol-capture"]\nfail-on = "warning"\npython = "3.9.."\nformat = "json"\n'
             'allow-unexamined = true\n[audit.severity]\nsymbol-capture = "error"\n'
             '[[audit.ignore]]\nrule = "private-import"\nobject = "a/*.so"\nreason = "on purpose"\n', 0),
            ("empty", "", 0),
            ("an unknown key", '[audit]\nfail_on = "note"\n', 1),
            ("an unknown rule", '[audit]\nselect = ["symbol-capturd"]\n', 1),
            ("no reason", '[[audit.ignore]]\nrule = "private-import"\nreason = ""\n', 1),
        ):
            file = pathlib.Path(folder, "soabi.toml")
            file.write_text(text)
            what = "schema of soabi.toml: {}".format(name)
            checks.check(what, [json_schema, "--schemafile", schema, file], expected)
            # The program and the schema agree about it.
            program = checks.check(what + ", by the program", [checks.soabi, "audit", "--config", file, "nothing.so"], 2)
            refused = "soabi.toml`" in program
            checks.say(what + ": schema and program agree", refused == (expected == 1), program)


def action(checks):
    """The script of the action, with a `uvx` that runs this program, on a wheel with a name that is not easy."""
    with tempfile.TemporaryDirectory() as folder:
        here = pathlib.Path(folder)
        (here / "bin").mkdir()
        uvx = here / "bin/uvx"
        uvx.write_text('#!/bin/sh\n[ "$1" = --from ] || exit 9\necho "$2" >"$RUNNER_TEMP/from"\nshift 3\nexec "$SOABI" "$@"\n')
        uvx.chmod(0o755)
        (here / "dist").mkdir()
        (here / "dist/a module.abi3.so").write_text("no native file")
        base = dict(os.environ, PATH="{}:{}".format(here / "bin", os.environ["PATH"]), SOABI=str(checks.soabi), RUNNER_TEMP=folder)
        for inputs, version, form, code, came_from in (
            ("dist/*.so\n", "", "github", 2, "soabi"),
            ("dist/a module.abi3.so", "0.1.0", "human", 2, "soabi==0.1.0"),
            ("dist/**/*.whl\nnosuch-*.whl", "x/soabi-0.1.0-py3-none-any.whl", "github", 2, "x/soabi-0.1.0-py3-none-any.whl"),
        ):
            output, summary = here / "output", here / "summary"
            output.write_text("")
            summary.write_text("before\n")
            variables = dict(
                base, SOABI_ACTION_INPUTS=inputs, SOABI_ACTION_VERSION=version, SOABI_ACTION_FAIL_ON="error",
                SOABI_ACTION_PYTHON="", SOABI_ACTION_FORMAT=form, GITHUB_OUTPUT=str(output), GITHUB_STEP_SUMMARY=str(summary),
            )
            what = "action: {!r}".format(inputs)
            said = checks.check(what, ["bash", ROOT / "ci/action.sh"], env=variables, cwd=folder)
            outputs = dict(line.split("=", 1) for line in output.read_text().splitlines())
            good = outputs.get("exit-code") == str(code) and (here / "from").read_text().strip() == came_from
            checks.say(what + ": outputs", good, said + output.read_text())
            sarif = json.loads(pathlib.Path(outputs["sarif-file"]).read_text())
            checks.say(what + ": SARIF", sarif["version"] == "2.1.0")
            checks.say(what + ": summary", summary.read_text().startswith("before\n") and len(summary.read_text()) > 20)
        empty = dict(variables, SOABI_ACTION_INPUTS="\n")
        checks.check("action: no inputs", ["bash", ROOT / "ci/action.sh"], 2, env=empty, cwd=folder)


CONDA = """
import pathlib, sys
from rattler_build import RenderConfig, Stage0Recipe, VariantConfig, PlatformConfig
recipe = Stage0Recipe.from_yaml(pathlib.Path(sys.argv[1]).read_text())
variants = VariantConfig.from_dict({"c_compiler": ["gcc"], "c_stdlib": ["sysroot"], "rust_compiler": ["rust"]}) \\
    if hasattr(VariantConfig, "from_dict") else VariantConfig({"c_compiler": ["gcc"], "c_stdlib": ["sysroot"], "rust_compiler": ["rust"]})
rendered = recipe.render(variants)
assert len(rendered) == 1, rendered
print(rendered[0].recipe.package.name, rendered[0].recipe.package.version)
"""


def packages(checks):
    """The container, the conda recipe, and the Homebrew formula."""
    checks.check("hadolint: packaging/Containerfile", [checks.tool("hadolint"), "packaging/Containerfile"])
    rendered = checks.check("rattler-build: packaging/conda/recipe.yaml", [checks.tool("python"), "-c", CONDA, "packaging/conda/recipe.yaml"])
    version = subprocess.check_output([str(checks.soabi), "--version"], text=True).split()[1]
    checks.say("conda: the version is that of the program", version in rendered.split(), rendered)
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "soabi.tar.gz")
        file.write_bytes(b"a source distribution")
        said = checks.check("release.py", [sys.executable, "packaging/release.py", "https://host/soabi.tar.gz", file])
        recipe, formula = said.split("# soabi.rb\n")
        checks.say("release.py: nothing is left to fill in", "@" not in formula and "path: ../.." not in recipe, said)
        whole = pathlib.Path(folder, "recipe.yaml")
        whole.write_text(recipe)
        checks.check("rattler-build: the recipe of a release", [checks.tool("python"), "-c", CONDA, whole])
        ruby = shutil.which("ruby")
        if ruby:
            rb = pathlib.Path(folder, "soabi.rb")
            rb.write_text(formula)
            checks.check("ruby -c: the formula", [ruby, "-c", rb])
        else:
            print("not checked: the formula for Homebrew (no ruby)")


def python_package(checks):
    checks.check("mypy --strict: python/soabi", [checks.tool("mypy"), "--strict", "python/soabi"])


def shells(checks):
    """Each shell that is here reads its completions."""
    for shell, command in (("bash", ["bash", "-n"]), ("zsh", ["zsh", "-n"]), ("fish", ["fish", "--no-execute"])):
        if not shutil.which(command[0]):
            print("not checked: completions for {} (no {})".format(shell, shell))
            continue
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "completions")
            file.write_text(subprocess.check_output([str(checks.soabi), "completions", shell], text=True))
            checks.check("completions: {}".format(shell), command + [file])


def main(arguments):
    if len(arguments) != 2:
        sys.exit(__doc__)
    checks = Checks(*arguments)
    listed = subprocess.check_output([checks.tool("python"), "-m", "pip", "list", "--format", "json"], text=True)
    versions = {package["name"].lower().replace("_", "-"): package["version"] for package in json.loads(listed)}
    wanted = [line.split("==")[0] for line in (ROOT / "tests/integrations.txt").read_text().split() if not line.startswith("#")]
    print(", ".join("{} {}".format(name, versions.get(name.lower().replace("_", "-"), "missing")) for name in wanted))
    for part in (schemas, zizmor, configuration, action, packages, python_package, shells):
        part(checks)
    print("{} checks passed, {} failed".format(checks.passed, checks.failed))
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
