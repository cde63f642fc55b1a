# Sourced by the benches that read the corpus: which sheets, both programs on them, medians.
#   SOHOA_BENCH_SHEETS   how many sheets, spread over the corpus (all)
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=${SOHOA_BUILD:-$top/build}
corpus=$top/../shared/corpus
export OMP_THREAD_LIMIT=1

bench_need_corpus() {
    [ -d "$corpus" ] && return
    echo "SKIP: no corpus at $corpus"
    [ "${CI-}" != true ] || exit 1
    exit 77
}

# bench_pick N FOLDER: links N sheets, spread over the corpus, into FOLDER and names them, relative to
# the corpus, in the array `picked`. a001-decision/p1.jpg becomes a001-decision-p1.jpg there, since
# outputs are named after the sheet.
bench_pick() {
    local all i wanted=$1 folder=$2
    mkdir -p "$folder"
    mapfile -t all < <(cd "$corpus" && find . -name 'p*.jpg' -printf '%P\n' | LC_ALL=C sort)
    [ "${wanted:-0}" -gt 0 ] && [ "$wanted" -le "${#all[@]}" ] || wanted=${#all[@]}
    picked=()
    for ((i = 0; i < wanted; i++)); do
        picked+=("${all[i * ${#all[@]} / wanted]}")
        ln -sf "$corpus/${picked[i]}" "$folder/${picked[i]//\//-}"
    done
}

bench_seconds() { date +%s.%N; }

bench_median() { sort -n | awk '{v[NR] = $1} END {print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'; }

# Highest VmHWM in MB seen per program name among the descendants of $1, as "name MB" lines in $2.
bench_watch_memory() {
    local root=$1 out=$2
    while kill -0 "$root" 2>/dev/null; do
        { cat /proc/[0-9]*/status 2>/dev/null || true; } | awk -v root="$root" '
            /^Name:/ {name = $2} /^Pid:/ {pid = $2} /^PPid:/ {parent[pid] = $2; title[pid] = name}
            /^VmHWM:/ {peak[pid] = $2}
            END {
                for (pid in peak) {
                    up = pid
                    while (up in parent && up != root && up > 1) up = parent[up]
                    if (up == root && title[pid] ~ /^sohoa/) printf "%s %.0f\n", title[pid], peak[pid] / 1024
                }
            }' >>"$out"
        sleep 0.3
    done
}

bench_since() { awk -v from="$1" -v to="$(bench_seconds)" 'BEGIN {print to - from}'; }

# bench_ours SHEETS OUT: `sohoa process` with two jobs; sets `took` to its seconds; memory of its
# workers goes to OUT.memory.
bench_ours() {
    local process watcher from
    rm -rf "$2"
    from=$(bench_seconds)
    "$build/bin/sohoa" process --each "$1" --out "$2" --jobs 2 >"$2.log" 2>&1 &
    process=$!
    bench_watch_memory "$process" "$2.memory" &
    watcher=$!
    wait "$process" || {
        tail -n 5 "$2.log" >&2
        echo "sohoa process failed" >&2
        exit 1
    }
    took=$(bench_since "$from")
    wait "$watcher"
}

# bench_tesseract SHEETS OUT: the plain program, two at a time; sets `took`.
bench_tesseract() {
    local from
    rm -rf "$2"
    mkdir "$2"
    from=$(bench_seconds)
    find "$1" -name '*.jpg' -printf '%f\n' | LC_ALL=C sort |
        xargs -P 2 -I{} tesseract "$1/{}" "$2/{}" -l vie >/dev/null 2>&1
    took=$(bench_since "$from")
}
