#include "queue/store/import.h"

#include "daemon/base/sys.h"
#include "daemon/base/text.h"
#include "queue/store/document.h"
#include "queue/store/dossier.h"
#include "queue/store/inside.h"
#include "queue/store/page.h"
#include "queue/store/page_layer.h"
#include "queue/store/pass.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is to be done next in a folder, and the documents that come of it. */

_Static_assert(sizeof((struct import_step *)0)->temp == PAGE_TEMP_SIZE, "temp of a step");
_Static_assert(sizeof((struct import_step *)0)->page_id == ID_SIZE, "page of a step");

void import_step_done(struct import_step *step)
{
    js_free(step->item);
    fd_close(step->file_fd);
    fd_close(step->temp_fd);
    *step = (struct import_step){.file_fd = -1, .temp_fd = -1};
}

struct work {
    char id[ID_SIZE], document_id[ID_SIZE], dossier_id[ID_SIZE], page_id[ID_SIZE];
    char sha256[HASH_HEX_SIZE];
    enum import_state state;
    int64_t pages, page_number;
    bool fed;
};

static void copy_text(char *out, size_t size, const char *text)
{
    snprintf(out, size, "%s", text ? text : "");
}

#define WORK_COLUMNS                                                                               \
    "SELECT id, document_id, dossier_id, page_id, sha256, pages, page_number, fed "                \
    "FROM import_item i WHERE folder = ?1 AND state = ?2 AND not_before_us <= ?3 "

/* Documents under way first, in the order of their files; the images of a sub-folder wait for one
 * another. */
#define WORK_PAGED                                                                                 \
    WORK_COLUMNS "AND NOT EXISTS (SELECT 1 FROM import_item e WHERE e.document_id = "              \
                 "i.document_id AND e.ordinal < i.ordinal AND e.state IN ('taken', 'paged')) "     \
                 "AND (document_id IS NOT NULL OR unit IS NULL OR NOT EXISTS (SELECT 1 "           \
                 "FROM import_item o WHERE o.folder = i.folder AND o.unit = i.unit "               \
                 "AND o.state IN ('found', 'stable', 'taken'))) "                                  \
                 "ORDER BY document_id IS NULL, document_id, ordinal, id LIMIT 1"
/* Then what was found first. */
#define WORK_OTHER WORK_COLUMNS "ORDER BY id LIMIT 1"

static enum err_code find_in_state(struct store *store, const char *folder, enum import_state state,
                                   struct work *out, bool *out_any, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    enum err_code code = db_query(
        store->db, state == IMPORT_PAGED ? WORK_PAGED : WORK_OTHER,
        DB_BIND(DB_TEXT(folder), DB_TEXT(import_state_name(state)), DB_INT(sys_now_us())), &q, err);
    if (!code)
        code = query_next(q, out_any, err);
    if (code || !*out_any)
        return code;
    out->state = state;
    copy_text(out->id, sizeof out->id, query_text(q, 0));
    copy_text(out->document_id, sizeof out->document_id, query_text(q, 1));
    copy_text(out->dossier_id, sizeof out->dossier_id, query_text(q, 2));
    copy_text(out->page_id, sizeof out->page_id, query_text(q, 3));
    copy_text(out->sha256, sizeof out->sha256, query_text(q, 4));
    out->pages = query_int(q, 5);
    out->page_number = query_int(q, 6);
    out->fed = query_int(q, 7) != 0;
    return ERR_OK;
}

static enum err_code find_work(struct store *store, const char *folder, struct work *out,
                               bool *out_any, struct err *err)
{
    static const enum import_state states[] = {IMPORT_PAGED, IMPORT_TAKEN, IMPORT_STABLE};
    enum err_code code = ERR_OK;
    *out_any = false;
    for (size_t i = 0; !code && !*out_any && i < sizeof states / sizeof *states; i++)
        code = find_in_state(store, folder, states[i], out, out_any, err);
    return code;
}

/* ---- documents ----------------------------------------------------------------------------------
 */

/* One of kind backlog for each folder and day, as long as nobody closed it. */
static enum err_code dossier_of_today(struct store *store, const char *folder, struct principal by,
                                      char out[ID_SIZE], struct err *err)
{
    AUTO(mem) char *known = NULL;
    enum err_code code =
        db_text(store->db,
                "SELECT f.dossier_id FROM import_folder f JOIN dossier d ON d.id = f.dossier_id "
                "WHERE f.name = ? AND f.dossier_day = date('now', 'localtime') "
                "AND d.closed_us IS NULL",
                DB_BIND(DB_TEXT(folder)), &known, err);
    if (!code && known)
        copy_text(out, ID_SIZE, known);
    if (code || known)
        return code;
    code =
        dossier_create(store, &(struct dossier_wish){.backlog = true, .papers = -1}, by, out, err);
    if (code)
        return code;
    return db_run(store->db,
                  "INSERT INTO import_folder (name, dossier_id, dossier_day) "
                  "VALUES (?1, ?2, date('now', 'localtime')) ON CONFLICT (name) DO UPDATE SET "
                  "dossier_id = ?2, dossier_day = date('now', 'localtime')",
                  DB_BIND(DB_TEXT(folder), DB_TEXT(out)), err);
}

struct member {
    char id[ID_SIZE];
    char *path;
};

struct members {
    struct member *list;
    size_t count;
};

static void members_auto(struct members *members)
{
    for (size_t i = 0; i < members->count; i++)
        mem_free(members->list[i].path);
    mem_free(members->list);
}

static int compare_members(const void *a, const void *b)
{
    return text_natural_compare(((const struct member *)a)->path, ((const struct member *)b)->path);
}

/* The files that become one document: the item and the others of its unit, those before it that it
 * joins, p2 before p10. */
static enum err_code list_members(struct store *store, const char *id, const char *document_id,
                                  struct members *out, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code = db_query(store->db,
                                  "SELECT o.id, o.path FROM import_item i JOIN import_item o "
                                  "ON o.id = i.id OR (o.folder = i.folder AND o.unit = i.unit "
                                  "AND o.state = 'paged' AND o.document_id IS NULL) "
                                  "OR o.document_id = ?2 WHERE i.id = ?1",
                                  DB_BIND(DB_TEXT(id), DB_TEXT(document_id)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row) {
        struct member *list = mem_resize(out->list, (out->count + 1) * sizeof *list);
        if (!list)
            return err_set(err, ERR_NO_MEMORY, "files of a document");
        out->list = list;
        struct member *member = &list[out->count++];
        copy_text(member->id, sizeof member->id, query_text(q, 0));
        member->path = mem_strdup(query_text(q, 1));
        if (!member->path)
            return err_set(err, ERR_NO_MEMORY, "files of a document");
    }
    if (!code && out->count)
        qsort(out->list, out->count, sizeof *out->list, compare_members);
    return code;
}

/* A copier's file without a dossier waits for a person's word. */
static enum err_code find_dossier(struct store *store, const char *folder, const struct work *work,
                                  struct principal by, char out[ID_SIZE], struct err *err)
{
    if (work->dossier_id[0]) {
        copy_text(out, ID_SIZE, work->dossier_id);
        return ERR_OK;
    }
    if (!work->fed)
        return dossier_of_today(store, folder, by, out, err);
    return err_set(err, ERR_FEED_MISSING, "folder '%s'", folder);
}

static enum err_code make_document(struct store *store, const char *folder, const struct work *work,
                                   struct principal by, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    AUTO(members) struct members members = {0};
    char dossier_id[ID_SIZE], document_id[ID_SIZE];
    bool joined = false;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = import_join_open(store, work->id, by, document_id, dossier_id, &joined, err);
    if (!code && !joined)
        code = find_dossier(store, folder, work, by, dossier_id, err);
    if (!code && !joined)
        code = document_create(store, dossier_id, by, document_id, err);
    if (!code)
        code = list_members(store, work->id, document_id, &members, err);
    for (size_t i = 0; !code && i < members.count; i++)
        code = store_run_one(
            store, "import item",
            "UPDATE import_item SET dossier_id = ?, document_id = ?, ordinal = ? WHERE id = ?",
            DB_BIND(DB_TEXT(dossier_id), DB_TEXT(document_id), DB_INT((int64_t)i + 1),
                    DB_TEXT(members.list[i].id)),
            err);
    return code ? code : tx_commit(&tx, err);
}

/* A signed file is shown with all its pages or waits for a person; others end with what came,
 * and ask when that is not all (import_ask_missing). */
static enum err_code is_whole(struct store *store, const char *item_id, const char *document_id,
                              bool *out, struct err *err)
{
    int64_t whole;
    enum err_code code =
        db_number(store->db,
                  "SELECT d.passed_sha256 IS NULL OR i.state = 'done' FROM document d, "
                  "import_item i WHERE d.id = ? AND i.id = ?",
                  DB_BIND(DB_TEXT(document_id), DB_TEXT(item_id)), 0, &whole, err);
    *out = whole != 0;
    return code;
}

enum err_code import_end_document(struct store *store, const char *item_id, const char *document_id,
                                  struct principal by, struct err *err)
{
    int64_t finishes, pages;
    bool whole;
    enum err_code code = import_ask_missing(store, item_id, err);
    if (!code)
        code = db_number(store->db,
                         "SELECT finishes AND NOT EXISTS (SELECT 1 FROM import_item o "
                         "WHERE o.document_id = ? AND o.state IN ('taken', 'paged')) "
                         "FROM import_item WHERE id = ?",
                         DB_BIND(DB_TEXT(document_id), DB_TEXT(item_id)), 0, &finishes, err);
    if (code || !finishes)
        return code;
    code = db_number(store->db, "SELECT count(*) FROM page WHERE document_id = ?",
                     DB_BIND(DB_TEXT(document_id)), 0, &pages, err);
    if (code)
        return code;
    struct subject document;
    code = subject_get(store, MACHINE_document, document_id, &document, err);
    if (code || strcmp(document.state, "open") != 0)
        return code; /* a person went on with it already */
    if (!pages)
        return document_reject(store, document_id, "empty", by, err);
    code = is_whole(store, item_id, document_id, &whole, err);
    return code || !whole ? code : document_finish_scan(store, document_id, by, err);
}

/* ---- pages --------------------------------------------------------------------------------------
 */

/* The page begun last counts when it became a row. */
static enum err_code count_committed(struct store *store, struct work *work, int64_t *out_pages,
                                     struct err *err)
{
    int64_t committed;
    enum err_code code = db_number(store->db, "SELECT count(*) FROM page WHERE id = ?",
                                   DB_BIND(DB_TEXT(work->page_id)), 0, &committed, err);
    *out_pages = work->page_number - (code || committed ? 0 : work->page_number > 0);
    return code;
}

/* NULL: the file is not signed. */
static enum err_code read_signatures(struct store *store, const struct work *work, struct js **out,
                                     struct err *err)
{
    AUTO(mem) char *text = NULL;
    enum err_code code = db_text(store->db, "SELECT signatures FROM import_item WHERE id = ?",
                                 DB_BIND(DB_TEXT(work->id)), &text, err);
    *out = NULL;
    return code || !text ? code : js_parse(text, strlen(text), out, err);
}

static enum err_code finish_item(struct store *store, const struct work *work, struct principal by,
                                 struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    AUTO(js) struct js *signatures = NULL;
    const char *said = NULL;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = import_say_late(store, work->id, &said, err);
    if (!code)
        code = import_move(store, work->id, IMPORT_PAGED, IMPORT_DONE, said, by, err);
    if (!code)
        code = import_end_document(store, work->id, work->document_id, by, err);
    if (!code)
        code = read_signatures(store, work, &signatures, err);
    if (!code && signatures)
        code = pass_judge(store, work->document_id, signatures, by, err);
    return code ? code : tx_commit(&tx, err);
}

/* Before each page: a signed file is the document from now on, another one has no place in it. */
static enum err_code check_passing(struct store *store, const struct work *work, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    AUTO(js) struct js *signatures = NULL;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = read_signatures(store, work, &signatures, err);
    if (!code && signatures)
        code = pass_begin(store, work->document_id, work->sha256, signatures, err);
    else if (!code)
        code = pass_check_pages_free(store, work->document_id, err);
    return code ? code : tx_commit(&tx, err);
}

static enum err_code begin_page(struct store *store, const struct work *work, int64_t number,
                                struct import_step *out, struct err *err)
{
    enum err_code code = page_layer_drop(store, work->page_id, err);
    if (!code)
        code = db_run(store->db,
                      "DELETE FROM import_page WHERE page_id = ?1 "
                      "AND NOT EXISTS (SELECT 1 FROM page WHERE id = ?1)",
                      DB_BIND(DB_TEXT(work->page_id)), err);
    if (!code)
        code = page_begin_of_file(store, work->dossier_id, work->document_id, out->page_id,
                                  out->temp, &out->temp_fd, err);
    if (!code)
        code = db_run(store->db, "INSERT INTO import_page (page_id, item_id) VALUES (?, ?)",
                      DB_BIND(DB_TEXT(out->page_id), DB_TEXT(work->id)), err);
    if (!code)
        code =
            store_run_one(store, "import item",
                          "UPDATE import_item SET page_id = ?, page_number = ? WHERE id = ?",
                          DB_BIND(DB_TEXT(out->page_id), DB_INT(number), DB_TEXT(work->id)), err);
    if (!code)
        code = import_place_of(store, work->id, number, &out->position, err);
    out->what = IMPORT_PAGE;
    out->page = number;
    return code;
}

static bool belongs_to_person(enum err_code code)
{
    return code == ERR_STATE_CHANGED || code == ERR_ALREADY_SIGNED || code == ERR_FILE_SIGNED;
}

/* out->what stays NOTHING when the item has come to an end. */
static enum err_code go_on_with_pages(struct store *store, struct work *work, struct principal by,
                                      struct import_step *out, struct err *err)
{
    int64_t here;
    enum err_code code = count_committed(store, work, &here, err);
    if (!code && here >= work->pages)
        return finish_item(store, work, by, err);
    if (!code)
        code = check_passing(store, work, err);
    if (!code)
        code = begin_page(store, work, here + 1, out, err);
    if (!belongs_to_person(code))
        return code;
    out->what = IMPORT_NOTHING; /* somebody finished or rejected the document meanwhile */
    return import_fail(store, work->id, err_name(code), IMPORT_REFUSE, by, err);
}

/* ---- next ---------------------------------------------------------------------------------------
 */

static enum err_code begin_take(struct store *store, const struct work *work,
                                struct import_step *out, struct err *err)
{
    enum err_code code = store_check_room(store, err);
    if (code)
        return code;
    out->what = IMPORT_TAKE;
    snprintf(out->temp, sizeof out->temp, "import.%s", work->id);
    blob_discard(store->blobs, out->temp); /* of a try that ended early */
    code = blob_create(store->blobs, out->temp, &out->temp_fd, err);
    if (!code)
        store_keep_temp(store, out->temp);
    return code;
}

static enum err_code begin(struct store *store, const char *folder, struct work *work,
                           struct principal by, struct import_step *out, struct err *err)
{
    if (work->state == IMPORT_STABLE)
        return begin_take(store, work, out, err);
    if (work->state == IMPORT_TAKEN) {
        out->what = IMPORT_COUNT;
        return ERR_OK;
    }
    if (work->document_id[0])
        return go_on_with_pages(store, work, by, out, err);
    enum err_code code = make_document(store, folder, work, by, err);
    if (code == ERR_FEED_MISSING)
        return import_fail(store, work->id, err_name(code), IMPORT_WAIT, by, err);
    if (belongs_to_person(code)) /* its dossier was closed meanwhile */
        return import_fail(store, work->id, err_name(code), IMPORT_REFUSE, by, err);
    return code;
}

enum err_code import_next(struct store *store, const char *folder, struct principal by,
                          struct import_step *out, struct err *err)
{
    struct work work;
    bool any = true;
    enum err_code code = ERR_OK;
    *out = (struct import_step){.file_fd = -1, .temp_fd = -1};
    while (!code && any && out->what == IMPORT_NOTHING) {
        code = find_work(store, folder, &work, &any, err);
        if (!code && any)
            code = begin(store, folder, &work, by, out, err);
    }
    if (code || !any)
        return code;
    if (out->what != IMPORT_TAKE)
        code = blob_open(store->blobs, store->db, work.sha256, &out->file_fd, NULL, err);
    return code ? code : import_item(store, work.id, &out->item, err);
}
