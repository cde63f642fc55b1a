#include "queue/store/alarm.h"

#include "queue/store/audit.h"
#include "queue/store/inside.h"

#include <string.h>

/* Of an index over deliveries that stay where they are (migration 0018). */
#define STAYS "v.state IN ('sent', 'accepted', 'held', 'withdrawing')"

/* Queued deliveries whose age says nothing: they wait for a person to hand the result over, or the
 * target lost them since. */
#define EXCUSED                                                                                    \
    "v.state = 'queued' AND (v.receipt IS NOT NULL OR v.waits_for IS NOT NULL) AND "               \
    "v.created_us < ?2 AND (v.waits_for IS 'handover' OR coalesce((SELECT max(a.at_us) "           \
    "FROM audit a WHERE a.subject_id = v.id AND a.event = 'missing'), 0) >= ?2)"

/* ?1 state, ?2 since before that */
#define OF_COUNTER(table, came)                                                                    \
    "SELECT count(*), min(v.state_us) FROM " table " v JOIN dossier s ON s.id = v.dossier_id "     \
    "WHERE v.state = ?1 AND v." came " < ?2 AND v.state_us < ?2 AND s.kind = 'counter'"

static const char PAGES[] = OF_COUNTER("page", "captured_us");
static const char DOCUMENTS[] = OF_COUNTER("document", "created_us");
static const char STAYING[] = "SELECT count(*), min(v.state_us) FROM delivery v WHERE " STAYS
                              " AND v.state = ?1 AND v.state_us < ?2";
static const char SENDING[] = "SELECT count(*), min(v.state_us) FROM delivery v "
                              "WHERE v.state = ?1 AND v.state_us < ?2";
static const char QUEUED[] =
    "SELECT (SELECT count(*) FROM delivery v WHERE v.state = ?1 AND v.created_us < ?2) - "
    "(SELECT count(*) FROM delivery v WHERE " EXCUSED "), "
    "(SELECT v.created_us FROM delivery v WHERE v.state = ?1 AND v.created_us < ?2 "
    "AND NOT (" EXCUSED ") ORDER BY v.created_us LIMIT 1)";

static const char *sql_of(enum machine machine, const char *state)
{
    if (machine == MACHINE_page)
        return PAGES;
    if (machine == MACHINE_document)
        return DOCUMENTS;
    if (strcmp(state, "queued") == 0)
        return QUEUED;
    return strcmp(state, "sending") == 0 ? SENDING : STAYING;
}

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NO_MEMORY, "alarms");
}

static enum err_code add_age(struct store *store, const struct js *limit, struct js *list,
                             struct err *err)
{
    const char *kind, *state;
    int64_t before_us;
    enum machine machine;
    AUTO(query) struct query *q = NULL;
    bool row = false;
    enum err_code code = js_get_text(limit, "machine", &kind, err);
    if (!code)
        code = js_get_text(limit, "state", &state, err);
    if (!code)
        code = js_get_int(limit, "before_us", &before_us, err);
    if (!code && (!machine_from_name(kind, &machine) || !state_exists(machine, state)))
        code = err_set(err, ERR_BAD_ARGUMENT, "'ages' names no state");
    if (!code)
        code = db_query(store->db, sql_of(machine, state),
                        DB_BIND(DB_TEXT(state), DB_INT(before_us)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (code)
        return code;
    int64_t over = query_int(q, 0);
    struct js *oldest = over ? js_int(query_int(q, 1)) : js_null();
    struct js *age = js_pack("{s:s, s:s, s:I, s:I, s:o}", "machine", kind, "state", state,
                             "before_us", before_us, "over", over, "oldest_us", oldest);
    return js_push(list, age) ? ERR_OK : no_memory(err);
}

/* ---- targets ---- */

/* The longest waiting of the ordinary and of the urgent ones: both halves of the index
 * delivery_due, so that no other target's rows are touched. */
#define OLDEST(urgent)                                                                             \
    "(SELECT v.created_us FROM delivery v WHERE v.target = ?1 AND v.state = 'queued' "             \
    "AND v.urgent = " urgent " AND v.waits_for IS NOT 'handover' ORDER BY v.created_us LIMIT 1)"

static const char OF_TARGET[] =
    "SELECT (SELECT count(*) FROM delivery v WHERE v.target = ?1 AND v.state = 'queued'), " OLDEST(
        "0") ", " OLDEST("1");

static const char ACCEPTED_SINCE[] =
    "SELECT EXISTS (SELECT 1 FROM audit a JOIN delivery v ON v.id = a.subject_id "
    "WHERE " AUDIT_DELIVERED("a") " AND a.to_state = 'accepted' AND a.at_us >= ?1 "
                                  "AND v.target = ?2)";

/* The last comparison that came to its end, and since when something waits for one. */
static const char COMPARED[] =
    "SELECT (SELECT max(r.ended_us) FROM reconcile_run r WHERE r.target = ?1 AND r.state = "
    "'done'), "
    "(SELECT v.state_us FROM delivery v WHERE " STAYS
    " AND v.state = 'accepted' AND v.target = ?1 ORDER BY v.state_us LIMIT 1)";

static struct js *time_or_null(struct query *q, int column)
{
    return query_is_null(q, column) ? js_null() : js_int(query_int(q, column));
}

static enum err_code add_compared(struct store *store, const char *name, struct js *target,
                                  struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = false;
    enum err_code code = db_query(store->db, COMPARED, DB_BIND(DB_TEXT(name)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (code)
        return code;
    bool ok = js_set(target, "compared_us", time_or_null(q, 0)) &&
              js_set(target, "unreconciled_us", time_or_null(q, 1));
    return ok ? ERR_OK : no_memory(err);
}

static int64_t earlier(struct query *q, int one, int other)
{
    if (query_is_null(q, one) || query_is_null(q, other))
        return query_is_null(q, one) ? query_int(q, other) : query_int(q, one);
    return query_int(q, one) < query_int(q, other) ? query_int(q, one) : query_int(q, other);
}

static enum err_code add_target(struct store *store, const char *name, const struct js *limits,
                                struct js *list, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = false;
    int64_t accepted = 0, since_us = js_int_or(limits, "accepted_since_us", 0);
    enum err_code code = db_query(store->db, OF_TARGET, DB_BIND(DB_TEXT(name)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (code)
        return code;
    int64_t oldest_us = earlier(q, 1, 2); /* 0: nothing waits */
    bool is_late = oldest_us && oldest_us < js_int_or(limits, "waiting_before_us", 0);
    if (is_late)
        code = db_number(store->db, ACCEPTED_SINCE, DB_BIND(DB_INT(since_us), DB_TEXT(name)), 0,
                         &accepted, err);
    if (code)
        return code;
    AUTO(js)
    struct js *target =
        js_pack("{s:s, s:I, s:o, s:b}", "name", name, "waiting", query_int(q, 0), "oldest_us",
                oldest_us ? js_int(oldest_us) : js_null(), "stands", (int)(is_late && !accepted));
    code = target ? add_compared(store, name, target, err) : no_memory(err);
    if (!code && !js_push(list, js_ref(target)))
        code = no_memory(err);
    return code;
}

/* null: never */
static enum err_code last_accepted(struct store *store, struct js **out, struct err *err)
{
    int64_t at_us = -1;
    enum err_code code = db_number(store->db,
                                   "SELECT max(a.at_us) FROM audit a WHERE " AUDIT_DELIVERED(
                                       "a") " AND a.to_state = 'accepted'",
                                   DB_BIND_NONE, -1, &at_us, err);
    if (!code && !(*out = at_us < 0 ? js_null() : js_int(at_us)))
        code = no_memory(err);
    return code;
}

enum err_code store_alarms(struct store *store, const struct js *limits, struct js **out,
                           struct err *err)
{
    const struct js *wanted;
    AUTO(js) struct js *ages = js_array();
    AUTO(js) struct js *targets = js_array();
    AUTO(js) struct js *accepted = NULL;
    enum err_code code = js_get_array(limits, "ages", &wanted, err);
    for (size_t i = 0; !code && i < js_count(wanted); i++)
        code = add_age(store, js_item(wanted, i), ages, err);
    for (size_t i = 0; !code && i < store->target_count; i++)
        code = add_target(store, store->targets[i], limits, targets, err);
    if (!code)
        code = last_accepted(store, &accepted, err);
    if (code)
        return code;
    *out = js_pack("{s:O, s:O, s:O}", "ages", ages, "targets", targets, "accepted_us", accepted);
    return *out ? ERR_OK : no_memory(err);
}

/* ---- which they are ---- */

/* ?1 state, ?2 since before that, ?3 those of a backlog, too, ?4 at most */
#define LATE(table, document, join, came)                                                          \
    "SELECT v.id, " document ", v.dossier_id, s.code, d.type, v.state, v.held_reason, "            \
    "v.held_ref, v.state_us FROM " table " v " join " JOIN dossier s ON s.id = v.dossier_id "      \
    "WHERE v.state = ?1 AND v." came " < ?2 AND v.state_us < ?2 "                                  \
    "AND (?3 OR s.kind = 'counter') ORDER BY v.state_us LIMIT ?4"

static const char LATE_PAGES[] =
    LATE("page", "v.document_id", "LEFT JOIN document d ON d.id = v.document_id", "captured_us");
static const char LATE_DOCUMENTS[] =
    LATE("document", "v.id", "JOIN document d ON d.id = v.id", "created_us");

static struct js *late_row(struct query *q)
{
    return js_pack("{s:s, s:s?, s:s, s:s?, s:s?, s:s, s:s?, s:s?, s:I}", "id", query_text(q, 0),
                   "document_id", query_text(q, 1), "dossier_id", query_text(q, 2), "dossier_code",
                   query_text(q, 3), "type", query_text(q, 4), "state", query_text(q, 5), "reason",
                   query_text(q, 6), "ref", query_text(q, 7), "since_us", query_int(q, 8));
}

enum err_code store_late(struct store *store, const char *machine, const char *state,
                         int64_t before_us, bool with_backlog, int64_t limit, struct js **out,
                         struct err *err)
{
    enum machine kind;
    AUTO(js) struct js *list = js_array();
    AUTO(query) struct query *q = NULL;
    bool row = true;
    if (!machine_from_name(machine, &kind) || kind == MACHINE_delivery ||
        !state_exists(kind, state))
        return err_set(err, ERR_BAD_ARGUMENT, "no such state of a page or document");
    enum err_code code = db_query(
        store->db, kind == MACHINE_page ? LATE_PAGES : LATE_DOCUMENTS,
        DB_BIND(DB_TEXT(state), DB_INT(before_us), DB_INT(with_backlog), DB_INT(limit)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row)
        if (!js_push(list, late_row(q)))
            code = no_memory(err);
    if (!code)
        *out = TAKE(list);
    return code;
}
