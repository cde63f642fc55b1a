#include "queue/store/hold_many.h"

#include "daemon/base/sys.h"
#include "queue/store/hold.h"
#include "queue/store/inside.h"

#include <string.h>

#define STRINGIZE_(x) #x
#define STRINGIZE(x) STRINGIZE_(x)

/* ?1 reason, ?2 target, ?3 now */
#define OF_TARGET "(?2 IS NULL OR v.target = ?2)"
#define HELD_FOR "v.state = 'held' AND (?1 IS NULL OR v.held_reason = ?1) AND " OF_TARGET
#define LAST_FAILURE                                                                               \
    "(SELECT substr(a.detail, 1, instr(a.detail || ' ', ' ') - 1) FROM audit a "                   \
    "WHERE a.subject_id = v.id AND a.event IN ('attempt-failed', 'retry', 'resend') "              \
    "ORDER BY a.seq DESC LIMIT 1)"
#define WAITS                                                                                      \
    "v.state IN ('queued', 'sending', 'sent', 'accepted', 'withdrawing') AND v.not_before_us > "   \
    "?3 "                                                                                          \
    "AND v.not_before_us > 0 AND (?1 IS NULL OR " LAST_FAILURE " = ?1) AND " OF_TARGET
#define QUEUED "v.state = 'queued' AND ?1 IS NULL AND " OF_TARGET

#define CHOSEN(which)                                                                              \
    {                                                                                              \
        "SELECT count(*) FROM delivery v WHERE ?3 IS NOT NULL AND " which,                         \
            "SELECT v.id FROM delivery v WHERE ?3 IS NOT NULL AND " which                          \
            " LIMIT " STRINGIZE(HOLD_MANY_MAX)                                                     \
    }

enum verb { RELEASE, RETRY, HOLD };

static const struct {
    const char *name;
    struct {
        const char *count, *ids;
    } sets[2]; /* NULL: no more */
} verbs[] = {
    [RELEASE] = {"release", {CHOSEN(HELD_FOR)}},
    [RETRY] = {"retry", {CHOSEN(HELD_FOR), CHOSEN(WAITS)}},
    [HOLD] = {"hold", {CHOSEN(QUEUED)}},
};
#define VERB_COUNT (sizeof verbs / sizeof *verbs)

#define BIND(choice, now_us)                                                                       \
    DB_BIND(DB_TEXT((choice)->reason), DB_TEXT((choice)->target), DB_INT(now_us))

static enum err_code count_set(struct store *store, enum verb verb, int set,
                               const struct delivery_choice *choice, int64_t now_us, int64_t *sum,
                               struct err *err)
{
    int64_t count = 0;
    enum err_code code =
        db_number(store->db, verbs[verb].sets[set].count, BIND(choice, now_us), 0, &count, err);
    *sum += count;
    return code;
}

static enum err_code count_all(struct store *store, enum verb verb,
                               const struct delivery_choice *choice, int64_t now_us, int64_t *out,
                               struct err *err)
{
    enum err_code code = ERR_OK;
    *out = 0;
    for (int set = 0; !code && set < 2 && verbs[verb].sets[set].count; set++)
        code = count_set(store, verb, set, choice, now_us, out, err);
    return code;
}

/* The ids are read first: what is changed leaves the set. */
static enum err_code read_ids(struct store *store, const char *sql,
                              const struct delivery_choice *choice, int64_t now_us, struct js **out,
                              struct err *err)
{
    AUTO(js) struct js *ids = js_array();
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code = db_query(store->db, sql, BIND(choice, now_us), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row)
        if (!js_push(ids, js_text(query_text(q, 0))))
            code = err_set(err, ERR_NO_MEMORY, "deliveries");
    if (!code)
        *out = TAKE(ids);
    return code;
}

static enum err_code change_one(struct store *store, enum verb verb, const char *id,
                                const char *why, struct principal by, struct err *err)
{
    return verb == HOLD ? subject_hold(store, MACHINE_delivery, id, why, by, err)
                        : subject_release(store, MACHINE_delivery, id, by, err);
}

static enum err_code change_set(struct store *store, enum verb verb, int set,
                                const struct delivery_choice *choice, struct principal by,
                                int64_t now_us, int64_t *count, struct err *err)
{
    AUTO(js) struct js *ids = NULL;
    enum err_code code = read_ids(store, verbs[verb].sets[set].ids, choice, now_us, &ids, err);
    for (size_t i = 0; !code && *count < HOLD_MANY_MAX && i < js_count(ids); i++) {
        struct err why = ERR_INIT;
        const char *id = js_text_or(js_item(ids, i), "", "");
        enum err_code one = change_one(store, verb, id, choice->why, by, &why);
        *count += !one;
        if (!one || one == ERR_STATE_CHANGED) /* somebody was faster with that one */
            continue;
        if (err)
            *err = why;
        code = one;
    }
    return code;
}

enum err_code deliveries_change(struct store *store, const char *verb_name,
                                const struct delivery_choice *choice, struct principal by,
                                int64_t *out_count, int64_t *out_left, struct err *err)
{
    int64_t count = 0, left = 0, now_us = sys_now_us();
    size_t verb = 0;
    while (verb < VERB_COUNT && strcmp(verbs[verb].name, verb_name) != 0)
        verb++;
    if (verb == VERB_COUNT)
        return err_set(err, ERR_BAD_ARGUMENT, "'verb' is not release, retry or hold");
    if (verb == HOLD && !choice->why && !choice->dry_run)
        return err_set(err, ERR_BAD_ARGUMENT, "'why' is missing");
    enum err_code code = ERR_OK;
    for (int set = 0; !choice->dry_run && !code && set < 2 && verbs[verb].sets[set].ids; set++)
        code = change_set(store, (enum verb)verb, set, choice, by, now_us, &count, err);
    if (!code)
        code = count_all(store, (enum verb)verb, choice, now_us, &left, err);
    if (code)
        return code;
    *out_count = choice->dry_run ? left : count;
    *out_left = choice->dry_run ? 0 : left;
    return ERR_OK;
}
