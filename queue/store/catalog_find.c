#include "daemon/base/text.h"
#include "queue/store/catalog.h"
#include "queue/store/inside.h"

#include <stdio.h>
#include <string.h>

static enum err_code push_data(struct js *list, const char *data, struct err *err)
{
    struct js *row = NULL;
    enum err_code code = js_parse(data, strlen(data), &row, err);
    if (code)
        return err_context(err, ERR_STORE_CORRUPT, "row of a catalogue");
    return js_push(list, row) ? ERR_OK : err_set(err, ERR_NO_MEMORY, "catalogue");
}

/* ---- by code ---- */

enum err_code catalog_of_version(struct store *store, const char *version, const char *code_text,
                                 const char *day, struct js **out, struct err *err)
{
    AUTO(js) struct js *list = js_array();
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code =
        db_query(store->db,
                 "SELECT data " CATALOG_ROWS_OF_CODE " AND coalesce(valid_from, '') <= ?3 "
                 "AND coalesce(valid_to, '9999') >= ?3 ORDER BY place",
                 DB_BIND(DB_TEXT(version), DB_TEXT(code_text), DB_TEXT(day)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row)
        code = push_data(list, query_text(q, 0), err);
    if (code)
        return code;
    *out = TAKE(list);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "catalogue");
}

enum err_code catalog_all(struct store *store, const char *version, struct js **out,
                          struct err *err)
{
    AUTO(js) struct js *list = js_array();
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code =
        db_query(store->db, "SELECT data FROM catalog_row WHERE version_id = ? ORDER BY place",
                 DB_BIND(DB_TEXT(version)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row)
        code = push_data(list, query_text(q, 0), err);
    if (code)
        return code;
    *out = TAKE(list);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "catalogue");
}

enum err_code catalog_by_code(struct store *store, const struct catalog_kind *kind,
                              const char *code_text, const char *day, struct js **out,
                              struct err *err)
{
    char version[ID_SIZE], today[11];
    catalog_today(today);
    enum err_code code = catalog_version_on(store, kind->name, day ? day : today, version, err);
    return code ? code : catalog_of_version(store, version, code_text, day ? day : today, out, err);
}

/* ---- by words ---- */

#define WORDS_MAX 12
#define NAME_BYTES 300 /* of what was typed */

struct wanted {
    char text[2 * NAME_BYTES]; /* folded */
    char code[64];             /* as it was typed */
    char *word[WORDS_MAX];
    size_t count;
};

/* Lower is better; -1: no. */
enum rank { RANK_CODE, RANK_CODE_BEGIN, RANK_BEGIN, RANK_PHRASE, RANK_IN_ORDER, RANK_WORDS };

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

/* The first word in `text` from `from` on that begins with `word`. */
static const char *word_in(const char *text, const char *from, const char *word)
{
    for (const char *at = from; (at = strstr(at, word)); at++)
        if (at == text || !is_letter(at[-1]))
            return at;
    return NULL;
}

static int rank_of(const struct wanted *wanted, const char *phrase, const char *row_code,
                   const char *folded)
{
    if (strcmp(row_code, wanted->code) == 0)
        return RANK_CODE;
    if (*wanted->code && text_starts(row_code, wanted->code))
        return RANK_CODE_BEGIN;
    bool in_order = true;
    const char *behind = folded;
    for (size_t i = 0; i < wanted->count; i++) {
        if (!word_in(folded, folded, wanted->word[i]))
            return -1;
        const char *next = in_order ? word_in(folded, behind, wanted->word[i]) : NULL;
        in_order = next != NULL;
        behind = next ? next + strlen(wanted->word[i]) : behind;
    }
    if (!wanted->count)
        return -1;
    if (text_starts(folded, phrase))
        return RANK_BEGIN;
    if (word_in(folded, folded, phrase))
        return RANK_PHRASE;
    return in_order ? RANK_IN_ORDER : RANK_WORDS;
}

struct hit {
    int rank;
    size_t size; /* of the name: short ones first */
    int64_t place;
};

static bool is_better(const struct hit *a, const struct hit *b)
{
    if (a->rank != b->rank)
        return a->rank < b->rank;
    return a->size != b->size ? a->size < b->size : a->place < b->place;
}

static void keep(struct hit *hits, size_t *count, size_t limit, struct hit hit)
{
    size_t at = *count;
    while (at > 0 && is_better(&hit, &hits[at - 1]))
        at--;
    if (at == limit)
        return;
    *count += *count < limit;
    memmove(&hits[at + 1], &hits[at], (*count - at - 1) * sizeof *hits);
    hits[at] = hit;
}

static enum err_code take_words(const char *words, struct wanted *out, char *phrase, size_t size,
                                struct err *err)
{
    AUTO(mem) char *cut = mem_strndup(words, NAME_BYTES);
    AUTO(mem) char *squeezed = cut ? text_squeeze(cut) : NULL;
    AUTO(mem) char *folded = squeezed ? text_fold(squeezed) : NULL;
    *out = (struct wanted){0};
    if (!folded)
        return err_set(err, ERR_BAD_ARGUMENT, "words: no UTF-8 text");
    snprintf(out->code, sizeof out->code, "%s",
             strlen(squeezed) < sizeof out->code ? squeezed : "");
    snprintf(phrase, size, "%s", folded);
    snprintf(out->text, sizeof out->text, "%s", folded);
    char *rest = out->text;
    for (char *word; (word = strsep(&rest, " ,;")) && out->count < WORDS_MAX;)
        if (*word)
            out->word[out->count++] = word;
    return ERR_OK;
}

static enum err_code find_hits(struct store *store, const char *version,
                               const struct wanted *wanted, const char *phrase, size_t limit,
                               struct hit *hits, size_t *out_count, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    char today[11];
    bool row = true;
    catalog_today(today);
    enum err_code code =
        db_query(store->db,
                 "SELECT place, code, folded FROM catalog_row WHERE version_id = ?1 "
                 "AND coalesce(valid_from, '') <= ?2 "
                 "AND coalesce(valid_to, '9999') >= ?2 ORDER BY place",
                 DB_BIND(DB_TEXT(version), DB_TEXT(today)), &q, err);
    *out_count = 0;
    while (!code && !(code = query_next(q, &row, err)) && row) {
        const char *folded = query_text(q, 2);
        int rank = rank_of(wanted, phrase, query_text(q, 1), folded);
        if (rank >= 0)
            keep(hits, out_count, limit, (struct hit){rank, strlen(folded), query_int(q, 0)});
    }
    return code;
}

enum err_code catalog_search(struct store *store, const struct catalog_kind *kind,
                             const char *words, size_t limit, bool *out_empty, struct js **out,
                             struct err *err)
{
    struct hit hits[CATALOG_FOUND_MAX + 1];
    struct wanted wanted;
    char version[ID_SIZE], today[11], phrase[2 * NAME_BYTES];
    size_t count = 0;
    AUTO(js) struct js *list = js_array();
    limit = limit < CATALOG_FOUND_MAX ? limit : CATALOG_FOUND_MAX;
    catalog_today(today);
    enum err_code code = take_words(words, &wanted, phrase, sizeof phrase, err);
    if (!code)
        code = catalog_version_on(store, kind->name, today, version, err);
    if (!code && *version)
        code = find_hits(store, version, &wanted, phrase, limit, hits, &count, err);
    for (size_t i = 0; !code && i < count; i++) {
        AUTO(mem) char *data = NULL;
        code = db_text(store->db, "SELECT data FROM catalog_row WHERE version_id = ? AND place = ?",
                       DB_BIND(DB_TEXT(version), DB_INT(hits[i].place)), &data, err);
        if (!code)
            code = push_data(list, data ? data : "", err);
    }
    if (code)
        return code;
    *out_empty = !*version;
    *out = TAKE(list);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "catalogue");
}

/* ---- provinces ---- */

const char *catalog_bare_province(const char *folded)
{
    static const char *const ranks[] = {"tinh ", "thanh pho ", "tp. ", "tp "};
    for (size_t i = 0; i < sizeof ranks / sizeof *ranks; i++)
        if (text_starts(folded, ranks[i]))
            return folded + strlen(ranks[i]);
    return folded;
}

enum err_code catalog_successor(struct store *store, const char *province, struct js **out,
                                struct err *err)
{
    AUTO(query) struct query *q = NULL;
    AUTO(mem) char *folded = text_fold(province);
    AUTO(js) struct js *found = NULL;
    char version[ID_SIZE], today[11];
    bool row = true;
    catalog_today(today);
    if (!folded)
        return err_set(err, ERR_BAD_ARGUMENT, "province: no UTF-8 text");
    enum err_code code = catalog_version_on(store, "provinces", today, version, err);
    if (!code)
        code = db_query(store->db, "SELECT folded, data FROM catalog_row WHERE version_id = ?",
                        DB_BIND(DB_TEXT(version)), &q, err);
    while (!code && !found && !(code = query_next(q, &row, err)) && row)
        if (strcmp(catalog_bare_province(query_text(q, 0)), catalog_bare_province(folded)) == 0)
            code = js_parse(query_text(q, 1), strlen(query_text(q, 1)), &found, err);
    if (code)
        return code;
    *out = found ? js_pack("{s:s, s:s, s:s?}", "name", js_text_or(found, "successor", ""), "code",
                           js_text_or(found, "successor_code", ""), "agency_code",
                           js_text_or(found, "successor_agency_code", NULL))
                 : js_null();
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "province");
}
