#include "queue/store/line.h"

#include "daemon/base/sys.h"
#include "queue/store/inside.h"

#define DAY_US (INT64_C(24) * 3600 * 1000000)
#define GROWTH_DAYS 7

enum err_code line_set(struct store *store, const struct line_state *state, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = db_run(
            store->db,
            "INSERT INTO line (target, down_since_us, served_us) VALUES (?1, ?2, ?3) "
            "ON CONFLICT (target) DO UPDATE SET down_since_us = ?2, served_us = ?3",
            DB_BIND(DB_TEXT(state->target), DB_INT(state->down_since_us), DB_INT(state->served_us)),
            err);
    if (!code && state->came_back)
        code = db_run(store->db,
                      "UPDATE delivery SET not_before_us = 0 WHERE target = ? AND state IN "
                      "('queued', 'sending', 'sent', 'withdrawing') AND not_before_us > 0",
                      DB_BIND(DB_TEXT(state->target)), err);
    return code ? code : tx_commit(&tx, err);
}

#define WAITS "target = ? AND state IN ('queued', 'sending', 'sent') AND waits_for IS NULL"

static enum err_code add_known(struct store *store, const char *target, struct js *row,
                               struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool found;
    enum err_code code =
        db_query(store->db, "SELECT down_since_us, served_us FROM line WHERE target = ?",
                 DB_BIND(DB_TEXT(target)), &q, err);
    if (!code)
        code = query_next(q, &found, err);
    if (code || !found)
        return code;
    bool set = js_set(row, "down_since_us", js_int(query_int(q, 0))) &&
               js_set(row, "served_us", js_int(query_int(q, 1)));
    return set ? ERR_OK : err_set(err, ERR_NO_MEMORY, "line");
}

static enum err_code line_show(struct store *store, const char *target, struct js **out,
                               struct err *err)
{
    int64_t waiting, oldest_us;
    enum err_code code = db_number(store->db, "SELECT count(*) FROM delivery WHERE " WAITS,
                                   DB_BIND(DB_TEXT(target)), 0, &waiting, err);
    if (!code)
        code = db_number(store->db, "SELECT min(created_us) FROM delivery WHERE " WAITS,
                         DB_BIND(DB_TEXT(target)), 0, &oldest_us, err);
    if (code)
        return code;
    AUTO(js)
    struct js *row =
        js_pack("{s:s, s:I, s:I}", "target", target, "waiting", waiting, "oldest_us", oldest_us);
    code = row ? add_known(store, target, row, err) : err_set(err, ERR_NO_MEMORY, "line");
    if (!code)
        *out = TAKE(row);
    return code;
}

enum err_code line_list(struct store *store, const struct js *targets, struct js **out,
                        struct err *err)
{
    AUTO(js) struct js *rows = js_array();
    enum err_code code = rows ? ERR_OK : err_set(err, ERR_NO_MEMORY, "lines");
    for (size_t i = 0; !code && i < js_count(targets); i++) {
        struct js *row = NULL;
        const char *target;
        code = js_get_text(js_item(targets, i), "", &target, err);
        if (!code)
            code = line_show(store, target, &row, err);
        if (!code && !js_push(rows, row))
            code = err_set(err, ERR_NO_MEMORY, "lines");
    }
    if (!code)
        *out = TAKE(rows);
    return code;
}

enum err_code line_disk(struct store *store, struct js **out, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    uint64_t free_bytes;
    bool row;
    int64_t now_us = sys_now_us();
    enum err_code code = blobs_free_bytes(store->blobs, &free_bytes, err);
    if (!code)
        code = db_query(store->db,
                        "SELECT coalesce(sum(size_bytes), 0), coalesce(min(created_us), ?2) "
                        "FROM blob WHERE created_us > ?1 AND created_us <= ?2",
                        DB_BIND(DB_INT(now_us - GROWTH_DAYS * DAY_US), DB_INT(now_us)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (code)
        return code;
    /* a station of yesterday has no week yet; its first day counts as a whole one */
    int64_t days = (now_us - query_int(q, 1) + DAY_US - 1) / DAY_US;
    int64_t day_bytes = query_int(q, 0) / (days > 1 ? days : 1);
    uint64_t room = free_bytes > store->reserve_bytes ? free_bytes - store->reserve_bytes : 0;
    *out = js_pack("{s:I, s:I}", "free_bytes", (int64_t)room, "day_bytes", day_bytes);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "disk");
}
