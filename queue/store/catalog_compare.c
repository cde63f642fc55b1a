#include "queue/store/catalog_compare.h"

#include "daemon/base/buf.h"
#include "daemon/base/text.h"
#include "queue/store/inside.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_MAX_BYTES 60000
#define KEYS_TOLD 20
#define FEW_ROWS 10 /* of these any share may change */

struct row {
    char *key, *data, *folded; /* folded: its name */
};

struct rows {
    struct row *item;
    size_t count, capacity;
};

static void rows_auto(struct rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        mem_free(rows->item[i].key);
        mem_free(rows->item[i].data);
        mem_free(rows->item[i].folded);
    }
    mem_free(rows->item);
}

/* What no two rows of one day have alike, as people write it. */
static char *key_of(const struct catalog_kind *kind, const struct js *row)
{
    AUTO(buf) struct buf key;
    buf_init(&key, KEY_MAX_BYTES);
    for (size_t i = 0; i < catalog_kind_columns(kind); i++)
        if (kind->columns[i].in_key)
            buf_printf(&key, "%s%s", key.size ? " " : "",
                       js_text_or(row, kind->columns[i].key, ""));
    return buf_ok(&key) ? mem_strdup(key.bytes ? key.bytes : "") : NULL;
}

static bool add(struct rows *rows, const struct catalog_kind *kind, const struct js *row,
                const char *data)
{
    if (rows->count == rows->capacity) {
        size_t capacity = 2 * rows->capacity + 256;
        struct row *item = mem_resize(rows->item, capacity * sizeof *item);
        if (!item)
            return false;
        rows->item = item;
        rows->capacity = capacity;
    }
    struct row *made = &rows->item[rows->count++];
    *made = (struct row){.key = key_of(kind, row),
                         .data = mem_strdup(data),
                         .folded = text_fold(js_text_or(row, kind->name_key, ""))};
    return made->key && made->data && made->folded;
}

static int by_key(const void *left, const void *right)
{
    return strcmp(((const struct row *)left)->key, ((const struct row *)right)->key);
}

static void sort(struct rows *rows)
{
    if (rows->count)
        qsort(rows->item, rows->count, sizeof *rows->item, by_key);
}

static enum err_code read_held(struct store *store, const struct catalog_import *import,
                               struct rows *out, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    char version[ID_SIZE];
    bool more = true;
    enum err_code code =
        catalog_version_on(store, import->kind->name, import->valid_from, version, err);
    if (!code)
        code = db_query(store->db, "SELECT data FROM catalog_row WHERE version_id = ?",
                        DB_BIND(DB_TEXT(version)), &q, err);
    while (!code && !(code = query_next(q, &more, err)) && more) {
        AUTO(js) struct js *row = NULL;
        const char *data = query_text(q, 0);
        if (js_parse(data, strlen(data), &row, err))
            return err_context(err, ERR_STORE_CORRUPT, "row of a catalogue");
        if (!add(out, import->kind, row, data))
            return err_set(err, ERR_NO_MEMORY, "catalogue");
    }
    sort(out);
    return code;
}

static enum err_code read_new(const struct catalog_import *import, char *const *data,
                              struct rows *out, struct err *err)
{
    for (size_t i = 0; i < js_count(import->rows); i++)
        if (!add(out, import->kind, js_item(import->rows, i), data[i]))
            return err_set(err, ERR_NO_MEMORY, "catalogue");
    sort(out);
    return ERR_OK;
}

/* Where rows of that key begin; NULL: there is none. */
static const struct row *rows_of_key(const struct rows *rows, const char *key)
{
    size_t from = 0, to = rows->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (strcmp(rows->item[middle].key, key) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    bool there = from < rows->count && strcmp(rows->item[from].key, key) == 0;
    return there ? &rows->item[from] : NULL;
}

struct counted {
    int64_t held, added, changed, removed, known, renamed;
    struct js *changed_keys, *removed_keys;
};

static void counted_auto(struct counted *counted)
{
    js_free(counted->changed_keys);
    js_free(counted->removed_keys);
}

static bool tell_key(struct js *list, const char *key)
{
    return js_count(list) >= KEYS_TOLD || js_push(list, js_text(key));
}

static bool count_new(const struct row *row, const struct rows *held, struct counted *out)
{
    const struct row *at = rows_of_key(held, row->key);
    const struct row *end = held->item + held->count;
    bool same = false, named = false;
    if (!at) {
        out->added++;
        return true;
    }
    for (; at < end && strcmp(at->key, row->key) == 0; at++) {
        same = same || strcmp(at->data, row->data) == 0;
        named = named || strcmp(at->folded, row->folded) == 0;
    }
    out->known++;
    out->renamed += !named;
    out->changed += !same;
    return same || tell_key(out->changed_keys, row->key);
}

static bool count_all(const struct rows *held, const struct rows *made, struct counted *out)
{
    bool fits = true;
    *out = (struct counted){
        .held = (int64_t)held->count, .changed_keys = js_array(), .removed_keys = js_array()};
    for (size_t i = 0; fits && i < made->count; i++)
        fits = count_new(&made->item[i], held, out);
    for (size_t i = 0; fits && i < held->count; i++) {
        bool gone = !rows_of_key(made, held->item[i].key);
        out->removed += gone;
        fits = !gone || tell_key(out->removed_keys, held->item[i].key);
    }
    return fits && out->changed_keys && out->removed_keys;
}

/* ---- doubts ---- */

/* `form`: 9 is a digit, A a capital letter, anything else itself. */
static bool begins_with_form(const char *code, const char *form, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)code[i];
        bool fits = form[i] == '9' ? isdigit(c) : form[i] == 'A' ? isupper(c) : c == form[i];
        if (!fits)
            return false;
    }
    return true;
}

static bool has_any_form(const char *code, const char *forms)
{
    for (const char *form = forms; *form; form += strspn(form, " ")) {
        size_t size = strcspn(form, " ");
        if (begins_with_form(code, form, size))
            return true;
        form += size;
    }
    return false;
}

static int64_t of_other_form(const struct catalog_import *import)
{
    int64_t count = 0;
    const struct catalog_kind *kind = import->kind;
    for (size_t i = 0; kind->code_forms && i < js_count(import->rows); i++)
        count += !has_any_form(js_text_or(js_item(import->rows, i), kind->code_key, ""),
                               kind->code_forms);
    return count;
}

/* Folded names of the provinces since July 2025, without their rank. */
static enum err_code read_provinces(struct store *store, struct js **out, struct err *err)
{
    char version[ID_SIZE], today[11];
    AUTO(js) struct js *rows = NULL;
    AUTO(js) struct js *names = js_array();
    catalog_today(today);
    enum err_code code = catalog_version_on(store, "provinces", today, version, err);
    if (!code)
        code = catalog_all(store, version, &rows, err);
    for (size_t i = 0; !code && i < js_count(rows); i++) {
        AUTO(mem) char *folded = text_fold(js_text_or(js_item(rows, i), "successor", ""));
        if (!folded || !js_push(names, js_text(catalog_bare_province(folded))))
            code = err_set(err, ERR_NO_MEMORY, "provinces");
    }
    if (!code)
        *out = TAKE(names);
    return code;
}

static bool is_among(const struct js *names, const char *name)
{
    for (size_t i = 0; i < js_count(names); i++)
        if (strcmp(js_text_or(js_item(names, i), "", ""), name) == 0)
            return true;
    return false;
}

/* The list of before 2025 has the columns of the one since then, and the other way round. */
static enum err_code of_other_time(struct store *store, const struct catalog_import *import,
                                   int64_t *out, struct err *err)
{
    bool now = strcmp(import->kind->name, "units-2025") == 0;
    bool before = strcmp(import->kind->name, "units-before-2025") == 0;
    AUTO(js) struct js *provinces = NULL;
    enum err_code code = now ? read_provinces(store, &provinces, err) : ERR_OK;
    *out = 0;
    for (size_t i = 0; !code && (now || before) && i < js_count(import->rows); i++) {
        const struct js *row = js_item(import->rows, i);
        AUTO(mem) char *folded = text_fold(js_text_or(row, "province", ""));
        bool gone = folded && *folded && js_count(provinces) &&
                    !is_among(provinces, catalog_bare_province(folded));
        *out += before ? !js_has(row, "district") : gone;
    }
    return code;
}

static bool doubt(struct js *list, int64_t some, int64_t all, const char *what)
{
    char text[160];
    snprintf(text, sizeof text, "%lld of %lld %s", (long long)some, (long long)all, what);
    return js_push(list, js_text(text));
}

static struct js *doubts_of(const struct catalog_import *import, const struct counted *counted,
                            int64_t other_time)
{
    AUTO(js) struct js *list = js_array();
    int64_t rows = (int64_t)js_count(import->rows), odd = of_other_form(import);
    bool fits = true;
    if (2 * odd > rows)
        fits = doubt(list, odd, rows, "codes do not look like codes of this catalogue");
    if (fits && rows >= FEW_ROWS && 4 * other_time > rows)
        fits = doubt(list, other_time, rows, "units do not look like units of that time");
    if (fits && counted->held >= FEW_ROWS && 2 * counted->removed > counted->held)
        fits = doubt(list, counted->removed, counted->held, "rows that are held would go");
    if (fits && counted->known >= FEW_ROWS && 2 * counted->renamed > counted->known)
        fits = doubt(list, counted->renamed, counted->known, "known codes would get another name");
    return fits ? TAKE(list) : NULL;
}

enum err_code catalog_compare(struct store *store, const struct catalog_import *import,
                              char *const *data, struct js **out, struct err *err)
{
    __attribute__((cleanup(rows_auto))) struct rows held = {0};
    __attribute__((cleanup(rows_auto))) struct rows made = {0};
    __attribute__((cleanup(counted_auto))) struct counted counted = {0};
    enum err_code code = read_held(store, import, &held, err);
    if (!code)
        code = read_new(import, data, &made, err);
    if (code)
        return code;
    int64_t other_time;
    code = of_other_time(store, import, &other_time, err);
    if (code)
        return code;
    struct js *told = NULL;
    if (count_all(&held, &made, &counted))
        told = js_pack("{s:I, s:I, s:I, s:O, s:O, s:o}", "added", counted.added, "changed",
                       counted.changed, "removed", counted.removed, "changed_keys",
                       counted.changed_keys, "removed_keys", counted.removed_keys, "doubts",
                       doubts_of(import, &counted, other_time));
    if (!told)
        return err_set(err, ERR_NO_MEMORY, "catalogue");
    *out = told;
    return ERR_OK;
}
