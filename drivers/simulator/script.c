#include "drivers/simulator/script.h"

#include "drivers/simulator/pile.h"
#include "drivers/simulator/sim_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define WORDS_MAX 16
#define SECONDS_MAX 86400
#define BYTES_MAX 1000000000

/* ---- what may stand where ---------------------------------------------------------------------
 */

#define ON(call) (1u << (call))
#define SHEET_START ON(20) /* sheet N … at start */
#define SHEET_DATA ON(21)  /* sheet N … at some row */
#define SHEET_WHOLE ON(22) /* sheet N, without a place */
#define BEFORE_SCAN                                                                                \
    (ON(SIM_CALL_INIT) | ON(SIM_CALL_LIST) | ON(SIM_CALL_OPEN) | ON(SIM_CALL_OPTION))
#define IN_SCAN (ON(SIM_CALL_START) | ON(SIM_CALL_READ) | SHEET_START | SHEET_DATA)
#define AFTER_SCAN (ON(SIM_CALL_CANCEL) | ON(SIM_CALL_CLOSE))

struct kind_row {
    const char *name;
    enum sim_fault_kind kind;
    unsigned where;
    int status; /* SANE's number: the script is read without SANE */
    bool spares_sheet;
};

static const struct kind_row kinds[] = {
    {"unsupported", SIM_FAULT_STATUS, BEFORE_SCAN | IN_SCAN, 1, true},
    {"busy", SIM_FAULT_STATUS, BEFORE_SCAN | IN_SCAN, 3, true},
    {"invalid", SIM_FAULT_STATUS, BEFORE_SCAN | IN_SCAN, 4, true},
    {"jam", SIM_FAULT_STATUS, BEFORE_SCAN | IN_SCAN, 6, false},
    {"empty", SIM_FAULT_STATUS, BEFORE_SCAN | IN_SCAN, 7, true},
    {"cover", SIM_FAULT_STATUS, BEFORE_SCAN | IN_SCAN, 8, true},
    {"io", SIM_FAULT_STATUS, BEFORE_SCAN | IN_SCAN, 9, false},
    {"memory", SIM_FAULT_STATUS, BEFORE_SCAN | IN_SCAN, 10, true},
    {"denied", SIM_FAULT_STATUS, BEFORE_SCAN | IN_SCAN, 11, true},
    {"warming", SIM_FAULT_STATUS, BEFORE_SCAN | IN_SCAN, 12, true},
    {"locked", SIM_FAULT_STATUS, BEFORE_SCAN | IN_SCAN, 13, true},
    {"stall", SIM_FAULT_STALL, IN_SCAN, 0, true},
    {"slow", SIM_FAULT_SLOW, BEFORE_SCAN | IN_SCAN | AFTER_SCAN, 0, true},
    {"hang", SIM_FAULT_HANG, BEFORE_SCAN | IN_SCAN | AFTER_SCAN, 0, false},
    {"crash", SIM_FAULT_CRASH, BEFORE_SCAN | IN_SCAN | AFTER_SCAN, 0, false},
    {"vanish", SIM_FAULT_VANISH, (BEFORE_SCAN | IN_SCAN) & ~ON(SIM_CALL_INIT), 0, true},
    {"short", SIM_FAULT_SHORT, SHEET_DATA, 0, false},
    {"long", SIM_FAULT_LONG, SHEET_WHOLE, 0, false},
    {"wide", SIM_FAULT_WIDE, SHEET_WHOLE, 0, false},
    {"narrow", SIM_FAULT_NARROW, SHEET_WHOLE, 0, false},
    {"unsized", SIM_FAULT_UNSIZED, SHEET_WHOLE, 0, false},
    {"coarse", SIM_FAULT_COARSE, SHEET_WHOLE, 0, false},
    {"white", SIM_FAULT_WHITE, SHEET_WHOLE, 0, false},
    {"black", SIM_FAULT_BLACK, SHEET_WHOLE, 0, false},
    {"same", SIM_FAULT_SAME, SHEET_WHOLE, 0, false},
    {"double", SIM_FAULT_DOUBLE, SHEET_WHOLE, 0, false},
};

static const struct kind_row *find_kind(const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

/* ---- words ------------------------------------------------------------------------------------
 */

struct words {
    char *list[WORDS_MAX + 1]; /* NULL after the last */
    size_t at;
};

static bool split_words(char *line, struct words *out)
{
    size_t count = 0;
    *out = (struct words){0};
    for (char *word; (word = strsep(&line, " \t"));) {
        if (!*word)
            continue;
        if (count == WORDS_MAX)
            return false;
        out->list[count++] = word;
    }
    return true;
}

static bool take_word(struct words *words, const char *word)
{
    const char *next = words->list[words->at];
    if (!next || strcmp(next, word) != 0)
        return false;
    words->at++;
    return true;
}

static bool take_int(struct words *words, int min, int max, int *out)
{
    const char *next = words->list[words->at];
    if (!next || !sim_parse_int(next, min, max, out))
        return false;
    words->at++;
    return true;
}

/* "50%" */
static bool take_percent(struct words *words, int *out)
{
    char *next = words->list[words->at];
    size_t size = next ? strlen(next) : 0;
    if (size < 2 || next[size - 1] != '%')
        return false;
    next[size - 1] = 0;
    words->at++;
    return sim_parse_int(next, 0, 100, out);
}

static bool take_size(struct words *words, enum sim_unit *out_unit, int *out)
{
    const char *next = words->list[words->at];
    *out_unit = SIM_PERCENT;
    if (next && strchr(next, '%'))
        return take_percent(words, out);
    if (!take_int(words, 0, BYTES_MAX, out))
        return false;
    *out_unit = take_word(words, "bytes") ? SIM_BYTES : SIM_ROWS;
    return *out_unit == SIM_BYTES || take_word(words, "rows");
}

static bool take_seconds(struct words *words, double *out)
{
    const char *next = words->list[words->at];
    char *end;
    if (!next || !strchr("0123456789.", *next))
        return false;
    *out = strtod(next, &end);
    if (end == next || *end || !(*out > 0 && *out <= SECONDS_MAX))
        return false;
    words->at++;
    return take_word(words, "s");
}

/* ---- lines ------------------------------------------------------------------------------------
 */

static bool take_where(struct words *words, struct sim_fault *fault)
{
    static const char *const calls[] = {"sheet", "init", "list",   "open", "option",
                                        "start", "read", "cancel", "close"};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        if (!take_word(words, calls[i]))
            continue;
        fault->call = (enum sim_call)i;
        if (fault->call != SIM_CALL_PAGE)
            return true;
        if (!take_int(words, 0, SIM_SHEETS_MAX, &fault->sheet))
            return false;
        fault->back = take_word(words, "back");
        return fault->back ? fault->sheet > 0 : (take_word(words, "front"), true);
    }
    return false;
}

struct clauses {
    bool at, by, seconds, port, times;
};

static bool next_is_times(const struct words *words)
{
    const char *const *next = (const char *const *)&words->list[words->at];
    return next[0] && (strcmp(next[0], "once") == 0 || (next[1] && strcmp(next[1], "times") == 0));
}

static bool take_times(struct words *words, int *out)
{
    if (!take_word(words, "once"))
        return take_int(words, 1, BYTES_MAX, out) && take_word(words, "times");
    *out = 1;
    return true;
}

static bool take_place(struct words *words, struct sim_fault *fault)
{
    if (!take_word(words, "at"))
        return take_int(words, 0, 100, &fault->at);
    if (!take_word(words, "start"))
        return take_size(words, &fault->at_unit, &fault->at);
    fault->at_unit = SIM_AT_START;
    return true;
}

/* Notes that a clause is there; false: for the second time. */
static bool say_once(bool *said)
{
    bool first = !*said;
    *said = true;
    return first;
}

static bool take_clause(struct words *words, struct sim_fault *fault, struct clauses *said)
{
    if (next_is_times(words))
        return say_once(&said->times) && take_times(words, &fault->times);
    if (take_word(words, "by"))
        return say_once(&said->by) && take_size(words, &fault->by_unit, &fault->by);
    if (take_word(words, "for"))
        return say_once(&said->seconds) && take_seconds(words, &fault->seconds);
    if (take_word(words, "as"))
        return say_once(&said->port) && take_int(words, 1, 9999, &fault->port);
    return say_once(&said->at) && take_place(words, fault);
}

/* Where the line is about, as a bit of kind_row.where; and the place where none is said. */
static unsigned settle_place(const struct kind_row *row, struct sim_fault *fault, bool said)
{
    if (fault->call != SIM_CALL_PAGE)
        return said ? 0 : ON(fault->call);
    if (row->where & SHEET_WHOLE) /* "sheet 1 double 50" has always been taken */
        return said && fault->at_unit != SIM_PERCENT ? 0 : SHEET_WHOLE;
    if (!said)
        fault->at = 50;
    return fault->at_unit == SIM_AT_START ? SHEET_START : SHEET_DATA;
}

static bool settle_size(struct sim_fault *fault, bool said)
{
    bool rows = fault->kind == SIM_FAULT_LONG;
    if (!rows && fault->kind != SIM_FAULT_WIDE && fault->kind != SIM_FAULT_NARROW)
        return !said;
    if (!said) {
        fault->by = rows ? 10 : 1;
        fault->by_unit = rows ? SIM_PERCENT : SIM_BYTES;
    }
    return fault->by > 0 && (rows ? fault->by_unit != SIM_BYTES : fault->by_unit == SIM_BYTES);
}

/* A stretch of time: how long a call takes or how long it goes on failing. Rows fail once. */
static bool settle_seconds(struct sim_fault *fault, unsigned where, bool said)
{
    if (fault->kind == SIM_FAULT_SLOW)
        return said;
    bool lasts = fault->kind == SIM_FAULT_STALL || fault->kind == SIM_FAULT_HANG ||
                 fault->kind == SIM_FAULT_VANISH ||
                 (fault->kind == SIM_FAULT_STATUS && where != SHEET_DATA);
    return lasts || !said;
}

/* Once where nothing is said and it would never end: a sheet that stays in the feeder meets its
 * fault at every start, a scanner that came back is pulled out again. */
static void settle_times(struct sim_fault *fault, const struct clauses *said, unsigned where)
{
    if (said->times)
        return;
    bool waits = where == SHEET_START && fault->sheet > 0 && !said->seconds &&
                 (fault->kind == SIM_FAULT_STATUS || fault->kind == SIM_FAULT_STALL);
    fault->times = fault->kind == SIM_FAULT_VANISH || waits;
}

static bool parse_fault(char *line, struct sim_fault *out)
{
    struct words words;
    struct clauses said = {0};
    struct sim_fault fault = {0};
    if (!split_words(line, &words) || !take_where(&words, &fault) || !words.list[words.at])
        return false;
    const struct kind_row *row = find_kind(words.list[words.at++]);
    if (!row)
        return false;
    fault.kind = row->kind;
    fault.status = row->status;
    while (words.list[words.at])
        if (!take_clause(&words, &fault, &said))
            return false;
    unsigned where = settle_place(row, &fault, said.at);
    if (!(row->where & where) || !settle_size(&fault, said.by) ||
        !settle_seconds(&fault, where, said.seconds) ||
        (said.port && fault.kind != SIM_FAULT_VANISH) || (said.times && where == SHEET_WHOLE) ||
        (fault.kind == SIM_FAULT_SAME && fault.sheet < 2 && !fault.back))
        return false;
    settle_times(&fault, &said, where);
    *out = fault;
    return true;
}

bool sim_script_parse(const char *text, size_t size, struct sim_script *out, int *out_line)
{
    struct sim_lines lines = sim_lines_of(text, size);
    struct sim_script script = {0};
    bool bad;
    while (sim_lines_next(&lines, &bad)) {
        if (bad || script.count == SIM_FAULTS_MAX ||
            !parse_fault(lines.line, &script.list[script.count])) {
            *out_line = lines.number;
            return false;
        }
        script.count++;
    }
    *out = script;
    return true;
}

/* ---- the file ---------------------------------------------------------------------------------
 */

static void stamp_of(const char *state, int64_t *out_stamp, int64_t *out_size)
{
    char path[2 * SIM_PATH_MAX];
    struct stat file;
    snprintf(path, sizeof path, "%s/faults", state);
    *out_stamp = *out_size = 0;
    if (stat(path, &file))
        return;
    *out_stamp = (int64_t)file.st_mtim.tv_sec * 1000000000 + file.st_mtim.tv_nsec;
    *out_size = file.st_size;
}

bool sim_script_is_stale(const char *state, const struct sim_script *script)
{
    int64_t stamp, size;
    stamp_of(state, &stamp, &size);
    return stamp != script->stamp || size != script->size;
}

bool sim_script_load(const char *state, struct sim_script *out)
{
    size_t size;
    int line;
    int64_t stamp, file_size;
    stamp_of(state, &stamp, &file_size);
    char *text = sim_read_file(state, "faults", &size);
    if (!text) {
        *out = (struct sim_script){0};
        return true;
    }
    bool ok = sim_script_parse(text, size, out, &line);
    if (ok) {
        out->stamp = stamp;
        out->size = file_size;
    } else {
        sim_say("%s/faults: line %d makes no sense", state, line);
    }
    free(text);
    return ok;
}

/* ---- questions --------------------------------------------------------------------------------
 */

bool sim_fault_spares_sheet(const struct sim_fault *fault)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].kind == fault->kind && kinds[i].status == fault->status)
            return kinds[i].spares_sheet;
    return false;
}

bool sim_fault_is_on(const struct sim_fault *fault, int sheet, bool back)
{
    return fault->call == SIM_CALL_PAGE && fault->sheet == sheet && fault->back == back;
}
