#!/usr/bin/env bash
# A step of action.yml: runs the load test, puts its summary on the page of the workflow, and ends with its exit code.
set -uo pipefail

arguments=()
if [ -n "${ARGS//[[:space:]]/}" ]; then
  # xargs splits as a shell does, quotes included, and expands nothing.
  if ! words=$(printf '%s' "$ARGS" | xargs printf '%s\n' 2>&1); then
    echo "::error::Cannot read the input args: its quotes do not match"
    exit 2
  fi
  while IFS= read -r word; do arguments+=("$word"); done <<<"$words"
fi
while IFS= read -r threshold; do
  if [ -n "${threshold//[[:space:]]/}" ]; then arguments+=(--threshold "$threshold"); fi
done <<<"$THRESHOLDS"

mkdir -p "$RESULTS" || exit 2
# What an earlier step has left there is not of this run.
rm -f "$RESULTS/report.html" "$RESULTS/summary.md" "$RESULTS/summary.json" "$RESULTS/junit.xml"
files=(--html "$RESULTS/report.html" --markdown "$RESULTS/summary.md" --summary-file "$RESULTS/summary.json" --junit "$RESULTS/junit.xml")
export PATH="$FOLDER:$PATH"
locust-ts run "$LOCUSTFILE" ${arguments[@]+"${arguments[@]}"} "${files[@]}"
code=$?
{
  echo "exit-code=$code"
  echo "results=$RESULTS"
} >>"$GITHUB_OUTPUT"
if [ -s "$RESULTS/summary.md" ]; then
  cat "$RESULTS/summary.md" >>"$GITHUB_STEP_SUMMARY"
else
  echo "**locust-ts** ended with exit code $code before there was a summary; its log says why." >>"$GITHUB_STEP_SUMMARY"
fi
case "$code" in
  0) ;;
  1) echo "::error::The load test had failed requests" ;;
  3) echo "::error::The load test did not meet its thresholds" ;;
  4) echo "::error::The run is invalid: its figures say nothing about the system" ;;
  *) echo "::error::locust-ts ended with exit code $code" ;;
esac
exit "$code"
