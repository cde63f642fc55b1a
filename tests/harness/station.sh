# A whole station for tests: sohoad with the simulator, a signer and a folder as warehouse, in a folder of
# its own. Sourced by bash scripts; needs curl and jq. Ends what it started on every way out.
#
#   station_make           fresh folders, configuration, signer         → $station, $socket
#   station_start          starts sohoad and waits until it answers     → $sohoad (its pid, leader of a session)
#   station_kill           kill -9 of sohoad; its workers go with it
#   station_call METHOD PATH [JSON]   answer on stdout; status 1 when refused or not reachable
#   station_stop           ends sohoad in order
#   station_load PAPER-FOLDER FIRST-SHEET [duplex]   lays that paper's sheets into the feeder
#   station_pile N         lays N sheets of one paper into the feeder; no faults, no pace
#
# What goes wrong, and what a program of the station's clerk sees of it:
#
#   station_says CODE JSON            this error object has that code, a reference, the message in Vietnamese
#   station_refused CODE METHOD PATH [JSON]    the call is refused in that way
#   station_dossier [JSON]            a new dossier                                    → its id
#   station_scan DOSSIER [JSON]       scans what is in the feeder and waits for the end → the job
#   station_scan_fails CODE DOSSIER [JSON]     the same, and the job says that it failed → the job
#   station_until SECONDS WHAT COMMAND…        until the command succeeds
#   station_document ID STATE…        waits until the document is in one of these states → the whole answer
#   station_keep_pages ID             the clerk keeps the pages that ask to be looked at
#   station_confirm ID                the same, and leaves open what the machine asks
#   station_worker NAME               the pid of the session's worker of that name
#
# Cases: station_case SENTENCE COMMAND… runs one in a subshell of its own and prints "ok: SENTENCE, N s" or
# "FAILED: SENTENCE"; station_skip in it ends it unfailed, with a reason. station_report ends the script.

build=${SOHOA_BUILD:-build}
source_dir=${SOHOA_SOURCE:-$PWD}
sample=$source_dir/tests/data/sample
station_paper=a4 # what station_scan takes of a sheet; its head, id1, is read in a moment
sohoad=

station_fail() {
    printf 'FAIL: %s\n' "$*" >&2
    [ ! -f "$station/sohoad.log" ] || tail -n 5 "$station/sohoad.log" | cut -c 1-400 >&2
    exit 1
}

# Is that a sohoad of this station? Process ids are given again.
station_owns() { grep -qaF "$station/" "/proc/$1/cmdline" 2>/dev/null; }

# Does that sohoad of this station run, or is it still ending? A process that ends has no command line any more.
station_runs() {
    kill -0 "$1" 2>/dev/null || return 1
    station_owns "$1" || [ -z "$(tr -d '\0' 2>/dev/null <"/proc/$1/cmdline")" ]
}

station_end() {
    local status=$? pid
    trap - EXIT
    if [ -n "${station-}" ]; then
        for pid in $(cat "$station/started" 2>/dev/null); do
            station_owns "$pid" || continue
            kill -TERM "$pid" 2>/dev/null || true
            for _ in $(seq 50); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
            kill -KILL -- "-$pid" 2>/dev/null || true
        done
        station_unmount
        rm -rf "$station"
    fi
    exit "$status"
}

station_make() {
    station=$(mktemp -d "${TMPDIR:-/tmp}/sohoa-station-XXXXXX")
    trap station_end EXIT
    trap 'exit 130' INT TERM
    mkdir -p "$station"/{state,warehouse,sane,paper,simulator,signer}
    station_make_signer
    password=$(cat "$station/signer/password.txt")
    echo sohoasim >"$station/sane/dll.conf"
    printf 'folder %s\nstate %s\n' "$station/paper" "$station/simulator" >"$station/sane/sohoasim.conf"
    socket=$station/state/run/sohoad.sock
    cat >"$station/sohoad.conf" <<CONF
state_dir = "$station/state"
port = 0
signer_p12 = "$station/signer/rsa.p12"
target "warehouse" {
    path = "$station/warehouse"
}
CONF
}

# Keys take a second to make: the stations of a build folder have the same.
station_make_signer() {
    local made=$build/tests/signer script=$source_dir/tests/harness/make-test-signer
    mkdir -p "$made"
    (
        flock 9
        [ "$made/done" -nt "$script" ] || { "$script" "$made" && touch "$made/done"; }
    ) 9>"$made/lock" >"$station/signer.log" 2>&1 || station_fail "no test signer: $(tail -n 1 "$station/signer.log")"
    cp "$made"/*.p12 "$made"/*.pem "$made/password.txt" "$station/signer/"
}

# Everything a test makes anew without a new signer.
station_clear() {
    rm -rf "$station"/{state,warehouse,paper,simulator}
    mkdir -p "$station"/{state,warehouse,paper,simulator}
}

station_start() {
    LD_LIBRARY_PATH=$build/lib SANE_CONFIG_DIR=$station/sane \
        setsid "$build/bin/sohoad" --config "$station/sohoad.conf" >>"$station/sohoad.log" 2>&1 </dev/null &
    sohoad=$!
    echo "$sohoad" >"$station/sohoad.pid" # for the script of a case
    echo "$sohoad" >>"$station/started"
    disown "$sohoad" # its death is looked for, not reported
    local i
    for ((i = 0; i < 1200; i++)); do # a new store is made of many flushes
        kill -0 "$sohoad" 2>/dev/null || return 1
        ! curl -s -o /dev/null --max-time 2 --unix-socket "$socket" http://localhost/v1/status || return 0
        sleep 0.05
    done
    return 1
}

station_kill() {
    kill -KILL "$sohoad" 2>/dev/null || true
    station_wait
}

station_stop() {
    kill -TERM "$sohoad" 2>/dev/null || true
    station_wait
}

# Until sohoad has ended.
station_wait() {
    while station_runs "$sohoad"; do sleep 0.02; done
    rm -f "$station/sohoad.pid"
}

station_call() {
    local method=$1 path=$2 status
    local options=(-s --max-time 60 --unix-socket "$socket" -X "$method" -o "$station/answer.json" -w '%{http_code}')
    [ $# -lt 3 ] || options+=(-H 'Content-Type: application/json' --data-binary "$3")
    status=$(curl "${options[@]}" "http://localhost$path") || return 1
    case $status in
        2*) cat "$station/answer.json" ;;
        *) return 1 ;;
    esac
}

station_load() {
    local folder=$1 first=$2 duplex=${3-} files
    find "$station/paper" -type f -delete
    cp "$sample/$folder"/*.jpg "$station/paper/"
    files=$(cd "$sample/$folder" && ls -v ./*.jpg | sed 's|^\./||')
    if [ -n "$duplex" ]; then
        files=$(paste -d '\t' - - <<<"$files")
    fi
    tail -n "+$first" <<<"$files" >"$station/paper/pile.txt"
    rm -f "$station/simulator/feeder"
}

station_pile() {
    local n
    station_load 02-marital-status 1
    for ((n = 0; n < $1; n++)); do echo p1.jpg; done >"$station/paper/pile.txt"
    rm -f "$station/simulator/faults"
}

# ---- a small file system, for root ----------------------------------------------------------------

# station_mount FOLDER SIZE
station_mount() {
    [ "$(id -u)" -eq 0 ] || station_skip 'a small file system of its own needs root'
    mount -t tmpfs -o "size=$2" none "$1" 2>/dev/null || station_skip 'this machine lets nobody mount a tmpfs'
    echo "$1" >>"$station/mounts"
}

station_unmount() {
    local folder
    [ -f "$station/mounts" ] || return 0
    while read -r folder; do umount "$folder" 2>/dev/null || umount -l "$folder"; done <"$station/mounts"
    rm -f "$station/mounts"
}

# ---- what goes wrong ------------------------------------------------------------------------------

station_says() {
    jq -e --arg code "$1" --slurpfile vi "$source_dir/daemon/messages/vi.json" '
        .code == $code and (.ref | type == "string" and length > 0)
        and .message == $vi[0][$code] and (.message | test("[^\\x00-\\x7f]"))' <<<"$2" >/dev/null ||
        station_fail "not $1 with a reference and its message: $2"
}

station_refused() {
    local code=$1
    shift
    rm -f "$station/answer.json"
    ! station_call "$@" >/dev/null || station_fail "$1 $2 was not refused: $(cat "$station/answer.json")"
    station_says "$code" "$(cat "$station/answer.json")"
}

# ---- the clerk ------------------------------------------------------------------------------------

station_dossier() {
    station_call POST /v1/dossiers "${1-{\}}" | jq -r .dossier.id || station_fail 'no dossier'
}

# As coarse as a legal copy may be: what is read does not matter here.
station_scan() {
    local job answer i
    job=$(station_scan_start "$@")
    for ((i = 0; i < 1200; i++)); do
        answer=$(station_call GET "/v1/jobs/$job" | jq -c .job) || station_fail 'the job is unknown'
        case $(jq -r .state <<<"$answer") in running) sleep 0.05 ;; *) break ;; esac
    done
    printf '%s\n' "$answer"
}

# station_scan_start DOSSIER [JSON] → the job's id
station_scan_start() {
    local wish
    wish=$(jq -nc --arg paper "$station_paper" --argjson more "${2-{\}}" \
        '{source: "adf", mode: "color", resolution_dpi: 200, paper: $paper} + $more')
    station_call POST "/v1/dossiers/$1/scan" "$wish" | jq -r .job.id ||
        station_fail "the scan was refused: $(cat "$station/answer.json")"
}

station_scan_fails() {
    local code=$1 job
    shift
    job=$(station_scan "$@")
    [ "$(jq -r .state <<<"$job")" = failed ] || station_fail "the scan did not fail: $job"
    station_says "$code" "$(jq -c .error <<<"$job")"
    printf '%s\n' "$job"
}

station_until() {
    local seconds=$1 what=$2 from=$SECONDS
    shift 2
    until "$@"; do
        [ $((SECONDS - from)) -lt "$seconds" ] || station_fail "$what: not within $seconds s"
        sleep 0.05
    done
}

station_document_is() {
    local id=$1 state
    shift
    state=$(station_call GET "/v1/documents/$id" | jq -r .document.state)
    case " $* " in *" $state "*) ;; *) return 1 ;; esac
}

station_document() {
    local id=$1
    shift
    station_until 60 "document in state $*" station_document_is "$id" "$@"
    station_call GET "/v1/documents/$id"
}

# The clerk has looked at every page that asked and keeps it (piles of one paper are equal neighbours).
station_keep_pages() {
    local page question
    station_call GET "/v1/documents/$1" |
        jq -r '.pages[] | select(.state != "rejected") | .id as $page | .questions[] | select(.answer == null) | "\($page) \(.code)"' |
        while read -r page question; do
            station_call POST "/v1/pages/$page/answer" "{\"code\": \"$question\", \"answer\": \"keep\"}" >/dev/null ||
                station_fail "not answered: $(cat "$station/answer.json")"
        done
}

station_confirm() {
    local answers
    station_keep_pages "$1"
    answers=$(station_call GET "/v1/documents/$1" | jq -c '{compared: true, revision: .document.revision, fields:
        [.document.fields | to_entries[] | select(.value.needs_person or .value.value == null)
         | {key, value: (if .key == "doc_name" then "Giấy tờ" else null end)}] | from_entries}')
    station_call POST "/v1/documents/$1/confirm" "$answers" >/dev/null ||
        station_fail "not confirmed: $(cat "$station/answer.json")"
}

station_worker() { pgrep -s "$sohoad" -f "^[^ ]*sohoa-$1-worker" | head -n 1; }

# ---- cases ----------------------------------------------------------------------------------------

passed=0
failed=0

station_skip() {
    printf 'SKIP: %s\n' "$*"
    exit 77
}

station_case() {
    local sentence=$1 from=$SECONDS status
    shift
    set +e
    (
        set -e
        "$@"
    )
    status=$?
    set -e
    sohoad=$(cat "$station/sohoad.pid" 2>/dev/null) || sohoad=
    case $status in
        0)
            passed=$((passed + 1))
            printf 'ok: %s, %d s\n' "$sentence" $((SECONDS - from))
            ;;
        77) printf 'skipped: %s\n' "$sentence" ;;
        *)
            failed=$((failed + 1))
            printf 'FAILED: %s\n' "$sentence"
            ;;
    esac
}

station_report() {
    printf '%d passed, %d failed\n' "$passed" "$failed"
    [ "$failed" -eq 0 ]
}
