#include "queue/store/report.h"

#include "daemon/base/sys.h"
#include "queue/store/audit.h"
#include "queue/store/inside.h"
#include "queue/store/task.h"

#include <string.h>

#define STRINGIZE_(x) #x
#define STRINGIZE(x) STRINGIZE_(x)

/* One row of a list into an object. */
typedef struct js *row_fn(struct query *q);

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NO_MEMORY, "report");
}

static enum err_code add_rows(struct store *store, const char *sql, const struct db_value *values,
                              size_t count, row_fn *to_js, struct js *list, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code = db_query(store->db, sql, values, count, &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row)
        if (!js_push(list, to_js(q)))
            code = no_memory(err);
    return code;
}

static enum err_code list_rows(struct store *store, const char *sql, const struct db_value *values,
                               size_t count, row_fn *to_js, struct js **out, struct err *err)
{
    AUTO(js) struct js *list = js_array();
    enum err_code code =
        list ? add_rows(store, sql, values, count, to_js, list, err) : no_memory(err);
    if (!code)
        *out = TAKE(list);
    return code;
}

/* ---- what happened between two moments ---- */

#define IN_SPAN AUDIT_DELIVERED("a") " AND a.at_us >= ?1 AND a.at_us < ?2"

/* Of that delivery, before the span: it is no news. */
#define ACCEPTED_BEFORE                                                                            \
    "EXISTS (SELECT 1 FROM audit b WHERE b.subject_id = a.subject_id "                             \
    "AND b.to_state = 'accepted' AND b.at_us < ?1)"

static struct js *sent_row(struct query *q)
{
    return js_pack("{s:s, s:I, s:I}", "name", query_text(q, 0), "records", query_int(q, 1), "again",
                   query_int(q, 2));
}

static enum err_code report_sent(struct store *store, int64_t from_us, int64_t to_us,
                                 struct js **out, struct err *err)
{
    AUTO(js) struct js *targets = NULL;
    int64_t records = 0;
    enum err_code code =
        list_rows(store,
                  "SELECT target, sum(NOT before), sum(before OR times > 1) FROM (SELECT v.target "
                  "AS target, " ACCEPTED_BEFORE " AS before, count(*) AS times FROM audit a "
                  "JOIN delivery v ON v.id = a.subject_id WHERE " IN_SPAN
                  " AND a.to_state = 'accepted' GROUP BY a.subject_id) GROUP BY target",
                  DB_BIND(DB_INT(from_us), DB_INT(to_us)), sent_row, &targets, err);
    if (!code)
        code = db_number(store->db,
                         "SELECT count(DISTINCT v.document_id) FROM audit a JOIN delivery v "
                         "ON v.id = a.subject_id WHERE " IN_SPAN
                         " AND a.to_state = 'accepted' AND NOT " ACCEPTED_BEFORE,
                         DB_BIND(DB_INT(from_us), DB_INT(to_us)), 0, &records, err);
    if (code)
        return code;
    *out = js_pack("{s:I, s:O}", "records", records, "targets", targets);
    return *out ? ERR_OK : no_memory(err);
}

/* What the machine wrote; a person's own hold is no refusal. Its detail begins with the code. */
#define REFUSED IN_SPAN " AND a.to_state IN ('held', 'rejected', 'failed') AND a.role = 'machine'"

static struct js *reason_row(struct query *q)
{
    return js_pack("{s:s?, s:s, s:I}", "reason", query_text(q, 0), "target", query_text(q, 1),
                   "count", query_int(q, 2));
}

static enum err_code report_refused(struct store *store, int64_t from_us, int64_t to_us,
                                    struct js **out, struct err *err)
{
    AUTO(js) struct js *reasons = NULL;
    int64_t records = 0;
    enum err_code code = list_rows(
        store, "SELECT rtrim(substr(a.detail, 1, instr(a.detail || ' ', ' ') - 1), ':') AS reason, "
               "v.target, count(DISTINCT a.subject_id) AS n FROM audit a JOIN delivery v "
               "ON v.id = a.subject_id WHERE " REFUSED " GROUP BY reason, v.target ORDER BY n DESC "
               "LIMIT " STRINGIZE(REPORT_GROUPS_MAX), DB_BIND(DB_INT(from_us), DB_INT(to_us)),
                                  reason_row, &reasons, err);
    if (!code)
        code = db_number(store->db,
                         "SELECT count(DISTINCT v.document_id) FROM audit a JOIN delivery v "
                         "ON v.id = a.subject_id WHERE " REFUSED,
                         DB_BIND(DB_INT(from_us), DB_INT(to_us)), 0, &records, err);
    if (code)
        return code;
    *out = js_pack("{s:I, s:O}", "records", records, "reasons", reasons);
    return *out ? ERR_OK : no_memory(err);
}

/* ---- what waited at the end of it ---- */

/* From target to target by the index delivery_due, also of those the configuration no longer has.
 */
#define WAITING                                                                                    \
    "FROM delivery v WHERE v.target = t.name AND v.state IN ('queued', 'sending', 'sent') "        \
    "AND v.urgent IN (0, 1)"
static const char WAITS_NOW[] =
    "WITH RECURSIVE t (name) AS (SELECT min(target) FROM delivery UNION ALL SELECT (SELECT "
    "min(v.target) FROM delivery v WHERE v.target > t.name) FROM t WHERE t.name IS NOT NULL)"
    ", c (name, n, since) AS MATERIALIZED (SELECT t.name, (SELECT count(*) " WAITING "), "
    "(SELECT min(v.created_us) " WAITING ") FROM t) SELECT name, n, since FROM c WHERE n > 0";

/* Those open now, and those that something happened to since: what they were is their last move. */
static const char WAITED[] =
    "SELECT v.target, count(*), min(v.created_us) FROM delivery v WHERE v.created_us < ?1 "
    "AND v.id IN (SELECT id FROM delivery WHERE state IN ('queued', 'sending', 'sent', 'held') "
    "UNION SELECT a.subject_id FROM audit a WHERE " AUDIT_DELIVERED(
        "a") " AND a.at_us >= ?1) "
             "AND (SELECT m.to_state FROM audit m WHERE m.subject_id = v.id AND m.at_us < ?1 "
             "AND m.to_state IS NOT NULL ORDER BY m.seq DESC LIMIT 1) "
             "IN ('queued', 'sending', 'sent') GROUP BY v.target";

static struct js *waiting_row(struct query *q)
{
    return js_pack("{s:s, s:I, s:I}", "name", query_text(q, 0), "count", query_int(q, 1),
                   "oldest_us", query_int(q, 2));
}

static enum err_code report_waiting(struct store *store, int64_t to_us, bool is_now,
                                    struct js **out, struct err *err)
{
    AUTO(js) struct js *targets = NULL;
    enum err_code code =
        is_now ? list_rows(store, WAITS_NOW, DB_BIND_NONE, waiting_row, &targets, err)
               : list_rows(store, WAITED, DB_BIND(DB_INT(to_us)), waiting_row, &targets, err);
    int64_t count = 0, oldest_us = 0;
    for (size_t i = 0; i < js_count(targets); i++) {
        int64_t since_us = js_int_or(js_item(targets, i), "oldest_us", 0);
        count += js_int_or(js_item(targets, i), "count", 0);
        oldest_us = !oldest_us || since_us < oldest_us ? since_us : oldest_us;
    }
    if (code)
        return code;
    *out = js_pack("{s:I, s:o, s:O}", "deliveries", count, "oldest_us",
                   count ? js_int(oldest_us) : js_null(), "targets", targets);
    return *out ? ERR_OK : no_memory(err);
}

enum err_code store_report_span(struct store *store, int64_t from_us, int64_t to_us,
                                struct js **out, struct err *err)
{
    AUTO(js) struct js *sent = NULL;
    AUTO(js) struct js *refused = NULL;
    AUTO(js) struct js *waiting = NULL;
    int64_t withdrawn = 0;
    bool is_now = to_us <= 0;
    to_us = is_now ? sys_now_us() : to_us;
    enum err_code code = report_sent(store, from_us, to_us, &sent, err);
    if (!code)
        code = report_refused(store, from_us, to_us, &refused, err);
    if (!code)
        code = report_waiting(store, to_us, is_now, &waiting, err);
    if (!code)
        code = db_number(store->db,
                         "SELECT count(DISTINCT v.id) FROM audit a JOIN delivery v "
                         "ON v.id = a.subject_id WHERE " IN_SPAN " AND a.to_state = 'withdrawn'",
                         DB_BIND(DB_INT(from_us), DB_INT(to_us)), 0, &withdrawn, err);
    if (code)
        return code;
    *out = js_pack("{s:I, s:I, s:O, s:O, s:I, s:O}", "from_us", from_us, "to_us", to_us, "sent",
                   sent, "refused", refused, "withdrawn", withdrawn, "waiting", waiting);
    return *out ? ERR_OK : no_memory(err);
}

/* ---- what is open now ---- */

static struct js *problem_row(struct query *q)
{
    return js_pack("{s:s, s:s, s:I}", "target", query_text(q, 0), "code", query_text(q, 1), "count",
                   query_int(q, 2));
}

static const char PROBLEMS[] =
    "SELECT target, code, count(*) AS n FROM (SELECT v.target AS target, (SELECT substr(a.detail, "
    "1, instr(a.detail || ' ', ' ') - 1) FROM audit a WHERE a.subject_id = v.id AND a.event IN "
    "('attempt-failed', 'retry', 'resend') ORDER BY a.seq DESC LIMIT 1) AS code FROM delivery v "
    "WHERE v.id IN (SELECT id FROM delivery WHERE attempts > 0 AND state IN ('queued', 'sending', "
    "'sent') LIMIT " STRINGIZE(REPORT_TRIED_MAX) ")) WHERE code IS NOT NULL GROUP BY target, code "
                                                 "ORDER BY n DESC LIMIT " STRINGIZE(
                                                     REPORT_GROUPS_MAX);

static struct js *waits_for_row(struct query *q)
{
    return js_pack("{s:s, s:I}", "what", query_text(q, 0), "count", query_int(q, 1));
}

static const char WAITS_FOR[] =
    "SELECT waits_for, count(*) FROM delivery INDEXED BY delivery_excused WHERE state = 'queued' "
    "AND (receipt IS NOT NULL OR waits_for IS NOT NULL) AND waits_for IS NOT NULL "
    "GROUP BY waits_for";

/* Groups of one kind: reason, target (NULL but for deliveries), count, since when, some ids. */
#define HELD(kind, target, same_target)                                                            \
    "SELECT '" kind "', held_reason, " target                                                      \
    " AS place, count(*) AS n, min(state_us), (SELECT json_group_array(i.id) FROM (SELECT o.id "   \
    "FROM " kind " o WHERE o.state = 'held' AND o.held_reason IS h.held_reason" same_target        \
    " ORDER BY o.state_us LIMIT " STRINGIZE(REPORT_IDS_MAX) ") i) FROM " kind " h WHERE state = 'held' GROUP BY held_reason, place "   \
                        "ORDER BY n DESC LIMIT " STRINGIZE(        \
        REPORT_GROUPS_MAX)

static struct js *held_row(struct query *q)
{
    struct js *ids = NULL;
    const char *text = query_text(q, 5);
    if (!text || js_parse(text, strlen(text), &ids, NULL))
        return NULL;
    return js_pack("{s:s, s:s?, s:s?, s:I, s:I, s:o}", "kind", query_text(q, 0), "reason",
                   query_text(q, 1), "target", query_text(q, 2), "count", query_int(q, 3),
                   "oldest_us", query_int(q, 4), "ids", ids);
}

static enum err_code report_held(struct store *store, struct js **out, struct err *err)
{
    static const char *const sql[] = {HELD("delivery", "target", " AND o.target = h.target"),
                                      HELD("document", "NULL", ""), HELD("page", "NULL", "")};
    AUTO(js) struct js *list = js_array();
    enum err_code code = list ? ERR_OK : no_memory(err);
    for (size_t i = 0; !code && i < sizeof sql / sizeof *sql; i++)
        code = add_rows(store, sql[i], DB_BIND_NONE, held_row, list, err);
    if (!code)
        *out = TAKE(list);
    return code;
}

enum err_code store_report_open(struct store *store, struct js **out, struct err *err)
{
    AUTO(js) struct js *problems = NULL;
    AUTO(js) struct js *waits_for = NULL;
    AUTO(js) struct js *held = NULL;
    AUTO(js) struct js *tasks = NULL;
    int64_t tried = 0;
    enum err_code code = list_rows(store, PROBLEMS, DB_BIND_NONE, problem_row, &problems, err);
    if (!code)
        code = db_number(store->db,
                         "SELECT count(*) FROM delivery WHERE attempts > 0 "
                         "AND state IN ('queued', 'sending', 'sent')",
                         DB_BIND_NONE, 0, &tried, err);
    if (!code)
        code = list_rows(store, WAITS_FOR, DB_BIND_NONE, waits_for_row, &waits_for, err);
    if (!code)
        code = report_held(store, &held, err);
    if (!code)
        code = task_count(store, &tasks, err);
    if (code)
        return code;
    *out = js_pack("{s:O, s:I, s:O, s:O, s:O}", "problems", problems, "tried", tried, "waits_for",
                   waits_for, "held", held, "tasks", tasks);
    return *out ? ERR_OK : no_memory(err);
}
