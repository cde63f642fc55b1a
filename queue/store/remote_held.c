#include "queue/store/remote_held.h"

#include "daemon/base/id.h"
#include "daemon/base/sys.h"
#include "daemon/base/text.h"
#include "daemon/base/when.h"
#include "queue/store/catalog.h"
#include "queue/store/component.h"
#include "queue/store/inside.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define ENTRIES_MAX 200 /* papers of one person in one answer; more is no answer about a person */
#define ENTRY_TEXT_MAX 500
#define FILES_MAX 20

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NO_MEMORY, "papers held elsewhere");
}

/* ---- what comes in ---- */

/* Nobody's words are kept longer than people read. */
static struct js *clean_text(const struct js *from, const char *key)
{
    const char *text = js_text_or(from, key, NULL);
    AUTO(mem) char *squeezed = text ? text_squeeze(text) : NULL;
    if (!squeezed || !*squeezed)
        return js_null();
    size_t end = strlen(squeezed);
    if (end > ENTRY_TEXT_MAX)
        for (end = ENTRY_TEXT_MAX; end > 0 && ((unsigned char)squeezed[end] & 0xc0) == 0x80;)
            end--;
    squeezed[end] = 0;
    return js_text(squeezed);
}

/* A day that exists; anything else is not known. */
static struct js *clean_day(const struct js *from, const char *key)
{
    const char *text = js_text_or(from, key, "");
    char only_day[11];
    int year, month, day, used = 0;
    bool is_day = sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &used) == 3 && used == 10 &&
                  (!text[10] || text[10] == 'T') && when_is_date(year, month, day);
    snprintf(only_day, sizeof only_day, "%s", text);
    return js_text(is_day ? only_day : NULL);
}

static struct js *clean_files(const struct js *from)
{
    AUTO(js) struct js *files = js_array();
    const struct js *told = js_at(from, "files");
    for (size_t i = 0; i < js_count(told) && i < FILES_MAX; i++) {
        const struct js *file = js_item(told, i);
        if (js_has(file, "fetch") &&
            !js_push(files, js_pack("{s:o, s:o}", "name", clean_text(file, "name"), "fetch",
                                    js_text(js_text_or(file, "fetch", NULL)))))
            return NULL;
    }
    return TAKE(files);
}

static struct js *clean_entry(const struct js *from)
{
    AUTO(js) struct js *entry = js_object();
    static const char *const texts[] = {"result_code", "name", "number_symbol", "issuer"};
    static const char *const days[] = {"issue_date", "valid_until"};
    static const char *const flags[] = {"no_expiry", "replaced"};
    bool ok = entry;
    for (size_t i = 0; ok && i < sizeof texts / sizeof *texts; i++)
        ok = js_set(entry, texts[i], clean_text(from, texts[i]));
    for (size_t i = 0; ok && i < sizeof days / sizeof *days; i++)
        ok = js_set(entry, days[i], clean_day(from, days[i]));
    for (size_t i = 0; ok && i < sizeof flags / sizeof *flags; i++)
        ok = js_set(entry, flags[i], js_bool(js_bool_or(from, flags[i], false)));
    ok = ok && js_set(entry, "files", clean_files(from));
    return ok ? TAKE(entry) : NULL;
}

static bool is_of(const struct wanted_case *of, const struct js *entry)
{
    const char *owner = js_text_or(entry, "owner_id", NULL);
    if (!owner)
        return true; /* it answers about the identifier it was asked for */
    AUTO(mem) char *squeezed = text_squeeze(owner);
    return squeezed && *squeezed &&
           (strcmp(squeezed, of->owner_id) == 0 || strcmp(squeezed, of->owner_old_id) == 0);
}

/* The same paper keeps its id, so that a page shown before still names it. */
static enum err_code put_entry(struct store *store, const struct wanted_case *of,
                               const char *source, const struct js *told, struct js *ids,
                               struct err *err)
{
    char fresh[ID_SIZE];
    AUTO(js) struct js *entry = clean_entry(told);
    AUTO(mem) char *text = entry ? js_dump(entry) : NULL;
    AUTO(mem) char *known = NULL;
    if (!text)
        return no_memory(err);
    if (!js_has(entry, "name") && !js_has(entry, "result_code"))
        return err_set(err, ERR_TARGET_BAD_REPLY, "a paper without name and code");
    enum err_code code = db_text(
        store->db,
        "SELECT id FROM remote_held WHERE target = ? AND owner_id = ? AND "
        "procedure_code = ? AND entry = ?",
        DB_BIND(DB_TEXT(source), DB_TEXT(of->owner_id), DB_TEXT(of->procedure), DB_TEXT(text)),
        &known, err);
    if (code)
        return code;
    id_new(fresh);
    if (!js_push(ids, js_text(known ? known : fresh)))
        return no_memory(err);
    return known ? ERR_OK
                 : db_run(store->db,
                          "INSERT INTO remote_held (id, target, owner_id, procedure_code, entry) "
                          "VALUES (?, ?, ?, ?, ?)",
                          DB_BIND(DB_TEXT(fresh), DB_TEXT(source), DB_TEXT(of->owner_id),
                                  DB_TEXT(of->procedure), DB_TEXT(text)),
                          err);
}

static enum err_code drop_others(struct store *store, const struct wanted_case *of,
                                 const char *source, const struct js *ids, struct err *err)
{
    AUTO(mem) char *list = js_dump(ids);
    if (!list)
        return no_memory(err);
    return db_run(
        store->db,
        "DELETE FROM remote_held WHERE target = ? AND owner_id = ? AND procedure_code "
        "= ? AND id NOT IN (SELECT value FROM json_each(?))",
        DB_BIND(DB_TEXT(source), DB_TEXT(of->owner_id), DB_TEXT(of->procedure), DB_TEXT(list)),
        err);
}

static enum err_code put_entries(struct store *store, const struct wanted_case *of,
                                 const struct remote_answer *answer, int64_t *out_dropped,
                                 struct err *err)
{
    AUTO(js) struct js *ids = js_array();
    int64_t dropped = 0;
    enum err_code code = ids ? ERR_OK : no_memory(err);
    for (size_t i = 0; !code && i < js_count(answer->held); i++) {
        const struct js *told = js_item(answer->held, i);
        if (is_of(of, told))
            code = put_entry(store, of, answer->source, told, ids, err);
        else
            dropped++;
    }
    if (!code)
        code = drop_others(store, of, answer->source, ids, err);
    if (!code)
        *out_dropped = dropped;
    return code;
}

/* An answer takes the place of the one before; no answer leaves it. */
static enum err_code put_question(struct store *store, const struct wanted_case *of,
                                  const struct remote_answer *answer, const char *outcome,
                                  struct err *err)
{
    return db_run(store->db,
                  "INSERT INTO remote_asked (target, owner_id, procedure_code, asked_us, outcome, "
                  "error, attempts, answered_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6 IS NOT NULL, "
                  "CASE WHEN ?6 IS NULL THEN ?4 END) ON CONFLICT DO UPDATE SET asked_us = ?4, "
                  "outcome = ?5, error = ?6, attempts = CASE WHEN ?6 IS NULL THEN 0 ELSE attempts "
                  "+ 1 END, answered_us = CASE WHEN ?6 IS NULL THEN ?4 ELSE answered_us END",
                  DB_BIND(DB_TEXT(answer->source), DB_TEXT(of->owner_id), DB_TEXT(of->procedure),
                          DB_INT(answer->asked_us), DB_TEXT(outcome), DB_TEXT(answer->error)),
                  err);
}

enum err_code remote_held_keep(struct store *store, const struct wanted_case *of,
                               const struct remote_answer *answer, int64_t *out_dropped,
                               struct err *err)
{
    *out_dropped = 0;
    if (answer->error)
        return put_question(store, of, answer, answer->refused ? "refused" : "offline", err);
    if (!js_is_array(answer->held) || js_count(answer->held) > ENTRIES_MAX)
        return err_set(err, ERR_TARGET_BAD_REPLY, "no list of papers, or of more than %d",
                       ENTRIES_MAX);
    enum err_code code = put_question(store, of, answer, "none", err);
    if (!code)
        code = put_entries(store, of, answer, out_dropped, err);
    return code ? code
                : db_run(store->db,
                         "UPDATE remote_asked SET outcome = 'hit' WHERE target = ?1 AND owner_id = "
                         "?2 AND procedure_code = ?3 AND EXISTS (SELECT 1 FROM remote_held h WHERE "
                         "h.target = ?1 AND h.owner_id = ?2 AND h.procedure_code = ?3)",
                         DB_BIND(DB_TEXT(answer->source), DB_TEXT(of->owner_id),
                                 DB_TEXT(of->procedure)),
                         err);
}

/* ---- what goes out ---- */

static const char *validity_of(const struct js *kept, const char *today)
{
    const char *until = js_text_or(kept, "valid_until", NULL);
    if (js_bool_or(kept, "replaced", false))
        return "replaced";
    if (until)
        return strcmp(until, today) < 0 ? "expired" : "valid";
    return js_bool_or(kept, "no_expiry", false) ? "valid" : "unknown";
}

/* Warehouses hold results; what has the code of no result type (regulations 2.5) is a component. */
static bool is_result(const struct js *kept)
{
    const char *code = js_text_or(kept, "result_code", NULL);
    return !code || text_starts(code, "KQ.");
}

struct js *remote_held_entry(const struct js *kept, const char *source, const char *today)
{
    const char *validity = validity_of(kept, today), *name = js_text_or(kept, "name", NULL);
    bool fit = strcmp(validity, "valid") == 0 || strcmp(validity, "unknown") == 0;
    return js_pack("{s:s, s:n, s:n, s:n, s:s?, s:s?, s:s?, s:s?, s:s?, s:s?, s:s?, s:i, s:s, s:b, "
                   "s:b}",
                   "held_by", source, "document_id", "dossier_id", "dossier_code", "result_code",
                   js_text_or(kept, "result_code", NULL), "name", name, "type",
                   name ? wanted_type_of_name(name) : NULL, "number_symbol",
                   js_text_or(kept, "number_symbol", NULL), "issue_date",
                   js_text_or(kept, "issue_date", NULL), "issuer", js_text_or(kept, "issuer", NULL),
                   "valid_until", js_text_or(kept, "valid_until", NULL), "class",
                   (int)(is_result(kept) ? CLASS_REUSED_RESULT : CLASS_REUSED_COMPONENT),
                   "validity", validity, "fit", (int)fit, "has_file",
                   (int)(js_count(js_at(kept, "files")) > 0));
}

static struct look_up_paper paper_of(const struct js *entry, const char *procedure)
{
    bool result = js_int_or(entry, "class", 0) == CLASS_REUSED_RESULT;
    return (struct look_up_paper){.stage = result ? STAGE_RESULT : STAGE_COMPONENT,
                                  .code = js_text_or(entry, "result_code", NULL),
                                  .procedure = procedure,
                                  .type = js_text_or(entry, "type", NULL),
                                  .name = js_text_or(entry, "name", NULL)};
}

static enum err_code read_entry(const char *id, const char *source, const char *text,
                                int64_t answered_us, struct js **out_kept, struct js **out_entry,
                                struct err *err)
{
    char today[11];
    AUTO(js) struct js *kept = NULL;
    catalog_today(today);
    enum err_code code = js_parse(text, strlen(text), &kept, err);
    if (code)
        return code;
    AUTO(js) struct js *entry = remote_held_entry(kept, source, today);
    if (!js_set(entry, "held_id", js_text(id)) ||
        !js_set(entry, "answered_us", js_int(answered_us)))
        return no_memory(err);
    *out_kept = TAKE(kept);
    *out_entry = TAKE(entry);
    return ERR_OK;
}

/* While a person has to say what is to be done about a hit (look_up_hit.h), it stays. */
#define IS_ASKED_ABOUT(a)                                                                          \
    "EXISTS (SELECT 1 FROM task t JOIN dossier s ON s.id = t.dossier_id WHERE t.kind = "           \
    "'look-up-hit' AND t.closed_us IS NULL AND s.owner_id = " a ".owner_id AND "                   \
    "s.procedure_code = " a ".procedure_code)"

/* Of sources that are still asked, in the order in which they are. */
static enum err_code each_of(struct store *store, const struct wanted_case *of, const char *source,
                             remote_held_fn *fn, void *payload, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code = db_query(
        store->db,
        "SELECT h.id, h.entry, a.answered_us FROM remote_held h JOIN remote_asked a USING "
        "(target, owner_id, procedure_code) WHERE h.target = ? AND h.owner_id = ? AND "
        "h.procedure_code = ? AND (a.answered_us > ? OR " IS_ASKED_ABOUT("a") ") ORDER BY h.id",
        DB_BIND(DB_TEXT(source), DB_TEXT(of->owner_id), DB_TEXT(of->procedure),
                DB_INT(sys_now_us() - store->answers_kept_us)),
        &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row) {
        AUTO(js) struct js *kept = NULL;
        struct js *entry = NULL;
        code = read_entry(query_text(q, 0), source, query_text(q, 1), query_int(q, 2), &kept,
                          &entry, err);
        struct look_up_paper paper = paper_of(entry, of->procedure);
        if (!code)
            code = fn(payload, &paper, entry, err);
    }
    return code;
}

enum err_code remote_held_each(struct store *store, const struct wanted_case *of,
                               remote_held_fn *fn, void *payload, struct err *err)
{
    enum err_code code = ERR_OK;
    for (size_t i = 0; !code && i < store->source_count; i++)
        code = each_of(store, of, store->sources[i].name, fn, payload, err);
    return code;
}

void remote_paper_done(struct remote_paper *paper)
{
    js_free(paper->entry);
    js_free(paper->kept);
    *paper = (struct remote_paper){0};
}

enum err_code remote_held_get(struct store *store, const char *held_id, struct remote_paper *out,
                              struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row;
    enum err_code code =
        db_query(store->db,
                 "SELECT h.target, h.entry, a.answered_us, h.owner_id FROM remote_held h JOIN "
                 "remote_asked a USING (target, owner_id, procedure_code) WHERE h.id = ?",
                 DB_BIND(DB_TEXT(held_id)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (!code && !row)
        code = err_set(err, ERR_NOT_FOUND, "no such paper in the answers");
    AUTO(remote_paper) struct remote_paper paper = {0};
    if (!code)
        code = read_entry(held_id, query_text(q, 0), query_text(q, 1), query_int(q, 2), &paper.kept,
                          &paper.entry, err);
    if (code)
        return code;
    snprintf(paper.owner_id, sizeof paper.owner_id, "%s", query_text(q, 3));
    *out = paper;
    paper = (struct remote_paper){0};
    return ERR_OK;
}

/* ---- how the questions stand ---- */

bool remote_held_is_national(const struct store *store, const char *source)
{
    for (size_t i = 0; i < store->source_count; i++)
        if (strcmp(store->sources[i].name, source) == 0)
            return store->sources[i].national;
    return false;
}

static struct js *source_to_js(const struct store *store, const struct look_up_source *source,
                               struct query *q, bool asked)
{
    int64_t now_us = sys_now_us(), answered_us = asked ? query_int(q, 2) : 0;
    bool kept = answered_us > now_us - store->answers_kept_us;
    AUTO(js)
    struct js *one =
        js_pack("{s:s, s:s, s:s?, s:n, s:n, s:b, s:I, s:s?}", "name", source->name, "label",
                source->label, "outcome", asked ? query_text(q, 1) : NULL, "asked_us",
                "answered_us", "fresh", (int)(answered_us > now_us - ANSWER_FRESH_US), "found",
                kept ? query_int(q, 4) : 0, "error", asked ? query_text(q, 3) : NULL);
    bool ok = one && (!asked || js_set(one, "asked_us", js_int(query_int(q, 0)))) &&
              (!kept || js_set(one, "answered_us", js_int(answered_us)));
    return ok ? TAKE(one) : NULL;
}

enum err_code remote_held_sources(struct store *store, const struct wanted_case *of,
                                  struct js **out, struct err *err)
{
    AUTO(js) struct js *list = js_array();
    enum err_code code = list ? ERR_OK : no_memory(err);
    for (size_t i = 0; !code && i < store->source_count; i++) {
        const struct look_up_source *source = &store->sources[i];
        AUTO(query) struct query *q = NULL;
        bool row = false;
        code = db_query(
            store->db,
            "SELECT asked_us, outcome, answered_us, error, (SELECT count(*) FROM "
            "remote_held h WHERE h.target = ?1 AND h.owner_id = ?2 AND "
            "h.procedure_code = ?3) FROM remote_asked WHERE target = ?1 AND owner_id "
            "= ?2 AND procedure_code = ?3",
            DB_BIND(DB_TEXT(source->name), DB_TEXT(of->owner_id), DB_TEXT(of->procedure)), &q, err);
        if (!code)
            code = query_next(q, &row, err);
        if (!code && !js_push(list, source_to_js(store, source, q, row)))
            code = no_memory(err);
    }
    if (!code)
        *out = TAKE(list);
    return code;
}

/* ---- going ---- */

enum err_code remote_held_expire(struct store *store, struct err *err)
{
    int64_t before_us = sys_now_us() - store->answers_kept_us;
    enum err_code code =
        db_run(store->db,
               "DELETE FROM remote_held WHERE (target, owner_id, procedure_code) IN (SELECT "
               "target, owner_id, procedure_code FROM remote_asked a WHERE (asked_us <= ?1 OR "
               "answered_us <= ?1) AND NOT " IS_ASKED_ABOUT("a") ")",
               DB_BIND(DB_INT(before_us)), err);
    return code ? code
                : db_run(
                      store->db,
                      "DELETE FROM remote_asked AS a WHERE asked_us <= ?1 AND NOT " IS_ASKED_ABOUT(
                          "a"),
                      DB_BIND(DB_INT(before_us)), err);
}

#define OF_NOBODY_ELSE                                                                             \
    "owner_id = ?1 AND procedure_code = ?2 AND NOT EXISTS (SELECT 1 FROM dossier s WHERE "         \
    "s.owner_id = ?1 AND s.procedure_code = ?2 AND s.id <> ?3 AND s.closed_us IS NULL)"

enum err_code remote_held_forget(struct store *store, const char *dossier_id, struct err *err)
{
    struct wanted_case of;
    enum err_code code = wanted_case_get(store, dossier_id, &of, err);
    if (!code)
        code =
            db_run(store->db, "DELETE FROM remote_held WHERE " OF_NOBODY_ELSE,
                   DB_BIND(DB_TEXT(of.owner_id), DB_TEXT(of.procedure), DB_TEXT(dossier_id)), err);
    if (!code)
        code =
            db_run(store->db, "DELETE FROM remote_asked WHERE " OF_NOBODY_ELSE,
                   DB_BIND(DB_TEXT(of.owner_id), DB_TEXT(of.procedure), DB_TEXT(dossier_id)), err);
    return code ? code
                : db_run(store->db, "UPDATE reuse SET held = NULL WHERE dossier_id = ?",
                         DB_BIND(DB_TEXT(dossier_id)), err);
}
