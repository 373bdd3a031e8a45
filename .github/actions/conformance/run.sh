#!/usr/bin/env bash
# The step "Run ssoproof" of the action: turns its inputs, which it finds in the environment, into runs of $SSOPROOF,
# one after the other, and ends as the worst of them. A violation is never masked, and what failed stays failed.
set -euo pipefail

# refuse says what is wrong with an input, as an annotation, and ends the step as a usage error.
refuse() {
  echo "::error title=ssoproof::$1"
  exit 2
}

common=(--stack containers)

# Blanks and line ends both separate, so that a list can be written over several lines.
read -r -d '' -a globs <<<"${ONLY:-}" || true
for glob in "${globs[@]}"; do common+=(--only "$glob"); done

# Quotes keep an argument together, as in a shell; nothing is expanded.
words=$(xargs -r printf '%s\n' <<<"${ARGS:-}" 2>/dev/null) || refuse "the input 'args' has a quote that is not closed"
if [[ -n $words ]]; then
  mapfile -t more <<<"$words"
  common+=("${more[@]}")
fi

status= # of the worst run so far
verdict=
running= # process that an interrupt goes to

# The runner signals this shell only. ssoproof is told, writes what it found and takes its stack down. It is told by TERM:
# a shell starts what runs beside it deaf to INT.
interrupt() {
  [[ -z $running ]] || kill -TERM "$running" 2>/dev/null || true
  interrupted=1
}
interrupted=
trap interrupt INT TERM

# prove DIR AUTHENTIK IMMICH GUIDE: one run
prove() {
  local arguments=("${common[@]}" --out "$1") code=0 one=
  [[ -z $2 ]] || arguments+=(--authentik "$2")
  [[ -z $3 ]] || arguments+=(--immich "$3")
  [[ -z $4 ]] || arguments+=(--guide "$4")
  "$SSOPROOF" run "${arguments[@]}" </dev/null &
  running=$!
  while :; do # a signal ends `wait` and not the program
    code=0
    wait "$running" || code=$?
    kill -0 "$running" 2>/dev/null || break
  done
  running=
  if [[ -f $1/report.json ]]; then one=$(jq -r .verdict "$1/report.json"); fi
  if [[ -f $1/summary.md ]]; then cat "$1/summary.md" >>"$GITHUB_STEP_SUMMARY"; fi
  if [[ -z $status || $code == 1 || $code != 0 && $status != 1 ]]; then
    status=$code
    verdict=$one
  fi
}

# The images of many cells do not fit on a hosted runner, which is thrown away afterwards.
make_room() {
  [[ ${RUNNER_ENVIRONMENT:-} == github-hosted ]] || return 0
  if [[ $(df --output=avail -BG / | tail -1 | tr -dc 0-9) -lt 10 ]]; then docker system prune --all --force >/dev/null; fi
}

prove_cells() {
  local cells cell n=0 authentik immich guide
  cells=$(jq -ce 'if type == "array" and length > 0 and all(type == "object") then .[] else error end' <<<"$CELLS" 2>/dev/null) ||
    refuse "the input 'cells' is not a JSON list of objects with the keys authentik, immich and guide"
  while read -r cell <&3; do
    n=$((n + 1))
    authentik=$(jq -r '.authentik // ""' <<<"$cell")
    immich=$(jq -r '.immich // ""' <<<"$cell")
    guide=$(jq -r '.guide // ""' <<<"$cell")
    echo "::group::authentik ${authentik:-newest proven}, Immich ${immich:-newest proven}, guide ${guide:-of the release}"
    prove "$RESULTS/$n-${authentik:-any}-${immich:-any}" "$authentik" "$immich" "$guide"
    echo "::endgroup::"
    [[ -z $interrupted ]] || break
    make_room
  done 3<<<"$cells"
}

if [[ -z ${CELLS:-} ]]; then
  prove "$RESULTS" "${AUTHENTIK:-}" "${IMMICH:-}" "${GUIDE:-}"
else
  prove_cells
fi
{
  echo "report=$RESULTS"
  echo "verdict=$verdict"
} >>"$GITHUB_OUTPUT"
[[ -z $interrupted ]] || exit 5
exit "$status"
