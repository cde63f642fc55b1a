#include "queue/store/audit.h"

#include "daemon/base/sys.h"
#include "daemon/base/text.h"
#include "queue/store/inside.h"

enum err_code audit_write(struct store *store, const struct audit *row, struct err *err)
{
    char detail[AUDIT_DETAIL_MAX];
    if (row->detail)
        text_printable(row->detail, detail, sizeof detail);
    return db_run(store->db,
                  "INSERT INTO audit (at_us, principal, role, kind, subject_id, event, from_state, "
                  "to_state, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                  DB_BIND(DB_INT(sys_now_us()), DB_TEXT(row->by.id), DB_TEXT(row->by.role),
                          DB_TEXT(row->kind), DB_TEXT(row->id), DB_TEXT(row->event),
                          DB_TEXT(row->from), DB_TEXT(row->to),
                          DB_TEXT(row->detail ? detail : NULL)),
                  err);
}

/* A row from the future was written before the clock was set right: it does not count. */
static enum err_code was_read_lately(struct store *store, const struct audit *row, int64_t *out,
                                     struct err *err)
{
    int64_t now_us = sys_now_us();
    return db_number(store->db,
                     "SELECT count(*) FROM audit WHERE event = '" AUDIT_READ
                     "' AND subject_id = ? AND principal = ? AND detail = ? "
                     "AND at_us > ? AND at_us <= ?",
                     DB_BIND(DB_TEXT(row->id), DB_TEXT(row->by.id), DB_TEXT(row->detail),
                             DB_INT(now_us - AUDIT_READ_WINDOW_US), DB_INT(now_us)),
                     0, out, err);
}

enum err_code audit_read(struct store *store, const struct audit *row, struct err *err)
{
    int64_t lately;
    struct audit read = *row;
    enum err_code code = was_read_lately(store, row, &lately, err);
    if (code || lately)
        return code;
    read.event = AUDIT_READ;
    return audit_write(store, &read, err);
}

static enum err_code list_rows(struct store *store, const char *sql, const char *id, bool reads,
                               int64_t limit, struct js **out, struct err *err)
{
    AUTO(js)
    struct js *list = js_array();
    AUTO(query)
    struct query *q = NULL;
    bool row = true;
    enum err_code code =
        db_query(store->db, sql, DB_BIND(DB_TEXT(id), DB_INT(reads), DB_INT(limit)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row) {
        struct js *item =
            js_pack("{s:I, s:s, s:s, s:s, s:s, s:s?, s:s?, s:s?}", "at_us", query_int(q, 0),
                    "principal", query_text(q, 1), "role", query_text(q, 2), "kind",
                    query_text(q, 3), "event", query_text(q, 4), "from", query_text(q, 5), "to",
                    query_text(q, 6), "detail", query_text(q, 7));
        if (!js_push(list, item))
            code = err_set(err, ERR_NO_MEMORY, "audit rows");
    }
    if (code)
        return code;
    *out = TAKE(list);
    return ERR_OK;
}

#define COLUMNS "at_us, principal, role, kind, event, from_state, to_state, detail"
#define OF_SUBJECT "FROM audit WHERE subject_id = ?1 AND (?2 OR event <> '" AUDIT_READ "')"

enum err_code audit_list(struct store *store, const char *id, bool reads, int64_t limit,
                         struct js **out, struct err *err)
{
    return list_rows(store, "SELECT " COLUMNS " " OF_SUBJECT " ORDER BY seq LIMIT ?3", id, reads,
                     limit, out, err);
}

enum err_code audit_last(struct store *store, const char *id, int64_t limit, struct js **out,
                         struct err *err)
{
    return list_rows(store,
                     "SELECT " COLUMNS " FROM (SELECT seq, " COLUMNS " " OF_SUBJECT
                     " ORDER BY seq DESC LIMIT ?3) ORDER BY seq",
                     id, false, limit, out, err);
}

enum err_code audit_change(struct store *store, const char *kind, const char *id, const char *event,
                           const char *detail, struct principal by, struct err *err)
{
    enum err_code code = audit_write(
        store, &(struct audit){.kind = kind, .id = id, .event = event, .detail = detail, .by = by},
        err);
    if (!code)
        store_touch(store, kind, id);
    return code;
}
