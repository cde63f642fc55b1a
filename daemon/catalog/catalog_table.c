#include "daemon/catalog/catalog_table.h"

#include "daemon/base/text.h"
#include "daemon/model/doc_type.h"
#include "daemon/model/procedure_code.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADING_WITHIN 20 /* rows: titles stand above it */
#define COLUMNS_MAX 200
#define CELL_MAX_BYTES 20000

struct told {
    struct js *list;
    int64_t count;
};

struct catalog_table {
    const struct catalog_kind *kind;
    enum catalog_rows mode;
    int place[CATALOG_COLUMNS_MAX]; /* column in the file; -1: it has none */
    size_t width;                   /* headings */
    bool has_heading;
    long passed_over, first_line; /* rows above the heading */
    char missing[200];            /* of the first row: what it lacks to be the heading */
    struct js *rows;
    long *lines; /* of each row */
    size_t room;
    struct told problems, notes;
    bool no_memory;
};

struct catalog_table *catalog_table_new(const struct catalog_kind *kind, enum catalog_rows mode)
{
    AUTO(catalog_table) struct catalog_table *table = mem_alloc(sizeof *table);
    if (!table)
        return NULL;
    *table = (struct catalog_table){.kind = kind,
                                    .mode = mode,
                                    .rows = js_array(),
                                    .problems.list = js_array(),
                                    .notes.list = js_array()};
    return table->rows && table->problems.list && table->notes.list ? TAKE(table) : NULL;
}

void catalog_table_free(struct catalog_table *table)
{
    if (!table)
        return;
    js_free(table->rows);
    js_free(table->problems.list);
    js_free(table->notes.list);
    mem_free(table->lines);
    mem_free(table);
}

static void tell(struct catalog_table *table, struct told *told, long line, const char *column,
                 const char *why)
{
    AUTO(js) struct js *item = js_pack("{s:I, s:s}", "line", (int64_t)line, "why", why);
    if (told->count++ >= CATALOG_TOLD_MAX)
        return;
    if (!item || (column && !js_set(item, "column", js_text(column))) ||
        !js_push(told->list, js_ref(item)))
        table->no_memory = true;
}

void catalog_table_problem(struct catalog_table *table, long line, const char *column,
                           const char *why)
{
    tell(table, &table->problems, line, column, why);
}

/* ---- headings ---- */

static bool is_listed(const char *words, const char *word)
{
    size_t size = strlen(word);
    for (const char *at = words; size && (at = strstr(at, word)); at += size)
        if ((at == words || at[-1] == ' ') && (!at[size] || at[size] == ' '))
            return true;
    return false;
}

static int column_of(const struct catalog_kind *kind, const char *heading)
{
    size_t count = catalog_kind_columns(kind);
    for (size_t i = 0; i < count; i++)
        if (is_listed(kind->columns[i].aliases, heading))
            return (int)i;
    return -1;
}

static bool is_blank(const struct catalog_cells *cells)
{
    for (size_t i = 0; i < cells->count; i++) {
        const char *cell = cells->cell(cells->row, i);
        if (cell[strspn(cell, " \t\r\n")])
            return false;
    }
    return true;
}

/* "" when every column a row must have is there. */
static void name_missing(const struct catalog_kind *kind, const int *place, char *out, size_t size)
{
    size_t used = 0;
    out[0] = 0;
    for (size_t i = 0; i < catalog_kind_columns(kind); i++)
        if (kind->columns[i].required && place[i] < 0 && used + 1 < size)
            used += (size_t)snprintf(out + used, size - used, "%s%s", used ? ", " : "",
                                     kind->columns[i].key);
}

/* Headings that name no column of the kind are left out, and told; one column twice is a problem.
 */
static void take_headings(struct catalog_table *table, const struct catalog_cells *cells)
{
    bool taken[CATALOG_COLUMNS_MAX] = {false};
    for (size_t i = 0; i < cells->count; i++) {
        AUTO(mem) char *heading = catalog_heading(cells->cell(cells->row, i));
        int column = heading ? column_of(table->kind, heading) : -1;
        if (column < 0 && heading && *heading)
            tell(table, &table->notes, cells->line, heading, "unknown column, left out");
        else if (column >= 0 && taken[column])
            catalog_table_problem(table, cells->line, table->kind->columns[column].key,
                                  "two headings name this column");
        if (column >= 0)
            taken[column] = true;
    }
    table->has_heading = true;
    table->width = cells->count;
    if (table->passed_over)
        tell(table, &table->notes, table->first_line, NULL, "rows above the headings, left out");
}

static void look_for_headings(struct catalog_table *table, const struct catalog_cells *cells)
{
    int place[CATALOG_COLUMNS_MAX];
    char missing[sizeof table->missing];
    for (size_t i = 0; i < CATALOG_COLUMNS_MAX; i++)
        place[i] = -1;
    for (size_t i = 0; i < cells->count && i < COLUMNS_MAX; i++) {
        AUTO(mem) char *heading = catalog_heading(cells->cell(cells->row, i));
        int column = heading ? column_of(table->kind, heading) : -1;
        if (column >= 0 && place[column] < 0)
            place[column] = (int)i;
    }
    name_missing(table->kind, place, missing, sizeof missing);
    memcpy(table->place, place, sizeof place);
    if (!*missing) {
        take_headings(table, cells);
        return;
    }
    if (!table->passed_over++) {
        table->first_line = cells->line;
        memcpy(table->missing, missing, sizeof missing);
    }
}

/* ---- cells ---- */

static const char *wrong_form(const struct catalog_table *table,
                              const struct catalog_column *column, char **value)
{
    char short_code[PROCEDURE_CODE_SIZE], date[11];
    bool padded = table->mode == CATALOG_ROWS_PADDED;
    switch (column->check) {
    case CATALOG_TEXT:
        return NULL;
    case CATALOG_CODE:
        return strpbrk(*value, " ,;") ? "a code without blanks is wanted" : NULL;
    case CATALOG_PROCEDURE:
        if (!procedure_code_short(*value, short_code))
            return "no procedure code (1.234567)";
        memcpy(*value, short_code, sizeof short_code);
        return NULL;
    case CATALOG_DATE:
        if (!catalog_date(*value, padded, date))
            return "no date (2025-07-01 or 01/07/2025)";
        mem_free(*value);
        *value = mem_strdup(date);
        return NULL;
    case CATALOG_DIGITS:
        return strspn(*value, "0123456789") != strlen(*value) ||
                       strlen(*value) != (size_t)(column->words[0] - '0')
                   ? "not as many digits as this code has"
                   : NULL;
    case CATALOG_WORD:
        return is_listed(column->words, *value) ? NULL : "none of the words this column may have";
    case CATALOG_DOC_TYPE:
        return doc_type_from_slug(*value) == DOC_TYPE_unknown ? "no document type" : NULL;
    }
    return NULL;
}

/* Spreadsheets drop the zeros in front of a number that stands for a code. */
static char *with_zeros(const struct catalog_table *table, const struct catalog_column *column,
                        char *value)
{
    AUTO(mem) char *owned = value;
    size_t wanted = column->check == CATALOG_DIGITS ? (size_t)(column->words[0] - '0') : 0;
    size_t size = strlen(owned);
    if (table->mode != CATALOG_ROWS_PADDED || size >= wanted)
        return TAKE(owned);
    return mem_printf("%.*s%s", (int)(wanted - size), "00000000", owned);
}

static void take_cell(struct catalog_table *table, const struct catalog_column *column, long line,
                      const char *cell, struct js *row)
{
    AUTO(mem) char *clean = NULL;
    AUTO(mem) char *value = NULL;
    if (strlen(cell) > CELL_MAX_BYTES) {
        catalog_table_problem(table, line, column->key, "longer than any cell of a catalogue");
        return;
    }
    if (!text_nfc(cell, strlen(cell), &clean, NULL))
        value = text_squeeze(clean);
    if (!value) {
        table->no_memory = true;
        return;
    }
    if (!*value) {
        bool noted = table->kind->lenient && !column->in_key;
        if (column->required)
            tell(table, noted ? &table->notes : &table->problems, line, column->key, "is empty");
        return;
    }
    for (const char *c = value; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f) {
            catalog_table_problem(table, line, column->key, "has a control character");
            return;
        }
    value = with_zeros(table, column, TAKE(value));
    const char *why = value ? wrong_form(table, column, &value) : NULL;
    if (why)
        catalog_table_problem(table, line, column->key, why);
    else if (!value || !js_set(row, column->key, js_text(value)))
        table->no_memory = true;
}

static void check_days(struct catalog_table *table, long line, const struct js *row)
{
    const char *from = js_text_or(row, "valid_from", NULL), *to = js_text_or(row, "valid_to", NULL);
    if (from && to && strcmp(from, to) > 0)
        catalog_table_problem(table, line, "valid_to", "lies before valid_from");
}

static bool keep_line(struct catalog_table *table, long line)
{
    size_t count = js_count(table->rows);
    if (count > table->room) {
        size_t room = 2 * count + 1024;
        long *lines = mem_resize(table->lines, room * sizeof *lines);
        if (!lines)
            return false;
        table->lines = lines;
        table->room = room;
    }
    table->lines[count - 1] = line;
    return true;
}

enum err_code catalog_table_row(struct catalog_table *table, const struct catalog_cells *cells,
                                struct err *err)
{
    if (is_blank(cells))
        return ERR_OK;
    if (!table->has_heading) {
        if (table->passed_over < HEADING_WITHIN)
            look_for_headings(table, cells);
        return ERR_OK;
    }
    if (js_count(table->rows) == CATALOG_ROWS_MAX)
        return err_set(err, ERR_TOO_LARGE, "more than %d rows", CATALOG_ROWS_MAX);
    if (cells->count > table->width)
        catalog_table_problem(table, cells->line, NULL, "more cells than headings");
    if (cells->count < table->width && table->mode == CATALOG_ROWS_EXACT)
        catalog_table_problem(table, cells->line, NULL, "fewer cells than headings");
    AUTO(js) struct js *row = js_object();
    for (size_t i = 0; row && i < catalog_kind_columns(table->kind); i++) {
        int place = table->place[i];
        bool there = place >= 0 && (size_t)place < cells->count;
        take_cell(table, &table->kind->columns[i], cells->line,
                  there ? cells->cell(cells->row, (size_t)place) : "", row);
    }
    check_days(table, cells->line, row);
    if (!row || !js_push(table->rows, TAKE(row)) || !keep_line(table, cells->line))
        table->no_memory = true;
    return table->no_memory ? err_set(err, ERR_NO_MEMORY, "catalogue") : ERR_OK;
}

/* ---- rows beside one another ---- */

struct key {
    const struct catalog_kind *kind;
    const struct js *row;
    size_t place;
};

static int compare_keys(const void *left, const void *right)
{
    const struct key *a = left, *b = right;
    for (size_t i = 0; i < catalog_kind_columns(a->kind); i++) {
        if (!a->kind->columns[i].in_key)
            continue;
        const char *column = a->kind->columns[i].key;
        int order = strcmp(js_text_or(a->row, column, ""), js_text_or(b->row, column, ""));
        if (order)
            return order;
    }
    return 0;
}

/* By key, then by the day from which a row holds, then as they came. */
static int compare_rows(const void *left, const void *right)
{
    const struct key *a = left, *b = right;
    int order = compare_keys(a, b);
    if (!order)
        order = strcmp(js_text_or(a->row, "valid_from", ""), js_text_or(b->row, "valid_from", ""));
    return order ? order : (a->place > b->place) - (a->place < b->place);
}

static bool overlap(const struct js *earlier, const struct js *later)
{
    const char *end = js_text_or(earlier, "valid_to", "9999-12-31");
    return strcmp(js_text_or(later, "valid_from", ""), end) <= 0;
}

/* What becomes of a row that has the key of an earlier one. *out_drop: it is left out. */
static void meet(struct catalog_table *table, const struct key *earlier, const struct key *later,
                 bool *out_drop)
{
    char why[80];
    long line = table->lines[later->place], other = table->lines[earlier->place];
    bool dated = catalog_kind_is_dated(table->kind);
    const char *column = table->kind->code_key;
    *out_drop = js_equal(earlier->row, later->row) || table->kind->lenient;
    if (*out_drop) {
        snprintf(why, sizeof why, "the same code as in line %ld, left out", other);
        tell(table, &table->notes, line, column, why);
    } else if (!dated || overlap(earlier->row, later->row)) {
        snprintf(why, sizeof why,
                 dated ? "holds at the same time as line %ld" : "twice, see line %ld", other);
        catalog_table_problem(table, line, column, why);
    }
}

static enum err_code settle_keys(struct catalog_table *table, struct js *kept, struct err *err)
{
    size_t count = js_count(table->rows);
    AUTO(mem) struct key *keys = mem_array(count + 1, sizeof *keys);
    AUTO(mem) bool *dropped = mem_array(count + 1, sizeof *dropped);
    if (!keys || !dropped)
        return err_set(err, ERR_NO_MEMORY, "catalogue");
    for (size_t i = 0; i < count; i++)
        keys[i] = (struct key){table->kind, js_item(table->rows, i), i};
    qsort(keys, count, sizeof *keys, compare_rows);
    for (size_t i = 1, first = 0; i < count; i++) {
        if (compare_keys(&keys[first], &keys[i]))
            first = i;
        else
            meet(table, &keys[first], &keys[i], &dropped[keys[i].place]);
        if (!dropped[keys[i].place])
            first = i;
    }
    for (size_t i = 0; i < count; i++)
        if (!dropped[i] && !js_push(kept, js_ref(js_item(table->rows, i))))
            return err_set(err, ERR_NO_MEMORY, "catalogue");
    return ERR_OK;
}

/* A file that cannot be read at all has said so. */
static void check_whole(struct catalog_table *table)
{
    char why[260];
    if (table->has_heading && !js_count(table->rows))
        catalog_table_problem(table, 0, NULL, "no rows");
    if (table->has_heading || (!table->passed_over && table->problems.count))
        return;
    snprintf(why, sizeof why, "no headings: %s missing", table->missing);
    catalog_table_problem(table, table->first_line, NULL,
                          table->passed_over ? why : "nothing in it");
}

enum err_code catalog_table_end(struct catalog_table *table, struct js **out, struct err *err)
{
    AUTO(js) struct js *kept = js_array();
    check_whole(table);
    enum err_code code = kept ? settle_keys(table, kept, err) : ERR_NO_MEMORY;
    if (code)
        return err_set(err, code, "catalogue");
    AUTO(js)
    struct js *made = js_pack("{s:O, s:O, s:O, s:I, s:I}", "rows", kept, "problems",
                              table->problems.list, "notes", table->notes.list, "problem_count",
                              table->problems.count, "note_count", table->notes.count);
    if (!made || table->no_memory)
        return err_set(err, ERR_NO_MEMORY, "catalogue");
    *out = TAKE(made);
    return ERR_OK;
}
