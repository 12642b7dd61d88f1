#!/usr/bin/env bash
# What action.yml runs: one audit, whose reports go into the log, the job summary and two files. The exit status of the
# audit is an output, so that the reports are uploaded before the job fails.
set -euo pipefail

# The bash of macOS is 3.2: it has neither `mapfile` nor `globstar`, and an empty array is an unset variable to it.
shopt -s nullglob
shopt -s globstar 2>/dev/null || true

# stop MESSAGE: an annotation, and the exit status of a wrong command line.
stop() {
    echo "::error title=soabi::$1"
    exit 2
}

files=()
while IFS= read -r pattern || [ -n "$pattern" ]; do
    pattern=${pattern%$'\r'}
    [ -n "$pattern" ] || continue
    # No splitting at spaces: a pattern is a line. What matches nothing stays as it is, and soabi says that it is missing.
    IFS=
    matches=($pattern)
    [ "${#matches[@]}" -gt 0 ] || matches=("$pattern")
    files+=("${matches[@]}")
done <<<"$SOABI_ACTION_INPUTS"
[ "${#files[@]}" -gt 0 ] || stop "no inputs"

case $SOABI_ACTION_VERSION in
    '') from=soabi ;;
    *.whl) from=$SOABI_ACTION_VERSION ;;
    *) from=soabi==$SOABI_ACTION_VERSION ;;
esac
case $SOABI_ACTION_FORMAT in
    github | human) ;;
    *) stop "format is neither github nor human" ;;
esac

folder=$(mktemp -d "${RUNNER_TEMP:-/tmp}/soabi.XXXXXX")
options=(--fail-on "$SOABI_ACTION_FAIL_ON" --format "$SOABI_ACTION_FORMAT"
    --report "sarif=$folder/soabi.sarif" --report "json=$folder/soabi.json" --report "markdown=$folder/summary.md")
[ -z "$SOABI_ACTION_PYTHON" ] || options+=(--python "$SOABI_ACTION_PYTHON")

code=0
uvx --from "$from" soabi audit "${options[@]}" -- "${files[@]}" || code=$?

[ ! -s "$folder/summary.md" ] || cat "$folder/summary.md" >>"$GITHUB_STEP_SUMMARY"
{
    echo "exit-code=$code"
    [ ! -s "$folder/soabi.sarif" ] || echo "sarif-file=$folder/soabi.sarif"
    [ ! -s "$folder/soabi.json" ] || echo "json-file=$folder/soabi.json"
} >>"$GITHUB_OUTPUT"
