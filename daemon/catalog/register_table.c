#include "daemon/catalog/register_table.h"

#include "daemon/base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADING_WITHIN 30 /* rows: titles stand above it */
#define CELL_MAX_BYTES 8000

struct table {
    const struct register_reading *reading;
    struct register_headings headings, above; /* above: the row before, while there are none */
    struct js *columns;                       /* of the widest row, when none are found */
    size_t widest;
    bool found, is_first, over; /* is_first: below the headings; over: below a total */
    long passed_over, first_line;
    const char *problem;
    long problem_line;
    struct buf *lines;
    size_t chunk_start;
    int64_t rows, left_out, note_count;
    int64_t unread[REGISTER_COLUMN_COUNT];
    char *before[REGISTER_COLUMN_COUNT]; /* cells of the row above, as they were understood */
    bool ditto_told[REGISTER_COLUMN_COUNT];
    struct js *notes, *chunks;
    bool no_memory;
};

static void forget_before(struct table *table)
{
    for (int i = 0; i < REGISTER_COLUMN_COUNT; i++) {
        mem_free(table->before[i]);
        table->before[i] = NULL;
    }
}

static void table_auto(struct table *table)
{
    register_headings_done(&table->headings);
    register_headings_done(&table->above);
    js_free(table->columns);
    js_free(table->notes);
    js_free(table->chunks);
    forget_before(table);
}

static void tell(struct table *table, long line, const char *column, const char *why)
{
    if (table->note_count++ >= REGISTER_TOLD_MAX)
        return;
    AUTO(js) struct js *note = js_pack("{s:I, s:s}", "line", (int64_t)line, "why", why);
    if (!note || (column && !js_set(note, "column", js_text(column))) ||
        !js_push(table->notes, js_ref(note)))
        table->no_memory = true;
}

static void leave_out(struct table *table, long line, const char *why)
{
    table->left_out++;
    tell(table, line, NULL, why);
}

/* ---- what a row is ---- */

static bool is_blank(const char *text)
{
    return !text[strspn(text, " \t\r\n")];
}

static size_t filled_cells(const struct catalog_cells *cells, size_t *out_first)
{
    size_t count = 0;
    *out_first = 0;
    for (size_t i = cells->count; i-- > 0;)
        if (!is_blank(cells->cell(cells->row, i))) {
            count++;
            *out_first = i;
        }
    return count;
}

/* "(1) (2) (3)" or "1 2 3": columns are numbered below their headings. */
static bool is_numbering(const struct catalog_cells *cells)
{
    long before = 0;
    size_t count = 0;
    for (size_t i = 0; i < cells->count; i++) {
        const char *cell = cells->cell(cells->row, i);
        cell += strspn(cell, " (");
        char *end;
        long number = strtol(cell, &end, 10);
        if (is_blank(cell))
            continue;
        if (end == cell || end[strspn(end, " )")] || (count && number != before + 1))
            return false;
        before = number;
        count++;
    }
    return count >= 3;
}

/* Headings are printed again on every page. */
static bool repeats_headings(const struct table *table, const struct catalog_cells *cells)
{
    size_t equal = 0;
    for (size_t i = 0; i < cells->count && i < table->headings.count; i++) {
        AUTO(mem) char *text = text_squeeze(cells->cell(cells->row, i));
        equal += text && *text && strcmp(text, table->headings.item[i].text) == 0;
    }
    return equal >= 2;
}

static bool begins_with_any(const char *folded, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t size = strlen(words[i]);
        if (strncmp(folded, words[i], size) == 0 && !isalnum((unsigned char)folded[size]))
            return true;
    }
    return false;
}

static bool is_total(const char *folded)
{
    static const char *const words[] = {"tong cong", "tong so", "cong", "tong"};
    return begins_with_any(folded, words, sizeof words / sizeof *words);
}

static bool is_signature(const char *folded)
{
    static const char *const words[] = {"nguoi lap", "nguoi ghi so", "thu truong",   "chu tich",
                                        "van thu",   "xac nhan",     "truong phong", "ky ten",
                                        "ke toan",   "can bo",       "(ky"};
    return begins_with_any(folded, words, sizeof words / sizeof *words);
}

static bool has_digit(const char *text)
{
    return strpbrk(text, "0123456789") != NULL;
}

/* One cell alone is a row when it names the scan or its number. */
static bool is_title(const struct table *table, const char *cell, size_t place)
{
    const int *places = table->headings.place;
    bool names =
        places[REGISTER_PATH] == (int)place ||
        ((places[FIELD_number_symbol] == (int)place || places[REGISTER_NUMBER] == (int)place) &&
         has_digit(cell));
    return !names;
}

/* NULL: a row of the register. */
static const char *why_none(struct table *table, const struct catalog_cells *cells)
{
    size_t first, filled = filled_cells(cells, &first);
    if (!filled)
        return "";
    AUTO(mem) char *folded = text_fold(cells->cell(cells->row, first));
    const char *text = folded ? folded + strspn(folded, " ") : "";
    if (table->is_first && is_numbering(cells))
        return "numbers of the columns, left out";
    if (repeats_headings(table, cells))
        return "the headings again, left out";
    if (is_total(text) && filled <= 3) {
        table->over = true;
        return "a total, left out";
    }
    if (filled <= 3 && is_signature(text) && (filled == 1 || table->over))
        return "below the table, left out";
    if (filled == 1 && is_title(table, cells->cell(cells->row, first), first))
        return table->over ? "below the table, left out" : "a title in one cell, left out";
    return NULL;
}

/* ---- a row ---- */

struct row {
    struct js *values, *texts;
    char *cell[REGISTER_COLUMN_COUNT]; /* NULL: empty */
};

static void row_auto(struct row *row)
{
    js_free(row->values);
    js_free(row->texts);
    for (int i = 0; i < REGISTER_COLUMN_COUNT; i++)
        mem_free(row->cell[i]);
}

/* NFC, blanks squeezed, what no text has taken for a blank. */
static char *clean_cell(const char *cell)
{
    AUTO(mem) char *normal = NULL;
    if (strlen(cell) > CELL_MAX_BYTES || text_nfc(cell, strlen(cell), &normal, NULL))
        return mem_strdup("");
    for (char *c = normal; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = ' ';
    return text_squeeze(normal);
}

static void take_cells(struct table *table, const struct catalog_cells *cells, struct row *row)
{
    for (int i = 0; i < REGISTER_COLUMN_COUNT; i++) {
        int place = table->headings.place[i];
        if (place < 0 || (size_t)place >= cells->count)
            continue;
        const char *cell = cells->cell(cells->row, (size_t)place);
        if (strlen(cell) > CELL_MAX_BYTES)
            tell(table, cells->line, register_column_key(i), "longer than any cell, left out");
        AUTO(mem) char *text = clean_cell(cell);
        table->no_memory = table->no_memory || !text;
        row->cell[i] = text && *text ? TAKE(text) : NULL;
    }
}

/* What tells one row from the next is written out. */
static bool may_be_ditto(int column)
{
    return column != REGISTER_PATH && column != REGISTER_NUMBER && column != FIELD_number_symbol;
}

static void follow_ditto(struct table *table, int column, long line, struct row *row)
{
    const char *before = table->before[column];
    if (!row->cell[column] || !may_be_ditto(column) || !register_is_ditto(row->cell[column]))
        return;
    if (before) {
        mem_free(row->cell[column]);
        row->cell[column] = mem_strdup(before);
        table->no_memory = table->no_memory || !row->cell[column];
    }
    if (before && !table->ditto_told[column])
        tell(table, line, register_column_key(column), "a ditto mark, read as the row above");
    table->ditto_told[column] = table->ditto_told[column] || before;
}

/* Of what could not be read nothing follows. */
static void keep_before(struct table *table, struct row *row)
{
    forget_before(table);
    for (int i = 0; i < REGISTER_COLUMN_COUNT; i++) {
        bool read = i == REGISTER_SYMBOL || js_has(row->values, register_column_key(i));
        if (row->cell[i] && read && !register_is_ditto(row->cell[i]))
            table->before[i] = TAKE(row->cell[i]);
    }
}

/* "12" and "QĐ-UBND" are "12/QĐ-UBND". */
static void join_number(struct table *table, struct row *row)
{
    const char *number = row->cell[REGISTER_NUMBER], *symbol = row->cell[REGISTER_SYMBOL];
    char **whole = &row->cell[FIELD_number_symbol];
    if (symbol && register_is_ditto(symbol)) /* of what, nobody knows */
        symbol = NULL;
    if (*whole || !number)
        return;
    *whole =
        symbol && !strchr(number, '/') ? mem_printf("%s/%s", number, symbol) : mem_strdup(number);
    table->no_memory = table->no_memory || !*whole;
}

static void take_value(struct table *table, int column, long line, struct row *row)
{
    const char *text = row->cell[column];
    AUTO(mem) char *value = NULL;
    bool sheet = table->reading->format == CATALOG_SHEET;
    bool read = text && register_value(column, text, sheet, &value);
    if (!text)
        return;
    if (!read) {
        table->unread[column]++;
        tell(table, line, register_column_key(column),
             "not in the form of this field, kept as text");
    }
    struct js *into = read ? row->values : row->texts;
    if (!js_set(into, register_column_key(column), js_text(read ? value : text)))
        table->no_memory = true;
}

static struct js *row_to_js(const struct row *row, long line)
{
    AUTO(js) struct js *object = js_pack("{s:I}", "line", (int64_t)line);
    AUTO(mem)
    char *path = row->cell[REGISTER_PATH] ? register_path(row->cell[REGISTER_PATH]) : NULL;
    bool fits = js_set(object, "values", js_ref(row->values)) &&
                js_set(object, "texts", js_ref(row->texts)) &&
                (!path || !*path || js_set(object, "path", js_text(path)));
    return fits ? TAKE(object) : NULL;
}

static void end_chunk(struct table *table)
{
    size_t size = table->lines->size - table->chunk_start;
    if (!size)
        return;
    if (!js_push(table->chunks, js_pack("{s:I, s:I}", "offset", (int64_t)table->chunk_start, "size",
                                        (int64_t)size)))
        table->no_memory = true;
    table->chunk_start = table->lines->size;
}

static enum err_code add_row(struct table *table, const struct catalog_cells *cells,
                             struct err *err)
{
    __attribute__((cleanup(row_auto))) struct row row = {.values = js_object(),
                                                         .texts = js_object()};
    if (table->rows == REGISTER_ROWS_MAX)
        return err_set(err, ERR_TOO_LARGE, "more than %d rows", REGISTER_ROWS_MAX);
    take_cells(table, cells, &row);
    for (int i = 0; i < REGISTER_COLUMN_COUNT; i++)
        follow_ditto(table, i, cells->line, &row);
    join_number(table, &row);
    for (int i = 0; i <= REGISTER_TYPE; i++)
        if (i != REGISTER_PATH)
            take_value(table, i, cells->line, &row);
    bool has_key = row.cell[REGISTER_PATH] || row.cell[FIELD_number_symbol];
    if (!has_key && !js_count(row.values) && !js_count(row.texts)) {
        leave_out(table, cells->line, "nothing in the columns that are read, left out");
        return ERR_OK;
    }
    AUTO(js) struct js *object = row_to_js(&row, cells->line);
    AUTO(mem) char *text = object ? js_dump(object) : NULL;
    if (!text)
        return err_set(err, ERR_NO_MEMORY, "register");
    buf_text(table->lines, text);
    buf_text(table->lines, "\n");
    keep_before(table, &row);
    if (++table->rows % REGISTER_CHUNK_ROWS == 0)
        end_chunk(table);
    return buf_ok(table->lines) ? ERR_OK : err_set(err, ERR_TOO_LARGE, "more than any register");
}

/* ---- headings ---- */

static enum err_code look_for_headings(struct table *table, const struct catalog_cells *cells,
                                       struct err *err)
{
    size_t first, filled = filled_cells(cells, &first);
    struct register_headings *out = &table->headings;
    if (!filled || table->passed_over >= HEADING_WITHIN)
        return ERR_OK;
    enum err_code code =
        register_headings_read(cells, &table->above, &table->reading->maps, out, err);
    if (code)
        return code;
    if (register_headings_fit(out)) {
        table->found = table->is_first = true;
        if (table->passed_over)
            tell(table, table->first_line, NULL, "rows above the headings, left out");
        return ERR_OK;
    }
    if (filled > table->widest) {
        table->widest = filled;
        js_free(table->columns);
        table->columns = register_headings_to_js(out);
    }
    if (!table->passed_over++)
        table->first_line = cells->line;
    register_headings_done(out);
    register_headings_done(&table->above);
    return register_headings_read(cells, NULL, &table->reading->maps, &table->above, err);
}

static enum err_code take_lower_headings(struct table *table, const struct catalog_cells *cells,
                                         struct err *err)
{
    struct register_headings whole;
    enum err_code code =
        register_headings_read(cells, &table->headings, &table->reading->maps, &whole, err);
    if (code) {
        register_headings_done(&whole);
        return code;
    }
    register_headings_done(&table->headings);
    table->headings = whole;
    return ERR_OK;
}

/* ---- all ---- */

static enum err_code take_row(void *payload, const struct catalog_cells *cells, struct err *err)
{
    struct table *table = payload;
    if (!table->found)
        return look_for_headings(table, cells, err);
    if (table->is_first && register_headings_go_on(&table->headings, cells, &table->reading->maps))
        return take_lower_headings(table, cells, err);
    const char *why = why_none(table, cells);
    if (why && *why)
        leave_out(table, cells->line, why);
    if (!why || *why)
        table->is_first = table->is_first && why && *why;
    return why ? ERR_OK : add_row(table, cells, err);
}

static void take_problem(void *payload, long line, const char *why)
{
    struct table *table = payload;
    if (!table->problem) {
        table->problem = why;
        table->problem_line = line;
    }
    leave_out(table, line, why);
}

static struct js *unread_of(const struct table *table)
{
    AUTO(js) struct js *object = js_object();
    for (int i = 0; i < REGISTER_COLUMN_COUNT; i++)
        if (table->unread[i] && !js_set(object, register_column_key(i), js_int(table->unread[i])))
            return NULL;
    return TAKE(object);
}

static const char *problem_of(const struct table *table)
{
    if (table->found)
        return table->rows ? NULL : "no rows below the headings";
    return table->problem ? table->problem
                          : "no headings found: a file or number column and one more are wanted";
}

static void tell_twice(struct table *table)
{
    for (size_t i = 0; table->found && i < table->headings.count; i++)
        if (table->headings.item[i].twice)
            tell(table, 0, register_column_key(table->headings.item[i].column),
                 "two headings name this column, one is read");
}

static struct js *result_of(struct table *table)
{
    end_chunk(table);
    tell_twice(table);
    if (table->reading->sheets > 1)
        tell(table, 0, NULL, "the file has more sheets, one of them is read");
    struct js *columns = table->found     ? register_headings_to_js(&table->headings)
                         : table->columns ? js_ref(table->columns)
                                          : js_array();
    return js_pack("{s:o, s:I, s:I, s:o, s:O, s:I, s:s?, s:O, s:i}", "columns", columns, "rows",
                   table->rows, "left_out", table->left_out, "unread", unread_of(table), "notes",
                   table->notes, "note_count", table->note_count, "problem", problem_of(table),
                   "chunks", table->chunks, "sheets", table->reading->sheets);
}

enum err_code register_read(const struct register_reading *reading, const char *bytes, size_t size,
                            struct buf *lines, struct js **out, struct err *err)
{
    __attribute__((cleanup(table_auto))) struct table table = {
        .reading = reading, .lines = lines, .notes = js_array(), .chunks = js_array()};
    struct row_sink sink = {take_row, take_problem, &table};
    if (!table.notes || !table.chunks)
        return err_set(err, ERR_NO_MEMORY, "register");
    enum err_code code = file_rows(reading->format, bytes, size, &sink, err);
    struct js *made = code ? NULL : result_of(&table);
    if (!code && (!made || table.no_memory)) {
        js_free(made);
        return err_set(err, ERR_NO_MEMORY, "register");
    }
    *out = code ? *out : made;
    return code;
}
