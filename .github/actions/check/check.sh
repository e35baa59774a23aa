#!/usr/bin/env bash
# What the action runs: `drcheck check` for each design, all of them also after a violation. It ends with the worst status: an
# error (2) before a violation (1) before what is not decided (3). The texts go to the summary of the step, if there is one.
#
# In the environment: DESIGNS, OPTIONS, GATE (true or false), OUTPUT; GITHUB_OUTPUT and GITHUB_STEP_SUMMARY, where there are such.
set -uo pipefail

summary="${GITHUB_STEP_SUMMARY:-/dev/null}"
read -r -d '' -a designs <<<"$DESIGNS" || true
read -r -d '' -a options <<<"$OPTIONS" || true
if [ "$GATE" = true ]; then
    options+=(--gate)
fi
worst=0
if [ "${#designs[@]}" -eq 0 ]; then
    if listed="$(drcheck list --json)"; then
        names='import json, sys; print(*(d["design"] for d in json.load(sys.stdin)["designs"]))'
        read -r -d '' -a designs < <(python -c "$names" <<<"$listed") || true
    else
        worst=2
    fi
fi
for design in "${designs[@]}"; do
    echo "::group::$design"
    drcheck check "$design" "${options[@]}" --format text,json,sarif,junit --output "$OUTPUT/"
    status=$?
    echo "::endgroup::"
    text="$OUTPUT/${design//:/.}.txt"
    if [ -f "$text" ] && [ "$status" -ne 2 ]; then
        printf '### %s\n\n```text\n%s\n```\n\n' "$design" "$(tail -n 40 "$text")" >>"$summary"
    else
        printf '### %s\n\nno result: status %s\n\n' "$design" "$status" >>"$summary"
    fi
    case "$status $worst" in
        "0 "*) ;;
        "3 0") worst=3 ;;
        "3 "*) ;;
        "1 0" | "1 3") worst=1 ;;
        "1 "*) ;;
        *) worst=2 ;;
    esac
done
if [ -n "${GITHUB_OUTPUT:-}" ]; then
    printf 'folder=%s\nstatus=%s\n' "$OUTPUT" "$worst" >>"$GITHUB_OUTPUT"
fi
exit "$worst"
