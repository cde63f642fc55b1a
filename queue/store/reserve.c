#include "queue/store/reserve.h"

#include "daemon/base/sys.h"
#include "queue/store/audit.h"
#include "queue/store/document_code.h"
#include "queue/store/task.h"

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NO_MEMORY, "reserved code");
}

/* ---- the question ---- */

static enum err_code read_record(struct store *store, const char *sha256, struct js **out,
                                 struct err *err)
{
    AUTO(fd) int fd = -1;
    if (!sha256) {
        *out = js_object();
        return *out ? ERR_OK : no_memory(err);
    }
    enum err_code code = blob_open(store->blobs, store->db, sha256, &fd, NULL, err);
    return code ? code : js_read_fd(fd, out, err);
}

enum err_code reserve_job(struct store *store, const char *document_id, struct js **out,
                          struct err *err)
{
    AUTO(query) struct query *q = NULL;
    AUTO(js) struct js *about = NULL;
    bool row = false;
    enum err_code code = db_query(store->db,
                                  "SELECT d.record_sha256, c.code FROM document d JOIN result_code "
                                  "c ON c.document_id = d.id WHERE d.id = ? AND c.provisional = 1 "
                                  "AND c.ended_us IS NULL",
                                  DB_BIND(DB_TEXT(document_id)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (!code && !row)
        code = err_set(err, ERR_NOT_FOUND, "no provisional code");
    if (!code)
        code = read_record(store, query_text(q, 0), &about, err);
    if (!code && !js_set(about, "provisional_code", js_text(query_text(q, 1))))
        code = no_memory(err);
    if (code)
        return code;
    *out = js_pack("{s:s?, s:O}", "target", store->code_target, "about", about);
    return *out ? ERR_OK : no_memory(err);
}

/* ---- the answer ---- */

static enum err_code is_open(struct store *store, const char *document_id, bool *out,
                             struct err *err)
{
    int64_t count = 0;
    enum err_code code =
        db_number(store->db,
                  "SELECT count(*) FROM result_code c JOIN document d ON d.id = c.document_id "
                  "WHERE d.id = ? AND c.provisional = 1 AND c.ended_us IS NULL AND "
                  "coalesce(d.held_from, d.state) IN ('queued', 'closed')",
                  DB_BIND(DB_TEXT(document_id)), 0, &count, err);
    if (!code)
        *out = count > 0;
    return code;
}

static enum err_code keep(const struct completion *c, const char *text, bool used, struct err *err)
{
    return db_run(c->store->db,
                  "INSERT INTO reserved_code (document_id, target, code, reserved_us, used) VALUES "
                  "(?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET used = max(used, ?5)",
                  DB_BIND(DB_TEXT(c->id), DB_TEXT(c->store->code_target), DB_TEXT(text),
                          DB_INT(sys_now_us()), DB_INT(used)),
                  err);
}

static enum err_code report_unused(const struct completion *c, struct err *err)
{
    return task_open(c->store,
                     &(struct task){.kind = "code-unused",
                                    .target = c->store->code_target,
                                    .document_id = c->id},
                     c->by, err);
}

/* The record lies there with the provisional code, and its bytes do not change any more. */
static enum err_code tell_holders(const struct completion *c, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code =
        db_query(c->store->db,
                 "SELECT id FROM delivery WHERE document_id = ? AND target <> ? AND filed = 1 AND "
                 "coalesce(held_from, state) IN ('sending', 'sent', 'accepted', 'reconciled')",
                 DB_BIND(DB_TEXT(c->id), DB_TEXT(c->store->code_target)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row)
        code = task_open(c->store,
                         &(struct task){.kind = "code-told", .delivery_id = query_text(q, 0)},
                         c->by, err);
    return code;
}

static enum err_code use(const struct completion *c, const char *text, struct err *err)
{
    struct err why = ERR_INIT;
    enum err_code code = document_set_code(c->store, c->id, text, c->by, &why);
    if (code == ERR_BAD_ARGUMENT || code == ERR_RESULT_CODE_TAKEN)
        return err_set(err, ERR_TARGET_BAD_REPLY, "the code that came: %s", why.detail);
    if (code) {
        *err = why;
        return code;
    }
    return tell_holders(c, err);
}

enum err_code reserve_complete(const struct completion *c, struct err *err)
{
    const char *text;
    bool open = false;
    enum err_code code = js_get_text(c->result, "result_code", &text, err);
    if (!code)
        code = is_open(c->store, c->id, &open, err);
    if (!code)
        code = keep(c, text, open, err);
    if (code)
        return code;
    return open ? use(c, text, err) : report_unused(c, err);
}
