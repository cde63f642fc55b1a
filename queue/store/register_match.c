#include "queue/store/register_match.h"

#include "queue/store/register_join.h"

#include <stdio.h>
#include <string.h>

enum level { LEVEL_PATH, LEVEL_STEM, LEVEL_NAME, LEVEL_FOLDER, LEVEL_DAY, LEVEL_NUMBER, LEVELS };

/* Keys of register_keys.h between these two; NULL: not by files. */
static const struct {
    const char *from, *to, *why, *why_number;
} levels[LEVELS] = {[LEVEL_PATH] = {"A", "B", "path", "path_number"},
                    [LEVEL_STEM] = {"B", "C", "path", "path_number"},
                    [LEVEL_NAME] = {"C", "D", "name", "name_number"},
                    [LEVEL_FOLDER] = {"D", "E", "folder", "folder_number"},
                    [LEVEL_DAY] = {NULL, NULL, "number_date", "number_date"},
                    [LEVEL_NUMBER] = {NULL, NULL, "number", "number"}};

struct row_ref {
    char register_id[ID_SIZE];
    int64_t line;
    bool exact, same_number;
};

#define ROWS_MAX 9 /* more are as many as nine */

struct rows {
    struct row_ref item[ROWS_MAX];
    size_t count;
};

/* ---- rows that a paper may be ---- */

#define FREE_ROW                                                                                   \
    "NOT EXISTS (SELECT 1 FROM register_document h WHERE h.register_id = r.register_id "           \
    "AND h.line = r.line AND h.said_by IS NOT NULL AND h.document_id <> ?1) "

/* CROSS JOIN: taken in this order, from the paper to the few rows, whatever SQLite thinks. */
#define ROWS_BY_FILE                                                                               \
    "SELECT r.register_id, r.line, max(p.exact = f.exact), r.number_key = m.number_key "           \
    "FROM register_document m CROSS JOIN register_file f ON f.document_id = m.document_id "        \
    "CROSS JOIN register g ON g.folder = m.folder AND g.state = 'current' "                        \
    "CROSS JOIN register_path p ON p.register_id = g.id AND p.folded = f.folded "                  \
    "CROSS JOIN register_row r ON r.register_id = p.register_id AND r.line = p.line "              \
    "WHERE m.document_id = ?1 AND +f.folded >= ?2 AND +f.folded < ?3 AND " FREE_ROW                \
    "GROUP BY r.register_id, r.line ORDER BY 1, 2 LIMIT ?4"

#define ROWS_BY_NUMBER(condition)                                                                  \
    "SELECT r.register_id, r.line, 1, 1 FROM register_document m "                                 \
    "CROSS JOIN register g ON g.folder = m.folder AND g.state = 'current' "                        \
    "CROSS JOIN register_row r INDEXED BY register_row_number ON r.register_id = g.id AND "        \
    "r.number_key = m.number_key "                                                                 \
    "WHERE m.document_id = ?1 AND " condition " AND " FREE_ROW "ORDER BY 1, 2 LIMIT ?4"

#define SAME_DAY "r.issue_date = m.issue_date AND ?2 IS ?3"
/* Neither year nor agency contradicts, and one of them is the same. */
#define SAME_YEAR "substr(r.issue_date, 1, 4) = substr(m.issue_date, 1, 4)"
#define SAME_AGENCY "r.issuer_key = m.issuer_key"
#define SAME_PLACE                                                                                 \
    "coalesce(" SAME_YEAR ", 1) AND coalesce(" SAME_AGENCY ", 1) "                                 \
    "AND coalesce(" SAME_YEAR ", " SAME_AGENCY ", 0) AND ?2 IS ?3"

static enum err_code query_rows(struct store *store, const char *id, enum level level,
                                struct query **out, struct err *err)
{
    const char *from = levels[level].from, *to = levels[level].to;
    if (level == LEVEL_DAY)
        return db_query(store->db, ROWS_BY_NUMBER(SAME_DAY),
                        DB_BIND(DB_TEXT(id), DB_NULL, DB_NULL, DB_INT(ROWS_MAX)), out, err);
    if (level == LEVEL_NUMBER)
        return db_query(store->db, ROWS_BY_NUMBER(SAME_PLACE),
                        DB_BIND(DB_TEXT(id), DB_NULL, DB_NULL, DB_INT(ROWS_MAX)), out, err);
    return db_query(store->db, ROWS_BY_FILE,
                    DB_BIND(DB_TEXT(id), DB_TEXT(from), DB_TEXT(to), DB_INT(ROWS_MAX)), out, err);
}

static enum err_code read_rows(struct store *store, const char *id, enum level level,
                               struct rows *out, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = true;
    out->count = 0;
    enum err_code code = query_rows(store, id, level, &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row && out->count < ROWS_MAX) {
        struct row_ref *one = &out->item[out->count++];
        snprintf(one->register_id, sizeof one->register_id, "%s", query_text(q, 0));
        one->line = query_int(q, 1);
        one->exact = query_int(q, 2) != 0;
        one->same_number = query_int(q, 3) != 0;
    }
    return code;
}

static void keep_exact(struct rows *rows)
{
    size_t kept = 0;
    for (size_t i = 0; i < rows->count; i++)
        if (rows->item[i].exact)
            rows->item[kept++] = rows->item[i];
    rows->count = kept ? kept : rows->count;
}

/* Accents and case count only where without them there are several. *out_number: the number told.
 */
static void narrow(struct rows *rows, bool *out_number)
{
    struct row_ref same = {0};
    size_t count = 0;
    if (rows->count > 1)
        keep_exact(rows);
    for (size_t i = 0; i < rows->count; i++)
        if (rows->item[i].same_number) {
            same = rows->item[i];
            count++;
        }
    *out_number = rows->count > 1 && count == 1;
    if (*out_number) {
        rows->item[0] = same;
        rows->count = 1;
    }
}

/* ---- papers that claim a row ---- */

#define OTHERS                                                                                     \
    "CROSS JOIN document d ON d.id = o.document_id AND " REGISTER_ALIVE(                           \
        "d") "WHERE o.said_by IS NULL AND o.document_id <> ?1 "

#define CLAIMS_BY_FILE                                                                             \
    "SELECT count(DISTINCT o.document_id) FROM register_document m "                               \
    "CROSS JOIN register_path p INDEXED BY register_path_line ON p.register_id = ?2 AND p.line = " \
    "?3 "                                                                                          \
    "CROSS JOIN register_file f ON f.folder = m.folder AND f.folded = p.folded "                   \
    "CROSS JOIN register_document o ON o.document_id = f.document_id " OTHERS                      \
    "AND m.document_id = ?1 AND +p.folded < ?4 "                                                   \
    "AND (?5 = 0 OR f.exact = p.exact) AND (?6 = 0 OR o.number_key = m.number_key)"

#define CLAIMS_BY_NUMBER(condition)                                                                \
    "SELECT count(*) FROM register_document m "                                                    \
    "CROSS JOIN register_row r ON r.register_id = ?2 AND r.line = ?3 "                             \
    "CROSS JOIN register_document o ON o.folder = m.folder AND o.number_key = "                    \
    "r.number_key " OTHERS "AND m.document_id = ?1 AND " condition

static enum err_code count_by_file(struct store *store, const char *id, const struct row_ref *row,
                                   enum level level, bool same_number, int64_t *out,
                                   struct err *err)
{
    enum level last = level > LEVEL_FOLDER ? LEVEL_FOLDER : level;
    bool exact = row->exact && level <= LEVEL_FOLDER;
    return db_number(store->db, CLAIMS_BY_FILE,
                     DB_BIND(DB_TEXT(id), DB_TEXT(row->register_id), DB_INT(row->line),
                             DB_TEXT(levels[last].to), DB_INT(exact), DB_INT(same_number)),
                     0, out, err);
}

static enum err_code count_by_number(struct store *store, const char *id, const struct row_ref *row,
                                     enum level level, int64_t *out, struct err *err)
{
    *out = 0;
    if (level < LEVEL_DAY)
        return ERR_OK;
    if (level == LEVEL_DAY)
        return db_number(store->db, CLAIMS_BY_NUMBER("o.issue_date = r.issue_date"),
                         DB_BIND(DB_TEXT(id), DB_TEXT(row->register_id), DB_INT(row->line)), 0, out,
                         err);
    return db_number(
        store->db,
        CLAIMS_BY_NUMBER("coalesce(substr(o.issue_date, 1, 4) = substr(r.issue_date, 1, 4), 1) "
                         "AND coalesce(o.issuer_key = r.issuer_key, 1)"),
        DB_BIND(DB_TEXT(id), DB_TEXT(row->register_id), DB_INT(row->line)), 0, out, err);
}

/* Others with as good a claim; where the row has this paper's number, only those with it, too. */
static enum err_code count_rivals(struct store *store, const char *id, const struct row_ref *row,
                                  enum level level, int64_t *out, bool *out_number, struct err *err)
{
    int64_t by_file, by_number, same = 0;
    enum err_code code = count_by_file(store, id, row, level, false, &by_file, err);
    if (!code)
        code = count_by_number(store, id, row, level, &by_number, err);
    if (!code && by_file && level <= LEVEL_FOLDER && row->same_number)
        code = count_by_file(store, id, row, level, true, &same, err);
    *out_number = !code && by_file && level <= LEVEL_FOLDER && row->same_number && !same;
    if (!code)
        *out = *out_number ? 0 : by_file + by_number;
    return code;
}

/* Another row has the paper's very number and day. */
static enum err_code check_elsewhere(struct store *store, const char *id, const struct row_ref *row,
                                     enum level level, bool *out, struct err *err)
{
    struct rows others;
    *out = false;
    if (level > LEVEL_FOLDER)
        return ERR_OK;
    enum err_code code = read_rows(store, id, LEVEL_DAY, &others, err);
    bool own = false;
    for (size_t i = 0; !code && i < others.count; i++)
        own = own || (others.item[i].line == row->line &&
                      strcmp(others.item[i].register_id, row->register_id) == 0);
    *out = !code && others.count && !own;
    return code;
}

/* ---- the match ---- */

static void ask(struct register_match *out, const char *why)
{
    *out = (struct register_match){.question = true, .why = why};
}

static enum err_code settle(struct store *store, const char *id, const struct row_ref *row,
                            enum level level, bool told_by_number, struct register_match *out,
                            struct err *err)
{
    int64_t rivals = 0;
    bool elsewhere = false, number = false;
    enum err_code code = count_rivals(store, id, row, level, &rivals, &number, err);
    if (!code && !rivals)
        code = check_elsewhere(store, id, row, level, &elsewhere, err);
    if (code)
        return code;
    if (rivals || elsewhere) {
        ask(out, rivals ? "papers" : "elsewhere");
        return ERR_OK;
    }
    *out = (struct register_match){.line = row->line,
                                   .why = told_by_number || number ? levels[level].why_number
                                                                   : levels[level].why};
    memcpy(out->register_id, row->register_id, ID_SIZE);
    return ERR_OK;
}

enum err_code register_match(struct store *store, const char *document_id,
                             struct register_match *out, struct err *err)
{
    struct rows rows = {.count = 0};
    enum err_code code = ERR_OK;
    *out = (struct register_match){.why = NULL};
    enum level level = LEVEL_PATH;
    while (level < LEVELS && !(code = read_rows(store, document_id, level, &rows, err)) &&
           !rows.count)
        level++;
    bool number = false;
    if (code || !rows.count)
        return code;
    narrow(&rows, &number);
    if (rows.count > 1) {
        ask(out, "rows");
        return ERR_OK;
    }
    return settle(store, document_id, &rows.item[0], level, number, out, err);
}

enum err_code register_candidates(struct store *store, const char *document_id, struct js **out,
                                  struct err *err)
{
    AUTO(js) struct js *list = js_array();
    enum err_code code = ERR_OK;
    for (enum level level = LEVEL_PATH; !code && level < LEVELS; level++) {
        struct rows rows;
        code = read_rows(store, document_id, level, &rows, err);
        for (size_t i = 0; !code && i < rows.count && js_count(list) < ROWS_MAX; i++) {
            AUTO(js)
            struct js *one = js_pack("{s:s, s:I}", "register_id", rows.item[i].register_id, "line",
                                     rows.item[i].line);
            bool there = false;
            for (size_t k = 0; k < js_count(list); k++)
                there = there || js_equal(js_item(list, k), one);
            if (!there && !js_push(list, js_ref(one)))
                code = err_set(err, ERR_NO_MEMORY, "register");
        }
    }
    if (code)
        return code;
    *out = TAKE(list);
    return ERR_OK;
}
