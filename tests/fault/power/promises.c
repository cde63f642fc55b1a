#include "tests/fault/power/promises.h"

#include "tests/unit/queue/store/rig.h"

#include <err.h>

#define REQUESTS_KEPT 64

/* ---- reading them ---- */

struct request { /* a page_commit that is under way */
    uint32_t pid;
    size_t event;
    int64_t number;
    char page[ID_SIZE], sha256[HASH_HEX_SIZE];
};

struct reading {
    struct promises *promises;
    struct request request[REQUESTS_KEPT];
    size_t requests;
    bool early;
};

static struct promise *add(struct promises *promises, enum promise_kind kind, size_t event,
                           const char *id)
{
    promises->promise =
        reallocarray(promises->promise, promises->count + 1, sizeof *promises->promise);
    if (!promises->promise)
        err(1, "promises");
    struct promise *promise = &promises->promise[promises->count++];
    *promise = (struct promise){.kind = kind, .event = event};
    snprintf(promise->id, sizeof promise->id, "%s", id);
    return promise;
}

/* The JSON of a message between sohoad and a worker, behind its header; NULL when there is none. */
static struct js *message_of(const struct disk_event *event)
{
    const uint8_t *body = memchr(event->data, '{', event->head.size);
    struct js *js = NULL;
    if (event->head.size < 4 || memcmp(event->data, "SOH", 3) != 0 || !body)
        return NULL;
    return js_parse(body, event->head.size - (size_t)(body - event->data), &js, NULL) ? NULL : js;
}

static void hear(struct reading *r, const struct disk_event *event, size_t number)
{
    AUTO(js) struct js *js = message_of(event);
    if (strcmp(js_text_or(js, "op", ""), "page_commit") != 0)
        return;
    struct request *request = &r->request[r->requests++ % REQUESTS_KEPT];
    *request = (struct request){
        .pid = event->head.pid, .event = number, .number = js_int_or(js, "id", -1)};
    snprintf(request->page, sizeof request->page, "%s", js_text_or(js, "args.page_id", ""));
    snprintf(request->sha256, sizeof request->sha256, "%s",
             js_text_or(js, "args.image.sha256", ""));
}

static void answer_commit(struct reading *r, const struct disk_event *event, int64_t id,
                          size_t number)
{
    for (size_t i = 0; i < REQUESTS_KEPT; i++) {
        struct request *request = &r->request[i];
        if (request->pid != event->head.pid || request->number != id || !request->page[0])
            continue;
        struct promise *promise =
            add(r->promises, PROMISE_PAGE, r->early ? request->event : number, request->page);
        memcpy(promise->sha256, request->sha256, sizeof promise->sha256);
        r->promises->pages++;
        request->page[0] = 0;
    }
}

static void answer(struct reading *r, const struct disk_event *event, size_t number)
{
    AUTO(js) struct js *js = message_of(event);
    if (!js_has(js, "ok"))
        return;
    answer_commit(r, event, js_int_or(js, "id", -1), number);
    const struct js *changed = js_at(js, "ok.changed");
    for (size_t i = 0; i < js_count(changed); i++) {
        const struct js *one = js_item(changed, i);
        struct promise *promise =
            add(r->promises, PROMISE_STATE, number, js_text_or(one, "id", ""));
        snprintf(promise->subject, sizeof promise->subject, "%s", js_text_or(one, "kind", ""));
        snprintf(promise->state, sizeof promise->state, "%s", js_text_or(one, "state", ""));
        r->promises->states++;
    }
}

static const struct promise *answered(const struct promises *promises, const char *id)
{
    for (size_t i = 0; i < promises->count; i++)
        if (promises->promise[i].kind == PROMISE_PAGE && strcmp(promises->promise[i].id, id) == 0)
            return &promises->promise[i];
    return NULL;
}

static bool was_asked_for(const struct reading *r, const char *id)
{
    for (size_t i = 0; i < REQUESTS_KEPT; i++)
        if (strcmp(r->request[i].page, id) == 0)
            return true;
    return false;
}

/* "id":"…" of a page in anything said to a client. */
static void show(struct reading *r, const struct disk_event *event, size_t number)
{
    static const char key[] = "\"id\":\"";
    const char *at = (const char *)event->data, *end = at + event->head.size;
    if (event->head.size >= 3 && memcmp(at, "SOH", 3) == 0)
        return; /* to a worker */
    while ((at = memmem(at, (size_t)(end - at), key, sizeof key - 1))) {
        char id[ID_SIZE];
        at += sizeof key - 1;
        snprintf(id, sizeof id, "%.*s", (int)(end - at < ID_SIZE ? end - at : ID_SIZE - 1), at);
        const struct promise *page = answered(r->promises, id);
        r->promises->shown += page != NULL;
        if (page ? page->event > number : was_asked_for(r, id))
            add(r->promises, PROMISE_SHOWN, number, id);
    }
}

static bool is_of(const struct disk_event *event, const char *program)
{
    return strncmp(event->head.program, program, DISK_PROGRAM_SIZE - 1) == 0;
}

void promises_read(const struct disk_log *log, bool early, struct promises *out)
{
    struct reading r = {.promises = out, .early = early};
    *out = (struct promises){0};
    for (size_t i = 0; i < log->count; i++)
        if (is_of(&log->event[i], "sohoa-store-worker")) {
            if (log->event[i].head.kind == DISK_HEAR)
                hear(&r, &log->event[i], i);
            else if (log->event[i].head.kind == DISK_SAY)
                answer(&r, &log->event[i], i);
        }
    for (size_t i = 0; i < log->count; i++)
        if (log->event[i].head.kind == DISK_SAY && is_of(&log->event[i], "sohoad"))
            show(&r, &log->event[i], i);
}

void promises_done(struct promises *promises)
{
    free(promises->promise);
}

/* ---- keeping them ---- */

static char problem[512];

__attribute__((format(printf, 1, 2))) static const char *say(const char *fmt, ...)
{
    va_list list;
    va_start(list, fmt);
    vsnprintf(problem, sizeof problem, fmt, list);
    va_end(list);
    return problem;
}

static const char *check_sound(struct store *store)
{
    AUTO(mem) char *verdict = NULL;
    struct err err = ERR_INIT;
    if (db_text(store->db, "PRAGMA integrity_check(3)", DB_BIND_NONE, &verdict, &err))
        return say("integrity_check: %s", err.detail);
    return strcmp(verdict ? verdict : "", "ok") == 0 ? NULL : say("integrity_check: %s", verdict);
}

static const char *check_page(struct store *store, const struct promise *promise)
{
    AUTO(mem) char *sha256 = NULL;
    struct err err = ERR_INIT;
    if (db_text(store->db, "SELECT image_sha256 FROM page WHERE id = ?",
                DB_BIND(DB_TEXT(promise->id)), &sha256, &err))
        return say("page %s: %s", promise->id, err.detail);
    if (!sha256)
        return say("page %s was %s and is gone", promise->id,
                   promise->kind == PROMISE_SHOWN ? "shown" : "acknowledged");
    if (promise->kind == PROMISE_PAGE && strcmp(sha256, promise->sha256) != 0)
        return say("page %s has another image", promise->id);
    return NULL;
}

/* Of every row, acknowledged or not. */
static const char *check_images(struct store *store)
{
    AUTO(query) struct query *query = NULL;
    struct err err = ERR_INIT;
    bool row = true;
    if (db_query(store->db, "SELECT id, image_sha256 FROM page", DB_BIND_NONE, &query, &err))
        return say("pages: %s", err.detail);
    while (!query_next(query, &row, &err) && row)
        if (blob_check(store->blobs, store->db, query_text(query, 1), &err))
            return say("image of page %s: %s", query_text(query, 0), err.detail);
    return NULL;
}

static const char *check_once(struct store *store)
{
    int64_t twice = -1;
    db_number(store->db,
              "SELECT (SELECT count(*) - count(DISTINCT image_sha256) FROM page) + "
              "(SELECT count(*) FROM (SELECT 1 FROM page WHERE state <> 'rejected' "
              "GROUP BY document_id, position HAVING count(*) > 1))",
              DB_BIND_NONE, -1, &twice, NULL);
    return twice == 0 ? NULL : say("a page is there twice");
}

static const char *state_sql(const char *subject)
{
    return strcmp(subject, "page") == 0       ? "SELECT state FROM page WHERE id = ?"
           : strcmp(subject, "document") == 0 ? "SELECT state FROM document WHERE id = ?"
           : strcmp(subject, "delivery") == 0 ? "SELECT state FROM delivery WHERE id = ?"
           : strcmp(subject, "dossier") == 0
               ? "SELECT iif(closed_us IS NULL, 'open', 'closed') FROM dossier WHERE id = ?"
               : NULL;
}

/* Is the state that was found said of the subject from this promise on? */
static bool was_said(const struct promises *promises, size_t from, const char *state)
{
    const char *id = promises->promise[from].id;
    for (size_t i = from; i < promises->count; i++) {
        const struct promise *later = &promises->promise[i];
        if (later->kind == PROMISE_STATE && strcmp(later->id, id) == 0 &&
            strcmp(later->state, state) == 0)
            return true;
    }
    return false;
}

static const char *check_state(struct store *store, const struct promises *promises, size_t which)
{
    const struct promise *promise = &promises->promise[which];
    const char *sql = state_sql(promise->subject);
    AUTO(mem) char *state = NULL;
    struct err err = ERR_INIT;
    if (!sql)
        return NULL;
    if (db_text(store->db, sql, DB_BIND(DB_TEXT(promise->id)), &state, &err))
        return say("%s: %s", promise->subject, err.detail);
    if (!state)
        return say("a %s that was told as %s is gone", promise->subject, promise->state);
    if (!was_said(promises, which, state))
        return say("told as %s, is %s", promise->state, state);
    return NULL;
}

static const char *take_page(struct store *store)
{
    struct rig rig = {.store = store};
    struct paper paper = rig_paper(&rig);
    char id[ID_SIZE];
    struct err err = ERR_INIT;
    return rig_try_page(&rig, &paper, "the next page", id, &err)
               ? say("the next page: %s: %s", err_name(err.code), err.detail)
               : NULL;
}

static const char *check_store(const struct promises *promises, size_t cut, struct store *store)
{
    const char *broken = check_sound(store);
    for (size_t i = 0; !broken && i < promises->count; i++) {
        const struct promise *promise = &promises->promise[i];
        if (promise->event >= cut)
            continue;
        broken = promise->kind == PROMISE_STATE ? check_state(store, promises, i)
                                                : check_page(store, promise);
    }
    if (!broken)
        broken = check_once(store);
    if (!broken)
        broken = check_images(store);
    return broken ? broken : take_page(store);
}

const char *promises_broken(const struct promises *promises, size_t cut, const char *folder)
{
    struct store *store = NULL;
    struct err err = ERR_INIT;
    struct store_options options = {.folder = folder, .moved = true}; /* a picture of the disk */
    if (store_open(&options, &store, &err))
        return say("the store does not open: %s: %s", err_name(err.code), err.detail);
    const char *broken = check_store(promises, cut, store);
    store_close(store);
    return broken;
}
