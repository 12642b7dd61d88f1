# soabi: recipes. `just` lists them; `just test-all` is what has to pass.

set shell := ["bash", "-euo", "pipefail", "-c"]

# list the recipes
default:
    @just --list --unsorted

# everything that has to pass: formatting, lints, unit tests, the matrices
[group('check')]
test-all: fetch fmt-check clippy test-portable test-unit test-matrix

# the two recipes that matter, where there is nothing but Debian 12 and Rust; as root, with debootstrap and the network
[group('check')]
fresh *DIR:
    ci/fresh.sh {{DIR}}

# formatting, as rustfmt wants it
[group('check')]
fmt-check:
    cargo fmt --all --check

# lints; a warning is an error
[group('check')]
clippy:
    cargo clippy --workspace --all-targets --locked -- -D warnings

# the program that only audits, in pure Rust, as it is built where there is no Unix and no C compiler
[group('check')]
test-portable:
    cargo clippy --package soabi --no-default-features --locked -- -D warnings
    cargo test --package soabi-wheel --package soabi-audit --no-default-features --locked --quiet

# licences, sources and duplicates of the dependencies, as deny.toml allows them; `just deny advisories` uses the network
[group('check')]
deny *WHAT='bans licenses sources':
    cargo deny {{ if WHAT =~ 'advisories' { '' } else { '--offline' } }} --locked check {{WHAT}}

# the unit tests of every crate
[group('check')]
test-unit:
    cargo test --workspace --exclude soabi --locked --quiet
    cargo test --package soabi --locked --bins --quiet

# the tests of the whole program: every specimen in every interpreter, held to the truth table
[group('check')]
test-matrix:
    cargo test --package soabi --locked --test soabi

# the fast loop: the tests of the whole program whose names contain FILTER, such as `just test truth::`
[group('check')]
test FILTER='' *ARGS:
    cargo test --package soabi --locked --quiet --test soabi -- {{FILTER}} {{ARGS}}

# end a matrix, its builds and an audit of the wheels in DIR at random moments, run them again, and look at what is left; `--install ID` uses the network
[group('check')]
test-kills DIR *ARGS:
    cargo build --release --package soabi --locked --quiet
    python3 tests/kills.py target/release/soabi --wheels {{DIR}} {{ARGS}}

# search for inputs that break a reader, MINUTES for each of TARGETS (all); needs nightly and cargo-fuzz. `just test fuzz::` needs neither
[group('check')]
fuzz MINUTES='1' *TARGETS:
    #!/usr/bin/env bash
    set -euo pipefail
    if ! cargo +nightly fuzz --version >/dev/null 2>&1; then
        echo "just fuzz: needs a nightly toolchain and cargo-fuzz (\`cargo install cargo-fuzz\`)" >&2
        exit 2
    fi
    # The targets share what they depend on.
    export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target/fuzz}
    names=$(basename --suffix .rs crates/*/fuzz/fuzz_targets/*.rs | xargs)
    for wanted in {{TARGETS}}; do
        [[ " $names " == *" $wanted "* ]] || { echo "just fuzz: no target \`$wanted\`; there are $names" >&2; exit 2; }
    done
    broken=()
    for target in crates/*/fuzz/fuzz_targets/*.rs; do
        folder=${target%/fuzz_targets/*}
        name=$(basename "$target" .rs)
        [[ -z "{{TARGETS}}" || " {{TARGETS}} " == *" $name "* ]] || continue
        mkdir -p "$folder/corpus/$name"
        cargo +nightly fuzz run --fuzz-dir "$folder" "$name" "$folder/corpus/$name" "$folder/seeds/$name" \
            -- -seed=1 -timeout=10 -print_final_stats=1 -max_total_time=$(({{MINUTES}} * 60)) || broken+=("$name")
    done
    (( ${#broken[@]} == 0 )) || { echo "just fuzz: broken: ${broken[*]}" >&2; exit 1; }

# audit 20,000 damaged native files and 2,000 damaged wheels, made of the wheels in DIR, the same in every run
[group('check')]
mutations DIR *ARGS:
    cargo build --release --package soabi --locked --quiet
    python3 tests/mutations.py target/release/soabi {{DIR}} {{ARGS}}

# the main job: build `spam` for every Python of this machine, and run the matrix
[group('run')]
matrix *ARGS:
    cargo run --release --locked --quiet -- matrix {{ARGS}}

# the HTML reports in a real browser: clicks, filters, the keyboard, without scripts, three widths, speed. Installs Chromium (apt) and playwright-core (npm) where they are missing
[group('check')]
test-html DIR='target/html':
    #!/usr/bin/env bash
    set -euo pipefail
    for tool in node npm; do
        command -v $tool >/dev/null || { echo "just test-html: needs $tool (on Debian: apt-get install nodejs npm)" >&2; exit 2; }
    done
    if ! command -v chromium >/dev/null; then
        echo "just test-html: installing chromium with apt-get, as root" >&2
        apt-get install --yes --quiet chromium >/dev/null
    fi
    if ! test -d target/playwright/node_modules/playwright-core; then
        echo "just test-html: installing playwright-core into target/playwright with npm" >&2
        npm install --silent --no-fund --no-audit --prefix target/playwright playwright-core@1.65.1
    fi
    cargo build --package soabi --locked --quiet
    python3 tests/html/make.py target/debug/soabi {{DIR}}
    PLAYWRIGHT=target/playwright CHROMIUM=$(command -v chromium) node tests/html/browser.mjs {{DIR}}

# the matrix of one interpreter, in a container that has no other; building its image uses the network
[group('run')]
container +IDS: fetch
    cargo build --locked --quiet
    ci/container.sh {{IDS}}

# what the matrix costs, as ratios to what it could cost at least
[group('measure')]
bench *ARGS:
    cargo bench --profile dist --package soabi --locked --bench matrix -- {{ARGS}}

# what an audit costs, as ratios to the peers (`just peers`) and to the least that it could cost
[group('measure')]
bench-audit DIR PEERS='target/peers':
    cargo bench --profile dist --package soabi --locked --bench audit -- {{absolute_path(DIR)}} {{absolute_path(PEERS)}}

# what the two inflaters cost over the native members of the wheels in DIR, and nothing else
[group('measure')]
bench-inflate DIR:
    cargo run --release --package soabi-wheel --locked --quiet --example inflate -- {{DIR}}/*.whl
    cargo run --release --package soabi-wheel --locked --quiet --no-default-features --example inflate -- {{DIR}}/*.whl

# what pip and uv make of ambiguous archives, and whether soabi names them; READERS are Pythons with pip, and uv; `--write`
[group('measure')]
archives +READERS:
    cargo build --package soabi --locked --quiet
    python3 tests/archives/compare.py target/debug/soabi {{READERS}}

# which wheels installers choose, against the real `packaging`, which PYTHON has
[group('measure')]
installers PYTHON='python3' RELEASES='200':
    cargo build --package soabi --locked --quiet
    {{PYTHON}} tests/installers/compare.py target/debug/soabi {{RELEASES}}

# is the auditor right? its answers about the wheels in DIR, against real loads and imports; runs their code
[group('measure')]
accuracy DIR *PART:
    cargo build --release --package soabi --locked --quiet --bins --example accuracy
    cargo run --release --package soabi --locked --quiet --example accuracy -- {{DIR}} {{PART}}

# are definitions read right? what soabi says of the modules of the wheels in DIR, against what interpreters hold; runs their code
[group('measure')]
definitions DIR:
    cargo build --package soabi --locked --quiet
    python3 tests/definitions/compare.py target/debug/soabi {{DIR}}

# `spam` by every toolkit and build backend, for every Python here: does it work, and is it read right? Uses the network
[group('measure')]
toolkits *ARGS:
    cargo build --release --package soabi --locked --quiet
    python3 tests/toolkits.py target/release/soabi {{ARGS}}

# write the hashes of what toolkits are built with again, from the index; with the user's uv
[group('set up')]
toolkit-hashes:
    python3 packaging/toolkit_hashes.py

# where `soabi abi3audit` and abi3audit (`just peers`) differ over the wheels for a stable ABI in DIR; 1: unexplained
[group('measure')]
abi3audit DIR PEERS='target/peers':
    cargo build --release --package soabi --locked --quiet
    python3 tests/abi3audit/compare.py target/release/soabi {{PEERS}}/abi3audit/bin/abi3audit {{DIR}} --answers target/abi3audit

# is the witness right, and what does it cost? `soabi matrix` with 40 of the wheels in DIR, against `unzip` and `python -c`
[group('measure')]
witness DIR *NUMBER:
    cargo build --release --locked --quiet
    python3 tests/witness/compare.py target/release/soabi {{DIR}} {{NUMBER}}

# does the resolver agree with the linkers of glibc and musl, in roots that have nothing but the platform? As root, with debootstrap, musl-tools and the network; runs the code of the wheels in DIR
[group('measure')]
accuracy-root DIR *PART:
    cargo build --release --package soabi-rules --locked --quiet --example accuracy_root
    target/release/examples/accuracy_root --names > target/python-names.s
    tests/corpus/roots.sh target/roots target/python-names.s
    target/release/examples/accuracy_root {{DIR}} target/roots {{PART}}

# what an audit of many small wheels costs for each of them: 100, 1,000 and 10,000 in one folder
[group('measure')]
bench-many:
    cargo build --release --package soabi --locked --quiet
    python3 tests/corpus/many.py target/release/soabi

# write the files in ci/ again, from pythons/
[group('set up')]
ci:
    cargo run --locked --quiet -- ci github --output ci/github.yml
    cargo run --locked --quiet -- ci gitlab --output ci/gitlab.yml
    cargo run --locked --quiet -- ci containers --output ci/containers.tsv

# the files of a new rule: just new-rule executable-stack warning
[group('set up')]
new-rule ID SEVERITY:
    cargo run --package soabi-rules --locked --quiet --example new_rule -- {{ID}} {{SEVERITY}}

# write docs/schema/ again, from the types of the reports and of the configuration
[group('set up')]
schemas:
    cargo run --package soabi-report --features schema --locked --quiet --example schemas
    cargo run --package soabi-audit --features schema --locked --quiet --example config_schema

# write docs/matrix.svg again, the picture of the README: a matrix of C specimens in five Pythons, which have to be here
[group('set up')]
picture:
    cargo run --locked --quiet -- matrix --python cp39,cp310,cp311,cp312,cp313 --rung import \
        --flavor c-single --flavor c-layout --flavor c-abi3 --format svg --output docs/matrix.svg

# the documentation as a site, in target/book; installs mdBook where it is missing, over the network
[group('set up')]
docs: pages
    command -v mdbook >/dev/null || { echo "just docs: installing mdbook with cargo" >&2; cargo install --locked mdbook@0.5.4; }
    mdbook build

# write the generated pages of docs/ again, and the outputs of the commands on all pages
[group('set up')]
pages:
    INSTA_UPDATE=always cargo test --package soabi --locked --quiet --test soabi -- docs::

# write docs/notes.md again, from the claims, and hold the interpreters of this machine to them
[group('set up')]
notes:
    cargo run --locked --quiet -- notes --format markdown --output docs/notes.md

# write docs/why.md again, from the kinds of messages
[group('set up')]
why:
    cargo run --package soabi-why --locked --quiet --example page

# download the crates, those of the PyO3 specimen too; the only recipe of `test-all` that uses the network
[group('set up')]
fetch:
    cargo fetch --locked

# get the interpreters that this machine does not have, all or by id, without root; uses the network. First: --dry-run
[group('set up')]
pythons *ARGS:
    cargo run --release --locked --quiet -- pythons --install {{ARGS}}

# declare an interpreter: its manifest and its column of exports, from the one at PATH or one that is found; then `just derived`
[group('set up')]
new-python ID *PATH:
    cargo run --package soabi --locked --quiet --example new_python -- {{ID}} {{PATH}}
    just derived

# write again everything that follows from pythons/, the tables and the claims
[group('set up')]
derived: ci notes
    INSTA_UPDATE=always cargo test --package soabi-rules --locked --quiet --test rules
    INSTA_UPDATE=always cargo test --package soabi --locked --quiet --test soabi -- audit::formats
    INSTA_UPDATE=always cargo test --package soabi --locked --quiet --test soabi -- explain::

# write the table of the stable ABI again, from FILE: CPython's Misc/stable_abi.toml as tab-separated values
[group('set up')]
stable-abi FILE:
    cargo run --package soabi-rules --locked --quiet --example stable_abi -- {{FILE}}

# download the wheels of tests/corpus/wheels.tsv with pip; uses the network
[group('set up')]
corpus DIR *PARTS:
    python3 tests/corpus/fetch.py {{DIR}} {{PARTS}}

# download the wheels of tests/corpus/more.tsv, for every platform, on which errors were looked for; uses the network
[group('set up')]
corpus-more DIR *PARTS:
    python3 tests/corpus/fetch.py --list tests/corpus/more.tsv {{DIR}} {{PARTS}}

# the auditors that soabi is measured against, each in a virtual environment of its own; uses the network
[group('set up')]
peers DIR='target/peers':
    for peer in abi3audit==0.0.26 abi3t-doctor==0.1.0 auditwheel==6.8.2; do \
        python3 -m venv {{DIR}}/${peer%%==*}; \
        {{DIR}}/${peer%%==*}/bin/pip install --quiet --disable-pip-version-check $peer; \
    done

# rewrite the formatting
[group('set up')]
fmt:
    cargo fmt --all

# the wheel of the program, in DIR, for the glibc of this machine; uses the network, for maturin
[group('set up')]
wheel DIR='target/wheels':
    test -x target/maturin/bin/maturin || { python3 -m venv target/maturin; target/maturin/bin/pip install --quiet --disable-pip-version-check maturin==1.16.0; }
    cargo build --release --package soabi --locked --quiet
    packaging/wheel-data.sh target/release/soabi
    target/maturin/bin/maturin build --profile dist --locked --out {{DIR}}

# the packages of the crates, in the order of their dependencies, each compiled from what it holds; publishes nothing
[group('check')]
crates STAGE='target/crates':
    #!/usr/bin/env bash
    set -euo pipefail
    python3 packaging/crates.py {{STAGE}}
    # To cargo, a package of one version from one place is always the same: each run has a place of its own.
    target=$(mktemp --directory --tmpdir=target packaged.XXXXXX)
    target=$(realpath "$target")
    trap 'rm -rf "$target"' EXIT
    cd {{STAGE}}
    cargo package --workspace --exclude soabi-test --exclude spam-ffi --exclude spam-pyo3 --allow-dirty --target-dir "$target"

# the wheel of the program in fresh virtual environments, of PYTHONS too: the command, the library, pytest, its audit of itself
[group('check')]
test-wheel *PYTHONS: (wheel 'target/wheels')
    python3 tests/wheel.py target/wheels/soabi-*.whl {{PYTHONS}}

# the programs that `just integrations` and its like take, in a virtual environment; uses the network
[group('set up')]
tools DIR='target/tools':
    test -x {{DIR}}/bin/pip || python3 -m venv {{DIR}}
    {{DIR}}/bin/pip install --quiet --disable-pip-version-check --requirement tests/integrations.txt

# what other services call soabi by (action, hooks, templates, recipes, schemas, completions), by their own schemas and programs
[group('check')]
integrations TOOLS='target/tools': (tools TOOLS)
    cargo build --package soabi --locked --quiet
    python3 tests/integrations.py {{TOOLS}} target/debug/soabi

# cibuildwheel's own audit step, with soabi; takes the wheel (`just wheel`)
[group('check')]
test-cibuildwheel TOOLS='target/tools': (tools TOOLS)
    {{TOOLS}}/bin/python tests/cibuildwheel_step.py target/wheels/soabi-*.whl

# the hooks for pre-commit, with the real one; takes the wheel (`just wheel`)
[group('check')]
test-pre-commit TOOLS='target/tools': (tools TOOLS)
    python3 tests/pre_commit.py {{TOOLS}}/bin/pre-commit target/wheels/soabi-*.whl

# the wheel (`just wheel`) where there is nothing but Debian 12 and its Python; as root, with debootstrap and the network
[group('check')]
clean-root WHEELS ROOT='':
    ci/clean-root.sh target/wheels {{WHEELS}} {{ROOT}}

# build for Windows, run in wine, and hold the answers about NUMBER wheels in WHEELS against those of this machine
[group('platforms')]
windows WHEELS='' NUMBER='60':
    ci/platforms/run.sh windows target/platforms/tools {{WHEELS}} {{NUMBER}}

# the same for Linux on aarch64, with zig and qemu
[group('platforms')]
aarch64 WHEELS='' NUMBER='60':
    ci/platforms/run.sh aarch64 target/platforms/tools {{WHEELS}} {{NUMBER}}

# the same for a static program with musl, which only audits
[group('platforms')]
musl WHEELS='' NUMBER='60':
    ci/platforms/run.sh musl target/platforms/tools {{WHEELS}} {{NUMBER}}

# check the types for macOS, on both machines
[group('platforms')]
macos:
    ci/platforms/run.sh macos target/platforms/tools

# is the witness right about wheels of another MACHINE (arm64, armhf, i386, ppc64el, s390x), in its Python, which qemu runs? Without WHEELS it takes those of ten projects; uses the network
[group('platforms')]
witness-machine MACHINE='arm64' WHEELS='':
    ci/platforms/witness.sh target/platforms/tools {{MACHINE}} {{WHEELS}}
