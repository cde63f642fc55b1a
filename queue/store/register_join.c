#include "queue/store/register_join.h"

#include "daemon/base/sys.h"
#include "queue/store/audit.h"
#include "queue/store/register_keys.h"
#include "queue/store/register_match.h"
#include "queue/store/register_purge.h"

#include <stdio.h>
#include <string.h>

/* ---- one paper and its row ---- */

struct link {
    char folder[256], state[16], register_id[ID_SIZE], why[32];
    int64_t line;
    bool said, there;
};

static void copy_column(struct query *q, int column, char *out, size_t size)
{
    const char *text = query_text(q, column);
    snprintf(out, size, "%s", text ? text : "");
}

static enum err_code link_get(struct store *store, const char *id, struct link *out,
                              struct err *err)
{
    AUTO(query) struct query *q = NULL;
    *out = (struct link){.there = false};
    enum err_code code = db_query(store->db,
                                  "SELECT folder, state, register_id, line, said_by IS NOT NULL, "
                                  "why FROM register_document WHERE document_id = ?",
                                  DB_BIND(DB_TEXT(id)), &q, err);
    if (!code)
        code = query_next(q, &out->there, err);
    if (code || !out->there)
        return code;
    copy_column(q, 0, out->folder, sizeof out->folder);
    copy_column(q, 1, out->state, sizeof out->state);
    copy_column(q, 2, out->register_id, sizeof out->register_id);
    out->line = query_int(q, 3);
    out->said = query_int(q, 4) != 0;
    copy_column(q, 5, out->why, sizeof out->why);
    return ERR_OK;
}

static enum err_code set_link(struct store *store, const char *id,
                              const struct register_match *match, const char *said_by,
                              struct err *err)
{
    bool joined = match->register_id[0];
    return store_run_one(
        store, "document of a register",
        "UPDATE register_document SET state = ?2, why = ?3, said_by = ?4, register_id = ?5, "
        "line = ?6, joined_us = ?7 WHERE document_id = ?1",
        DB_BIND(DB_TEXT(id),
                DB_TEXT(match->question ? "question"
                        : joined        ? "joined"
                                        : "alone"),
                DB_TEXT(match->why), DB_TEXT(said_by), DB_TEXT(joined ? match->register_id : NULL),
                joined ? DB_INT(match->line) : DB_NULL, DB_INT(sys_now_us())),
        err);
}

static bool says_the_same(const struct link *link, const struct register_match *match)
{
    return strcmp(link->register_id, match->register_id) == 0 && link->line == match->line &&
           (strcmp(link->state, "question") == 0) == match->question &&
           strcmp(link->why, match->why ? match->why : "") == 0;
}

/* What a person said stays. `anew`: its fields were read anew, so they are compared again. */
static enum err_code join_one(struct store *store, const char *id, bool anew, struct err *err)
{
    struct link link;
    struct register_match match;
    enum err_code code = link_get(store, id, &link, err);
    if (code || !link.there)
        return code;
    if (link.said)
        return anew ? register_apply(store, id, err) : ERR_OK;
    code = register_match(store, id, &match, err);
    bool same = !code && says_the_same(&link, &match);
    if (!code && !same)
        code = set_link(store, id, &match, NULL, err);
    if (code || (same && !anew))
        return code;
    store_touch(store, "document", id);
    return register_apply(store, id, err);
}

/* ---- a paper changed: it, and those its rows may be ---- */

#define NEAR_MAX 64

struct near {
    char id[NEAR_MAX][ID_SIZE];
    size_t count;
    bool more;
};

#define ROWS_OF_FILES                                                                              \
    "SELECT p.register_id, p.line FROM register_file f "                                           \
    "CROSS JOIN register g ON g.folder = f.folder AND g.state = 'current' "                        \
    "CROSS JOIN register_path p ON p.register_id = g.id AND p.folded = f.folded "                  \
    "WHERE f.document_id = ?1 "
#define ROWS_OF_NUMBER                                                                             \
    "SELECT r.register_id, r.line FROM register_document m "                                       \
    "CROSS JOIN register g ON g.folder = m.folder AND g.state = 'current' "                        \
    "CROSS JOIN register_row r INDEXED BY register_row_number ON r.register_id = g.id AND "        \
    "r.number_key = m.number_key "                                                                 \
    "WHERE m.document_id = ?1 "
#define ROW_HELD                                                                                   \
    "SELECT register_id, line FROM register_document "                                             \
    "WHERE document_id = ?1 AND register_id IS NOT NULL "
#define PAPERS_NEAR                                                                                \
    "WITH near (register_id, line) AS (" ROW_HELD "UNION " ROWS_OF_FILES "UNION " ROWS_OF_NUMBER   \
    "LIMIT 64) "                                                                                   \
    "SELECT o.document_id FROM near n CROSS JOIN register_path p "                                 \
    "ON p.register_id = n.register_id AND p.line = n.line "                                        \
    "CROSS JOIN register_document m ON m.document_id = ?1 "                                        \
    "CROSS JOIN register_file o ON o.folder = m.folder AND o.folded = p.folded "                   \
    "UNION SELECT o.document_id FROM near n CROSS JOIN register_row r "                            \
    "ON r.register_id = n.register_id AND r.line = n.line "                                        \
    "CROSS JOIN register_document m ON m.document_id = ?1 "                                        \
    "CROSS JOIN register_document o ON o.folder = m.folder AND o.number_key = r.number_key LIMIT " \
    "?2"

static void add_near(struct near *near, const char *id)
{
    for (size_t i = 0; i < near->count; i++)
        if (strcmp(near->id[i], id) == 0)
            return;
    near->more = near->count == NEAR_MAX;
    if (!near->more)
        snprintf(near->id[near->count++], ID_SIZE, "%s", id);
}

static enum err_code find_near(struct store *store, const char *id, struct near *near,
                               struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code =
        db_query(store->db, PAPERS_NEAR, DB_BIND(DB_TEXT(id), DB_INT(NEAR_MAX + 1)), &q, err);
    while (!code && !near->more && !(code = query_next(q, &row, err)) && row)
        add_near(near, query_text(q, 0));
    return code;
}

/* So many papers are one row's that all are joined anew, a few at a time. */
static enum err_code join_near(struct store *store, const char *id, const struct near *near,
                               struct err *err)
{
    enum err_code code = ERR_OK;
    if (near->more)
        code = db_run(store->db,
                      "UPDATE register_folder SET join_from = coalesce(join_from, ?2) WHERE folder "
                      "= (SELECT folder FROM register_document WHERE document_id = ?1)",
                      DB_BIND(DB_TEXT(id), DB_TEXT(REGISTER_MATCH_ALL)), err);
    for (size_t i = 0; !code && !near->more && i < near->count; i++)
        if (strcmp(near->id[i], id) != 0)
            code = join_one(store, near->id[i], false, err);
    return code;
}

enum err_code register_read(struct store *store, const char *document_id, struct err *err)
{
    struct near near = {.count = 0};
    bool known;
    enum err_code code = find_near(store, document_id, &near, err); /* as it was before */
    if (!code)
        code = register_note_document(store, document_id, &known, err);
    if (code || !known)
        return code;
    code = find_near(store, document_id, &near, err);
    if (!code)
        code = join_one(store, document_id, true, err);
    return code ? code : join_near(store, document_id, &near, err);
}

enum err_code register_over(struct store *store, const char *document_id, struct err *err)
{
    struct near near = {.count = 0};
    enum err_code code = find_near(store, document_id, &near, err);
    if (!code)
        code = db_run(store->db,
                      "UPDATE register_document SET state = 'alone', why = NULL, said_by = NULL, "
                      "register_id = NULL, line = NULL WHERE document_id = ?",
                      DB_BIND(DB_TEXT(document_id)), err);
    return code ? code : join_near(store, document_id, &near, err);
}

/* ---- all papers of a folder, some at a time ---- */

#define WORK_PAPERS 40

static enum err_code next_papers(struct store *store, const char *folder, const char *after,
                                 struct near *out, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code =
        db_query(store->db,
                 "SELECT m.document_id FROM register_document m WHERE m.folder = ? "
                 "AND m.document_id > ? ORDER BY m.document_id LIMIT ?",
                 DB_BIND(DB_TEXT(folder), DB_TEXT(after), DB_INT(WORK_PAPERS)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row)
        add_near(out, query_text(q, 0));
    return code;
}

/* Papers that are over hold no row. */
static enum err_code is_alive(struct store *store, const char *id, int64_t *out, struct err *err)
{
    return db_number(store->db,
                     "SELECT count(*) FROM document d WHERE d.id = ? AND " REGISTER_ALIVE("d"),
                     DB_BIND(DB_TEXT(id)), 0, out, err);
}

static enum err_code work_on(struct store *store, const char *id, char phase, struct err *err)
{
    int64_t alive;
    bool known;
    if (phase == REGISTER_JOIN_ALL[0])
        return register_note_document(store, id, &known, err);
    enum err_code code = is_alive(store, id, &alive, err);
    return code || !alive ? code : join_one(store, id, false, err);
}

static enum err_code set_join_from(struct store *store, const char *folder, char phase,
                                   const struct near *done, struct err *err)
{
    char next[ID_SIZE + 1];
    bool last = !done->count;
    if (last && phase == REGISTER_MATCH_ALL[0])
        return db_run(store->db, "UPDATE register_folder SET join_from = NULL WHERE folder = ?",
                      DB_BIND(DB_TEXT(folder)), err);
    snprintf(next, sizeof next, "%c%s", last ? REGISTER_MATCH_ALL[0] : phase,
             last ? "" : done->id[done->count - 1]);
    return db_run(store->db, "UPDATE register_folder SET join_from = ?2 WHERE folder = ?1",
                  DB_BIND(DB_TEXT(folder), DB_TEXT(next)), err);
}

static enum err_code find_folder(struct store *store, char **out_folder, char **out_from,
                                 struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = false;
    enum err_code code = db_query(store->db,
                                  "SELECT folder, join_from FROM register_folder "
                                  "WHERE join_from IS NOT NULL ORDER BY folder LIMIT 1",
                                  DB_BIND_NONE, &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (code || !row)
        return code;
    *out_folder = mem_strdup(query_text(q, 0));
    *out_from = mem_strdup(query_text(q, 1));
    return *out_folder && *out_from ? ERR_OK : err_set(err, ERR_NO_MEMORY, "register");
}

enum err_code register_is_due(struct store *store, bool *out, struct err *err)
{
    int64_t count = 0;
    enum err_code code =
        db_number(store->db, "SELECT count(*) FROM register_folder WHERE join_from IS NOT NULL",
                  DB_BIND_NONE, 0, &count, err);
    *out = count > 0;
    return code;
}

enum err_code register_work(struct store *store, bool *out_more, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    AUTO(mem) char *folder = NULL;
    AUTO(mem) char *from = NULL;
    struct near papers = {.count = 0};
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = find_folder(store, &folder, &from, err);
    *out_more = folder != NULL;
    if (code || !folder)
        return code ? code : tx_commit(&tx, err);
    code = next_papers(store, folder, from + 1, &papers, err);
    for (size_t i = 0; !code && i < papers.count; i++)
        code = work_on(store, papers.id[i], from[0], err);
    if (!code && !papers.count && from[0] == REGISTER_JOIN_ALL[0]) /* all claims are known now */
        code = register_forget_purged(store, folder, err);
    if (!code)
        code = set_join_from(store, folder, from[0], &papers, err);
    return code ? code : tx_commit(&tx, err);
}

/* ---- people ---- */

static enum err_code audit_said(struct store *store, const char *id, const char *event,
                                const char *register_id, int64_t line, struct principal by,
                                struct err *err)
{
    char detail[100] = "";
    if (register_id)
        snprintf(detail, sizeof detail, "register %s, line %lld", register_id, (long long)line);
    return audit_write(
        store,
        &(struct audit){.kind = "document", .id = id, .event = event, .detail = detail, .by = by},
        err);
}

enum err_code register_again(struct store *store, const char *folder, struct principal by,
                             struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = store_run_one(store, "register of that folder",
                             "UPDATE register_folder SET join_from = ?2 WHERE folder = ?1",
                             DB_BIND(DB_TEXT(folder), DB_TEXT(REGISTER_JOIN_ALL)), err);
    if (!code)
        code = audit_write(
            store,
            &(struct audit){.kind = "register", .id = folder, .event = "join-again", .by = by},
            err);
    return code ? code : tx_commit(&tx, err);
}

static enum err_code check_row(struct store *store, const char *document_id,
                               const struct link *link, const char *register_id, int64_t line,
                               struct err *err)
{
    int64_t there, taken = 0;
    enum err_code code = db_number(
        store->db,
        "SELECT count(*) FROM register_row r JOIN register g ON g.id = r.register_id "
        "WHERE g.id = ? AND g.folder = ? AND g.state = 'current' AND r.line = ? "
        "AND r.purged_for IS NULL",
        DB_BIND(DB_TEXT(register_id), DB_TEXT(link->folder), DB_INT(line)), 0, &there, err);
    if (!code)
        code = db_number(store->db,
                         "SELECT count(*) FROM register_document WHERE register_id = ? "
                         "AND line = ? AND said_by IS NOT NULL AND document_id <> ?",
                         DB_BIND(DB_TEXT(register_id), DB_INT(line), DB_TEXT(document_id)), 0,
                         &taken, err);
    if (!code && !there)
        code = err_set(err, ERR_BAD_ARGUMENT, "no such row in the registers of its folder");
    if (!code && taken)
        code = err_set(err, ERR_STATE_CHANGED, "a person joined that row to another paper");
    return code;
}

/* Rows that become free, or are taken, are others' business, too. */
static enum err_code change_said(struct store *store, const char *id, const char *event,
                                 const struct register_match *match, struct principal by,
                                 struct err *err)
{
    struct near near = {.count = 0};
    bool said = strcmp(event, "register-let") != 0;
    enum err_code code = find_near(store, id, &near, err);
    if (!code)
        code = set_link(store, id, match, said ? by.id : NULL, err);
    if (!code)
        code = find_near(store, id, &near, err);
    if (!code && said)
        code = register_apply(store, id, err);
    else if (!code)
        code = join_one(store, id, true, err);
    if (!code)
        code = join_near(store, id, &near, err);
    if (!code)
        code = audit_said(store, id, event, match->register_id[0] ? match->register_id : NULL,
                          match->line, by, err);
    store_touch(store, "document", id);
    return code;
}

enum err_code register_say(struct store *store, const char *document_id, const char *register_id,
                           int64_t line, struct principal by, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    struct link link;
    struct register_match match = {.why = register_id ? "person" : NULL,
                                   .line = register_id ? line : 0};
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = link_get(store, document_id, &link, err);
    if (!code && !link.there)
        code = err_set(err, ERR_NOT_FOUND, "the paper's folder has no register");
    if (!code && register_id)
        code = check_row(store, document_id, &link, register_id, line, err);
    if (code)
        return code;
    snprintf(match.register_id, ID_SIZE, "%s", register_id ? register_id : "");
    code = change_said(store, document_id, register_id ? "register-join" : "register-part", &match,
                       by, err);
    return code ? code : tx_commit(&tx, err);
}

enum err_code register_let(struct store *store, const char *document_id, struct principal by,
                           struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    struct link link;
    struct register_match none = {.why = NULL};
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = link_get(store, document_id, &link, err);
    if (!code && !link.there)
        code = err_set(err, ERR_NOT_FOUND, "the paper's folder has no register");
    if (!code)
        code = change_said(store, document_id, "register-let", &none, by, err);
    return code ? code : tx_commit(&tx, err);
}

/* ---- a newer version ---- */

struct said {
    char document_id[ID_SIZE];
    char register_id[ID_SIZE];
    int64_t line;
};

/* Rows of ?1 with the number or the file of row ?3 of ?2. */
#define SAME_ROWS                                                                                  \
    "(SELECT n.line FROM register_row n JOIN register_row o ON o.number_key = n.number_key "       \
    "WHERE n.register_id = ?1 AND o.register_id = ?2 AND o.line = ?3 "                             \
    "UNION SELECT p.line FROM register_path p JOIN register_path q ON q.folded = p.folded "        \
    "WHERE p.register_id = ?1 AND q.register_id = ?2 AND q.line = ?3 AND p.folded < 'B')"

static enum err_code carry_one(struct store *store, const char *id, const struct said *said,
                               struct err *err)
{
    int64_t line, count;
    enum err_code code = db_number(
        store->db, "SELECT count(*) FROM " SAME_ROWS,
        DB_BIND(DB_TEXT(id), DB_TEXT(said->register_id), DB_INT(said->line)), 0, &count, err);
    if (!code)
        code = db_number(store->db, "SELECT min(line) FROM " SAME_ROWS,
                         DB_BIND(DB_TEXT(id), DB_TEXT(said->register_id), DB_INT(said->line)), 0,
                         &line, err);
    if (code)
        return code;
    if (count == 1)
        return db_run(store->db,
                      "UPDATE register_document SET register_id = ?2, line = ?3 "
                      "WHERE document_id = ?1",
                      DB_BIND(DB_TEXT(said->document_id), DB_TEXT(id), DB_INT(line)), err);
    return db_run(store->db,
                  "UPDATE register_document SET state = 'question', why = 'changed', said_by = "
                  "NULL, register_id = NULL, line = NULL WHERE document_id = ?",
                  DB_BIND(DB_TEXT(said->document_id)), err);
}

static enum err_code next_said(struct store *store, const char *id, const char *after,
                               struct said *out, bool *out_any, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    enum err_code code =
        db_query(store->db,
                 "SELECT m.document_id, m.register_id, m.line FROM register n JOIN register o "
                 "ON o.folder = n.folder AND o.name = n.name AND o.state = 'current' "
                 "JOIN register_document m ON m.folder = n.folder AND m.register_id = o.id "
                 "WHERE n.id = ?1 AND m.said_by IS NOT NULL AND m.document_id > ?2 "
                 "ORDER BY m.document_id LIMIT 1",
                 DB_BIND(DB_TEXT(id), DB_TEXT(after)), &q, err);
    if (!code)
        code = query_next(q, out_any, err);
    if (code || !*out_any)
        return code;
    copy_column(q, 0, out->document_id, ID_SIZE);
    copy_column(q, 1, out->register_id, ID_SIZE);
    out->line = query_int(q, 2);
    return ERR_OK;
}

enum err_code register_carry_said(struct store *store, const char *id, struct err *err)
{
    struct said said = {.line = 0};
    bool any = true;
    enum err_code code = ERR_OK;
    while (!code && any) {
        code = next_said(store, id, said.document_id, &said, &any, err);
        if (!code && any)
            code = carry_one(store, id, &said, err);
    }
    return code;
}
