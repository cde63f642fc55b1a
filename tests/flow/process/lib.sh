# What the scripts of this folder share: a private folder, runs of `sohoa process`, small pages to feed it.
# Each script has its pages and results under $work, which is the working folder.
here=$(cd "$(dirname "$0")" && pwd)
source_dir=${here%/tests/flow/process}
build=${SOHOA_BUILD:-$source_dir/build}
sohoa=$build/bin/sohoa
sample=$source_dir/tests/data/sample
font=/usr/share/fonts/truetype/liberation2/LiberationSans-Regular.ttf
work=$(mktemp -d "${TMPDIR:-/tmp}/sohoa-process-XXXXXX")
trap 'end_all' EXIT
trap 'exit 130' INT TERM
started=()
cd "$work"

end_all() {
    local status=$? pid
    trap - EXIT
    for pid in "${started[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
    cd /
    rm -rf "$work"
    exit "$status"
}

fail() {
    printf 'FAIL: %s\n' "$*" >&2
    [ ! -s "$work/stderr" ] || { echo '--- stderr of the last run' >&2; tail -n 20 "$work/stderr" >&2; }
    exit 1
}

passed() {
    printf 'ok: %s\n' "$*"
}

# expect STATUS ARGUMENT…: runs it; answers in ./stdout and ./stderr.
expect() {
    local wanted=$1 status=0
    shift
    timeout 120 "$sohoa" process "$@" >"$work/stdout" 2>"$work/stderr" </dev/null || status=$?
    [ "$status" -eq "$wanted" ] || fail "exit status $status, not $wanted, of: sohoa process $*"
}

# names_in FOLDER: what lies in it, hidden files too, on one line.
names_in() {
    find "$1" -mindepth 1 -maxdepth 1 -printf '%f\n' | LC_ALL=C sort | paste -sd ' '
}

is_same() {
    [ "$1" = "$2" ] || fail "$3: '$1' instead of '$2'"
}

has() {
    grep -qF -- "$2" "$1" || fail "$1 has no '$2'"
}

lacks() {
    ! grep -qF -- "$2" "$1" || fail "$1 has '$2'"
}

# small_page FILE WORD [convert option…]: a narrow strip of paper with a word on it, quickly read.
small_page() {
    local file=$1 word=$2
    shift 2
    convert -size 1000x500 xc:white -font "$font" -pointsize 60 -annotate +120+200 "$word" \
        -annotate +120+320 'công hòa xã hội' -units PixelsPerInch -density 300 "$@" "$file"
}

# page_words FILE.json: the text of each page on a line of its own.
page_words() {
    jq -r '.pages[].text | gsub("\\s+"; " ")' "$1"
}

# is_whole FOLDER: every PDF in it is sound, every JSON is beside the PDF it speaks of, nothing else is there.
is_whole() {
    local folder=$1 file name
    [ -d "$folder" ] || return 0
    while IFS= read -r file; do
        name=$(basename "$file")
        case $name in
            *.pdf) qpdf --check "$file" >"$work/qpdf" 2>&1 || fail "$name: $(tail -n 1 "$work/qpdf")" ;;
            *.json)
                is_same "$(sha256sum <"${file%.json}.pdf" | cut -d ' ' -f 1)" "$(jq -r .pdf_sha256 "$file")" "$name"
                ;;
            *) fail "$name was left in the results" ;;
        esac
    done < <(find "$folder" -type f)
}

# pdf_of_text FILE [EXTRA OBJECT]: a PDF drawn by a program: one page, one line, no image.
pdf_of_text() {
    local text='BT /F1 24 Tf 72 700 Td (Drawn by a program) Tj ET'
    {
        printf '%%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n'
        printf '2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n'
        printf '3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R'
        printf '/Resources<</Font<</F1 5 0 R>>>>>>\nendobj\n'
        printf '4 0 obj\n<</Length %d>>\nstream\n%s\nendstream\nendobj\n' "${#text}" "$text"
        printf '5 0 obj\n<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>\nendobj\n'
        printf '%s' "${2-}"
        printf 'trailer\n<</Root 1 0 R/Size 7>>\n%%%%EOF\n'
    } >"$1.raw"
    qpdf --static-id "$1.raw" "$1" 2>/dev/null || [ $? -eq 3 ]
    rm "$1.raw"
}

# Three of the sample's papers in ./in.
some_papers() {
    local paper
    mkdir in
    for paper in 03-birth-certificate 04-decision 07-minutes; do
        cp -r "$sample/$paper" in/
    done
}

# Reads ./in into ./out, answers in ./stdout and ./stderr.     → $run, its process
run_in_background() {
    "$sohoa" process in --out out --jobs 2 --json >stdout 2>stderr </dev/null &
    run=$!
    started+=("$run")
    disown "$run"
}

# all_gone PID…: waits until none of them is left; status 1 after 5 s.
all_gone() {
    local pid i
    for ((i = 0; i < 100; i++)); do
        for pid; do
            kill -0 "$pid" 2>/dev/null && { sleep 0.05; continue 2; }
        done
        return 0
    done
    return 1
}

# The workers of $run.
workers() {
    pgrep -P "$run" || true
}
