#!/usr/bin/env bash
# Shares one conversion among the tasks of a Slurm job array, then merges the parts.
#
#   tools/slurm/convert-array.sh PARTS OUT INPUT... [-- OPTION...]
#
#   tools/slurm/convert-array.sh 16 /shared/mosei /shared/CMU-MOSEI -- --rate vision=15
#
# Submits two jobs: an array of PARTS tasks, each of which makes one part in OUT.parts/K with
# `grf-data convert --part K/PARTS --resume`, and one that merges them into OUT once all have
# succeeded. OPTIONs are those of `grf-data convert`, for every part alike. A task that is
# killed or preempted is requeued and goes on where it was. OUT.parts stays.
#
# OUT and INPUT must be on a file system that all machines share. GRF_DATA names the program
# (default: grf-data); SBATCH_ARGUMENTS holds further arguments of sbatch, as in
# "--partition=cpu --time=2:00:00 --cpus-per-task=8".
set -euo pipefail

fail() {
  printf 'convert-array.sh: %s\n' "$1" >&2
  exit 64
}

usage() { sed -n '2,/^set /{ /^# \{0,1\}/!d; s///; p; }' "${BASH_SOURCE[0]}"; }

# Within a job, the script is called again with the task to do.
if [[ ${GRF_TASK-} == part ]]; then
  k=${SLURM_ARRAY_TASK_ID:?this task is no member of an array}
  exec "$GRF_DATA" convert "${@:4:$3}" "$2.parts/$k" --part "$k/$1" --resume "${@:4+$3}"
elif [[ ${GRF_TASK-} == merge ]]; then
  parts=()
  for ((k = 1; k <= $1; k++)); do parts+=("$2.parts/$k"); done
  exec "$GRF_DATA" merge "${parts[@]}" "$2"
fi

case "${1-}" in
  -h | --help)
    usage
    exit 0
    ;;
esac
[[ $# -ge 3 ]] || fail "give the number of parts, the folder to make and the inputs; see --help"
parts=$1 out=${2%/}
shift 2
[[ $parts =~ ^[1-9][0-9]*$ ]] || fail "the number of parts is '$parts'; give a number from 1"
inputs=()
while [[ $# -gt 0 && $1 != -- ]]; do
  inputs+=("$1")
  shift
done
if [[ $# -gt 0 ]]; then shift; fi
[[ ${#inputs[@]} -gt 0 ]] || fail "give at least one input; see --help"
GRF_DATA=${GRF_DATA:-grf-data}
command -v sbatch >/dev/null || fail "there is no sbatch here; run it where jobs are submitted"
command -v "$GRF_DATA" >/dev/null || fail "there is no '$GRF_DATA'; install it, or set GRF_DATA"
mkdir -p "$out.parts/log"
read -ra more <<<"${SBATCH_ARGUMENTS-}"

submit() {
  GRF_DATA=$GRF_DATA GRF_TASK=$1 sbatch --parsable --requeue --export=ALL --open-mode=append \
    --job-name="grf-$1" ${more[@]+"${more[@]}"} "${@:2}"
}

script=$(readlink -f "${BASH_SOURCE[0]}")
array=$(submit part --array="1-$parts" --output="$out.parts/log/%a" \
  "$script" "$parts" "$out" "${#inputs[@]}" "${inputs[@]}" "$@")
array=${array%%;*}
merge=$(submit merge --dependency="afterok:$array" --output="$out.parts/log/merge" "$script" "$parts" "$out")
printf 'parts: job %s, %s tasks; then merged into %s: job %s; logs in %s\n' \
  "$array" "$parts" "$out" "${merge%%;*}" "$out.parts/log"
