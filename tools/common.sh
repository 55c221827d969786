# shellcheck shell=bash
# What the scripts in tools/ share; sourced, never run. Leaves the shell in the project's root.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit

# Prints the comment at the head of the script that was called: its help text.
print_help() {
  awk 'NR > 1 { if (!/^#/) exit; sub(/^# ?/, ""); print }' "$1"
}

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# Prints a command (without the time limit that may stand before it), then runs it.
run() {
  if [[ $1 == limited ]]; then printf '\n$ %s\n' "${*:3}"; else printf '\n$ %s\n' "$*"; fi
  "$@"
}

# limited SECONDS COMMAND…: runs a command that may wait for a network, and ends it when the time is up.
limited() {
  local seconds=$1
  shift
  if ! command -v timeout >/dev/null; then
    "$@"
  elif [[ -t 1 ]]; then
    timeout --foreground --kill-after=10 "$seconds" "$@"
  else
    timeout --kill-after=10 "$seconds" "$@"
  fi
}

# Downloads the Swift packages that the build needs; at once where they are there already.
fetch_packages() {
  limited 900 swift package resolve </dev/null ||
    fail "The Swift packages could not be fetched; check the network, then run this again."
}
