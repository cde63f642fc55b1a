#include "queue/store/reconcile.h"

#include "queue/reconcile/listed.h"
#include "queue/store/inside.h"
#include "queue/store/reconcile_inside.h"
#include "queue/store/reconcile_look.h"
#include "queue/store/restored.h"
#include "queue/store/task.h"

#include <stdio.h>
#include <string.h>

#define MARK_CHANGED 4 /* beside the parts */

/* ---- a page: the lines of one record stand together, most of the time ---- */

/* A record as far as this page shows it. */
struct seen {
    char name[LISTED_NAME_SIZE];
    int parts;        /* of enum listed_part */
    int64_t sizes[2]; /* PDF, JSON */
    const char *tags[2];
};

struct pass {
    struct store *store;
    struct reconcile_run run;
    struct principal by;
    const struct js *owners;
    struct js *ask; /* names whose record only the target can tell */
    bool asks_only;
    int64_t same, asked, extra, others, codes;
};

/* The delivery that the name belongs to. */
struct known {
    char id[ID_SIZE], state[16];
    struct js *receipt;
};

static void known_auto(struct known *place)
{
    js_free(place->receipt);
}

static enum err_code find_known(struct pass *pass, const char *name, struct known *out,
                                struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = false;
    enum err_code code =
        db_query(pass->store->db,
                 "SELECT id, state, receipt FROM delivery WHERE target = ? AND remote_name = ?",
                 DB_BIND(DB_TEXT(pass->run.target), DB_TEXT(name)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (code || !row)
        return code;
    const char *receipt = query_text(q, 2);
    snprintf(out->id, sizeof out->id, "%s", query_text(q, 0));
    snprintf(out->state, sizeof out->state, "%s", query_text(q, 1));
    if (receipt && !pass->asks_only && js_parse(receipt, strlen(receipt), &out->receipt, NULL))
        out->receipt = NULL; /* one that cannot be read proves nothing: read back */
    return ERR_OK;
}

/* ---- names that are a delivery's ---- */

static bool is_same(const struct seen *seen, const struct known *known)
{
    static const enum listed_part parts[] = {LISTED_PDF, LISTED_JSON};
    for (int i = 0; i < 2; i++)
        if ((seen->parts & (int)parts[i]) &&
            !listed_is_same(known->receipt, parts[i], seen->sizes[i], seen->tags[i]))
            return false;
    return true;
}

/* *out_parts: all that this run has seen of it. */
static enum err_code mark(struct pass *pass, const char *delivery_id, int parts, int64_t *out_parts,
                          struct err *err)
{
    return db_number(pass->store->db,
                     "INSERT INTO reconcile_mark (delivery_id, run_us, parts) VALUES (?, ?, ?) "
                     "ON CONFLICT (delivery_id) DO UPDATE SET parts = CASE WHEN run_us = "
                     "excluded.run_us THEN parts | excluded.parts ELSE excluded.parts END, "
                     "run_us = excluded.run_us RETURNING parts",
                     DB_BIND(DB_TEXT(delivery_id), DB_INT(pass->run.begun_us), DB_INT(parts)), 0,
                     out_parts, err);
}

static enum err_code ask_for(struct pass *pass, const char *delivery_id, struct err *err)
{
    pass->asked++;
    return store_run_one(pass->store, "delivery",
                         "UPDATE delivery SET reconcile_asked = 1, attempts = 0, not_before_us = 0 "
                         "WHERE id = ?",
                         DB_BIND(DB_TEXT(delivery_id)), err);
}

static enum err_code see_known(struct pass *pass, const struct seen *seen,
                               const struct known *known, struct err *err)
{
    bool accepted = strcmp(known->state, "accepted") == 0;
    int64_t parts = 0;
    if (!accepted && strcmp(known->state, "reconciled") != 0)
        return ERR_OK; /* on its way there, or being taken back */
    bool same = is_same(seen, known);
    enum err_code code =
        mark(pass, known->id, seen->parts | (same ? 0 : MARK_CHANGED), &parts, err);
    if (code)
        return code;
    if (!same)
        return ask_for(pass, known->id, err);
    if (parts != LISTED_WHOLE)
        return ERR_OK;
    pass->same++;
    if (!accepted && !pass->run.has_tasks)
        return ERR_OK;
    return delivery_is_there(pass->store, known->id, known->state, pass->by, err);
}

/* ---- names that are not ---- */

/* The document whose record it is, unless the record is on its way there or was taken back. */
static enum err_code find_left_over(struct pass *pass, const char *record_id, char **out_document,
                                    struct err *err)
{
    return db_text(pass->store->db,
                   "SELECT d.id FROM document d WHERE d.id = ?1 AND NOT EXISTS (SELECT 1 FROM "
                   "delivery v WHERE v.document_id = d.id AND v.target = ?2 AND coalesce("
                   "v.held_from, v.state) IN ('queued', 'sending', 'withdrawing', 'withdrawn'))",
                   DB_BIND(DB_TEXT(record_id), DB_TEXT(pass->run.target)), out_document, err);
}

static enum err_code has_document(struct pass *pass, const char *record_id, bool *out,
                                  struct err *err)
{
    int64_t count = 0;
    enum err_code code = db_number(pass->store->db, "SELECT count(*) FROM document WHERE id = ?",
                                   DB_BIND(DB_TEXT(record_id)), 0, &count, err);
    *out = !code && count;
    return code;
}

/* Does this station have a dossier whose papers lie in that folder? */
static enum err_code is_our_folder(struct pass *pass, const char *name, bool *out, struct err *err)
{
    char folder[LISTED_NAME_SIZE], end[LISTED_NAME_SIZE];
    int64_t ours = 0;
    listed_folder(name, folder);
    snprintf(end, sizeof end, "%s", folder);
    size_t last = strlen(folder) - 1;
    end[last] = '/' + 1;
    folder[last + 1] = '\0';
    enum err_code code =
        db_number(pass->store->db,
                  "SELECT EXISTS (SELECT 1 FROM delivery WHERE target = ?1 AND remote_name > ?2 "
                  "AND remote_name < ?3) OR EXISTS (SELECT 1 FROM dossier WHERE code = "
                  "substr(?2, 1, length(?2) - 1))",
                  DB_BIND(DB_TEXT(pass->run.target), DB_TEXT(folder), DB_TEXT(end)), 0, &ours, err);
    *out = !code && ours;
    return code;
}

static const struct js *owner_of(const struct pass *pass, const char *name)
{
    for (size_t i = 0; i < js_count(pass->owners); i++)
        if (strcmp(js_text_or(js_item(pass->owners, i), "name", ""), name) == 0)
            return js_item(pass->owners, i);
    return NULL;
}

/* Only the target knows: whose a name in a folder is, and which codes were given after the moment
 * that a restored store remembers. */
static enum err_code has_to_ask(struct pass *pass, const char *name, bool *out, struct err *err)
{
    const char *record_id = listed_record_id(name);
    bool known = false;
    *out = false;
    if (owner_of(pass, name))
        return ERR_OK;
    enum err_code code = *record_id ? has_document(pass, record_id, &known, err)
                                    : is_our_folder(pass, name, out, err);
    if (!code && pass->run.restored_us && !known)
        *out = !*record_id || id_time_us(record_id) >= pass->run.restored_us;
    return code;
}

static enum err_code see_record(struct pass *pass, const char *name, const char *record_id,
                                const char *result_code, struct err *err)
{
    AUTO(mem) char *document = NULL;
    bool known = false;
    enum err_code code = has_document(pass, record_id, &known, err);
    if (!code && !known) {
        pass->others++;
        bool learned = false;
        code = *result_code ? restored_learn_code(pass->store, result_code, record_id, name,
                                                  pass->run.target, pass->by, &learned, err)
                            : ERR_OK;
        pass->codes += learned;
        return code;
    }
    if (!code)
        code = find_left_over(pass, record_id, &document, err);
    if (code || !document)
        return code;
    pass->extra++;
    return task_open(pass->store,
                     &(struct task){.kind = "extra",
                                    .target = pass->run.target,
                                    .document_id = document,
                                    .remote_name = name},
                     pass->by, err);
}

static enum err_code see_unknown(struct pass *pass, const char *name, struct err *err)
{
    const struct js *owner = owner_of(pass, name);
    const char *record_id = js_text_or(owner, "record_id", listed_record_id(name));
    if (*record_id)
        return see_record(pass, name, record_id, js_text_or(owner, "result_code", ""), err);
    pass->others++;
    return ERR_OK;
}

/* ---- */

static enum err_code see(struct pass *pass, const struct seen *seen, struct err *err)
{
    AUTO(known) struct known known = {0};
    bool ask = false;
    if (!seen->parts)
        return ERR_OK;
    enum err_code code = find_known(pass, seen->name, &known, err);
    if (code || (*known.id && pass->asks_only))
        return code;
    if (*known.id)
        return see_known(pass, seen, &known, err);
    if (!pass->asks_only)
        return see_unknown(pass, seen->name, err);
    code = has_to_ask(pass, seen->name, &ask, err);
    if (!code && ask && !js_push(pass->ask, js_text(seen->name)))
        code = err_set(err, ERR_NO_MEMORY, "reconcile");
    return code;
}

static enum err_code see_entries(struct pass *pass, const struct js *entries, struct err *err)
{
    struct seen seen = {0};
    enum err_code code = ERR_OK;
    for (size_t i = 0; !code && i < js_count(entries); i++) {
        const struct js *entry = js_item(entries, i);
        char name[LISTED_NAME_SIZE];
        enum listed_part part;
        if (!listed_read(js_text_or(entry, "name", ""), name, &part)) {
            pass->others++;
            continue;
        }
        if (strcmp(name, seen.name) != 0) {
            code = see(pass, &seen, err);
            seen = (struct seen){0};
            memcpy(seen.name, name, sizeof name);
        }
        seen.parts |= (int)part;
        seen.sizes[part - 1] = js_int_or(entry, "size", -1);
        seen.tags[part - 1] = js_text_or(entry, "tag", "");
    }
    return code ? code : see(pass, &seen, err);
}

static enum err_code keep_place(struct pass *pass, const struct js *entries, const char *next,
                                struct err *err)
{
    return store_run_one(
        pass->store, "run",
        "UPDATE reconcile_run SET behind = coalesce(?, behind), objects = objects + ?, same = same "
        "+ ?, asked = asked + ?, extra = extra + ?, others = others + ?, codes = codes + ? "
        "WHERE id = ?",
        DB_BIND(DB_TEXT(next), DB_INT((int64_t)js_count(entries)), DB_INT(pass->same),
                DB_INT(pass->asked), DB_INT(pass->extra), DB_INT(pass->others), DB_INT(pass->codes),
                DB_TEXT(pass->run.id)),
        err);
}

static enum err_code answer_names(struct pass *pass, struct js **out, struct err *err)
{
    *out = js_pack("{s:O}", "ask", pass->ask);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "reconcile");
}

enum err_code reconcile_page(struct store *store, const char *run_id, const struct js *entries,
                             const char *next, const struct js *owners, struct principal by,
                             struct js **out, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    AUTO(js) struct js *ask = js_array();
    AUTO(js) struct js *run = NULL;
    struct pass pass = {
        .store = store, .by = by, .owners = owners, .ask = ask, .asks_only = !owners};
    enum err_code code =
        ask ? tx_begin(&tx, store->db, err) : err_set(err, ERR_NO_MEMORY, "reconcile");
    if (!code)
        code = reconcile_find(store, run_id, &pass.run, err);
    if (!code && !owners)
        code = see_entries(&pass, entries, err);
    if (!code && js_count(ask))
        return answer_names(&pass, out, err);
    pass.asks_only = false;
    pass.others = 0;
    if (!code)
        code = see_entries(&pass, entries, err);
    if (!code)
        code = keep_place(&pass, entries, next, err);
    if (!code)
        code = reconcile_show(store, run_id, &run, err);
    if (!code && !(*out = js_pack("{s:O}", "run", run)))
        code = err_set(err, ERR_NO_MEMORY, "reconcile");
    return code ? code : tx_commit(&tx, err);
}
