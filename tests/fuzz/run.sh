#!/usr/bin/env bash
# run.sh SECONDS [TARGET…]: lets libFuzzer search for that long in each target (all of them unless named) and fails when
# one finds something. Needs the preset `fuzz` built. New inputs are kept in build/fuzz/corpus, findings in
# build/fuzz/findings; a finding that is mended moves to tests/fuzz/corpus.
set -euo pipefail
seconds=${1:?usage: run.sh SECONDS [TARGET…]}
shift
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$here/../../build/fuzz

targets=("$@")
((${#targets[@]})) || mapfile -t targets < <(ls "$here/corpus")

# What people wrote seeds the search too; the fuzzer only reads it.
seeds() {
  echo "$here/corpus/$1"
  case "$1" in
    strict_yaml | motion) echo "$here/../../motion_models/data" ;;
    scenario) echo "$here/../../scenarios/catalog" ;;
    suite) echo "$here/../../scenarios/suites" ;;
    population) echo "$here/../../scenarios/populations" ;;
    mapping) echo "$here/../../services/datasets/mappings" ;;
  esac
}

TMPDIR=$(mktemp -d)
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT

failed=()
for target in "${targets[@]}"; do
  found=$build/findings/$target
  mkdir -p "$build/corpus/$target" "$found"
  mapfile -t known < <(seeds "$target")
  echo "== $target"
  "$build/bin/fuzz_$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=16384 \
    -print_final_stats=1 -verbosity=0 -artifact_prefix="$found/" "$build/corpus/$target" "${known[@]}" ||
    failed+=("$target")
done
if ((${#failed[@]})); then
  echo "Findings in: ${failed[*]} (see build/fuzz/findings)" >&2
  exit 1
fi
