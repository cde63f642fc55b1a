#include "queue/store/page.h"

#include "daemon/base/sys.h"
#include "daemon/base/text.h"
#include "queue/store/advance.h"
#include "queue/store/audit.h"
#include "queue/store/claim.h"
#include "queue/store/document.h"
#include "queue/store/inside.h"
#include "queue/store/parting.h"
#include "queue/store/pass.h"
#include "queue/store/place.h"
#include "queue/store/question.h"
#include "queue/store/resume.h"
#include "queue/store/side.h"

#include <stdio.h>
#include <string.h>

static enum err_code check_takes_pages(struct store *store, const char *dossier_id,
                                       const char *document_id, struct err *err)
{
    struct subject document;
    int64_t finished;
    enum err_code code = subject_get(store, MACHINE_document, document_id, &document, err);
    if (code)
        return code;
    if (strcmp(document.dossier_id, dossier_id) != 0)
        return err_set(err, ERR_BAD_ARGUMENT, "'document_id' belongs to another dossier");
    if (strcmp(document.state, "open") != 0)
        return err_set(err, ERR_STATE_CHANGED, "document is %s, not open", document.state);
    code = db_number(store->db, "SELECT scan_finished FROM document WHERE id = ?",
                     DB_BIND(DB_TEXT(document_id)), 0, &finished, err);
    if (!code && finished)
        return err_set(err, ERR_STATE_CHANGED, "scanning of the document is finished");
    return code;
}

enum err_code page_begin_of_file(struct store *store, const char *dossier_id,
                                 const char *document_id, char *out_id,
                                 char out_temp[PAGE_TEMP_SIZE], int *out_fd, struct err *err)
{
    char id[ID_SIZE], temp[PAGE_TEMP_SIZE];
    enum err_code code = store_check_room(store, err);
    if (!code)
        code = check_takes_pages(store, dossier_id, document_id, err);
    if (code)
        return code;
    id_new(id);
    snprintf(temp, sizeof temp, "page.%s.%s", id, document_id);
    code = blob_create(store->blobs, temp, out_fd, err);
    if (code)
        return code;
    store_keep_temp(store, temp);
    memcpy(out_id, id, ID_SIZE);
    memcpy(out_temp, temp, PAGE_TEMP_SIZE);
    return ERR_OK;
}

enum err_code page_begin(struct store *store, const char *dossier_id, const char *document_id,
                         char *out_id, char out_temp[PAGE_TEMP_SIZE], int *out_fd, struct err *err)
{
    enum err_code code = pass_check_pages_free(store, document_id, err);
    return code ? code
                : page_begin_of_file(store, dossier_id, document_id, out_id, out_temp, out_fd, err);
}

static enum err_code read_temp_name(const struct page_capture *capture, char document_id[ID_SIZE],
                                    struct err *err)
{
    char page_id[ID_SIZE];
    if (!page_temp_read(capture->temp, page_id, document_id) ||
        strcmp(page_id, capture->page_id) != 0)
        return err_set(err, ERR_BAD_ARGUMENT, "'blob' is not the temp of 'page_id'");
    return ERR_OK;
}

static enum err_code equals_previous(struct store *store, const char *dossier_id,
                                     const char *pixel_sha256, int64_t *out, struct err *err)
{
    return db_number(store->db,
                     "SELECT pixel_sha256 = ? FROM page WHERE dossier_id = ? "
                     "ORDER BY captured_us DESC, id DESC LIMIT 1",
                     DB_BIND(DB_TEXT(pixel_sha256), DB_TEXT(dossier_id)), 0, out, err);
}

static enum err_code insert(struct store *store, const struct page_capture *c,
                            const char *document_id, const char *dossier_id, struct err *err)
{
    int64_t equal, position, now_us = sys_now_us();
    enum err_code code = equals_previous(store, dossier_id, c->pixel_sha256, &equal, err);
    if (!code)
        code = db_number(store->db,
                         "SELECT max(position) + 1 FROM page p "
                         "WHERE document_id = ? AND " PAGE_COUNTS("p"),
                         DB_BIND(DB_TEXT(document_id)), 1, &position, err);
    if (code)
        return code;
    return db_run(
        store->db,
        "INSERT INTO page (id, dossier_id, document_id, position, state, state_us, "
        "image_sha256, pixel_sha256, image_width_px, image_height_px, image_channels, "
        "image_bits, image_dpi, image_width_mm, image_height_mm, equal_to_previous, side, "
        "sheet, device, captured_us, captured_by, job, turned_deg) "
        "VALUES (?, ?, ?, ?, 'captured', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        DB_BIND(DB_TEXT(c->page_id), DB_TEXT(dossier_id), DB_TEXT(document_id), DB_INT(position),
                DB_INT(now_us), DB_TEXT(c->sha256), DB_TEXT(c->pixel_sha256), DB_INT(c->width_px),
                DB_INT(c->height_px), DB_INT(c->channels), DB_INT(c->bits), DB_REAL(c->dpi),
                DB_REAL(c->width_mm), DB_REAL(c->height_mm), DB_INT(equal), DB_TEXT(c->side),
                DB_INT(c->sheet), DB_TEXT(c->device), DB_INT(now_us), DB_TEXT(c->captured_by),
                DB_TEXT(c->job), c->turned ? DB_INT(c->turned_deg) : DB_NULL),
        err);
}

static enum err_code note_circumstances(struct store *store, const struct page_capture *c,
                                        struct err *err)
{
    return store_run_one(
        store, "page",
        "UPDATE page SET known_turn_deg = ?, glass_x_mm = ?, glass_y_mm = ? WHERE id = ?",
        DB_BIND(c->turn_known ? DB_INT(c->known_turn_deg) : DB_NULL,
                c->on_glass ? DB_REAL(c->glass_x_mm) : DB_NULL,
                c->on_glass ? DB_REAL(c->glass_y_mm) : DB_NULL, DB_TEXT(c->page_id)),
        err);
}

/* ---- where a new page goes ---- */

/* The page that `what` names, in that dossier. */
static enum err_code get_named(struct store *store, const char *dossier_id, const char *what,
                               const char *named, struct subject *out, struct err *err)
{
    enum err_code code = subject_get(store, MACHINE_page, named, out, err);
    if (code == ERR_NOT_FOUND || (!code && strcmp(out->dossier_id, dossier_id) != 0))
        return err_set(err, ERR_BAD_ARGUMENT, "'%s' is not a page of the dossier", what);
    return code;
}

enum err_code page_check_named(struct store *store, const char *dossier_id, const char *what,
                               const char *named, struct err *err)
{
    struct subject page;
    return get_named(store, dossier_id, what, named, &page, err);
}

/* The page named beside a new one: in its dossier, and does it count in its document? */
static enum err_code look_at_named(struct store *store, const char *what, const char *named,
                                   const struct subject *document, bool *out_there, struct err *err)
{
    struct subject page;
    enum err_code code = get_named(store, document->dossier_id, what, named, &page, err);
    *out_there = !code && strcmp(page.document_id, document->document_id) == 0 &&
                 strcmp(page.state, "rejected") != 0 && strcmp(page.state, "failed") != 0;
    return code;
}

/* The old page's place, leaf and side of the paper. */
static enum err_code take_over(struct store *store, const char *id, const char *old,
                               const struct subject *document, struct principal by, struct err *err)
{
    int64_t position;
    enum err_code code = db_number(store->db, "SELECT position FROM page WHERE id = ?",
                                   DB_BIND(DB_TEXT(old)), 1, &position, err);
    if (!code)
        code = db_run(store->db,
                      "UPDATE page SET side = o.side, sheet = o.sheet, "
                      "sheet_of = coalesce(o.sheet_of, o.job), part_of = o.part_of, "
                      "part_kind = o.part_kind FROM page o WHERE page.id = ? AND o.id = ?",
                      DB_BIND(DB_TEXT(id), DB_TEXT(old)), err);
    if (!code)
        code = page_step_aside(store, old, id, by, err);
    return code ? code : page_place(store, id, document->document_id, position, err);
}

/* Behind those that replaced the same page before (the front of its sheet). */
static enum err_code follow_heirs(struct store *store, const struct page_capture *c,
                                  const struct subject *document, bool *out_placed, struct err *err)
{
    int64_t position;
    enum err_code code = db_number(
        store->db,
        "SELECT max(position) + 1 FROM page p WHERE document_id = ? AND replaces = ? "
        "AND id <> ? AND " PAGE_COUNTS("p"),
        DB_BIND(DB_TEXT(document->document_id), DB_TEXT(c->replaces), DB_TEXT(c->page_id)), 0,
        &position, err);
    *out_placed = !code && position > 0;
    return code || !position ? code
                             : page_place(store, c->page_id, document->document_id, position, err);
}

static enum err_code replace_page(struct store *store, const struct page_capture *c,
                                  const struct subject *document, struct principal by,
                                  struct err *err)
{
    bool there, placed;
    enum err_code code = look_at_named(store, "replaces", c->replaces, document, &there, err);
    if (!code)
        code = store_run_one(store, "page", "UPDATE page SET replaces = ? WHERE id = ?",
                             DB_BIND(DB_TEXT(c->replaces), DB_TEXT(c->page_id)), err);
    if (!code && there)
        return take_over(store, c->page_id, c->replaces, document, by, err);
    if (!code)
        code = follow_heirs(store, c, document, &placed, err);
    return code || placed ? code : question_raise(store, c->page_id, QUESTION_MISPLACED, err);
}

/* Both may be wanted: the older one asks, and is a leaf of its own where it stays. */
static enum err_code ask_about_refed(struct store *store, const struct page_capture *c,
                                     struct err *err)
{
    enum err_code code = question_raise(store, c->refed, QUESTION_FED_AGAIN, err);
    return code ? code
                : store_run_one(store, "page", "UPDATE page SET sheet_of = id WHERE id = ?",
                                DB_BIND(DB_TEXT(c->refed)), err);
}

/* *out_behind: the position behind the front that stays; 0: there is none, or it stepped aside. */
static enum err_code settle_refed(struct store *store, const struct page_capture *c,
                                  const struct subject *document, struct principal by,
                                  int64_t *out_behind, bool *out_replaced, struct err *err)
{
    bool there;
    int64_t same = 0;
    struct page_capture again = *c;
    again.replaces = c->refed;
    enum err_code code = look_at_named(store, "refed", c->refed, document, &there, err);
    if (code || !there)
        return code;
    code = db_number(store->db,
                     "SELECT a.pixel_sha256 = b.pixel_sha256 FROM page a, page b "
                     "WHERE a.id = ? AND b.id = ?",
                     DB_BIND(DB_TEXT(c->page_id), DB_TEXT(c->refed)), 0, &same, err);
    *out_replaced = !code && same;
    if (*out_replaced)
        return replace_page(store, &again, document, by, err);
    if (!code)
        code = ask_about_refed(store, c, err);
    return code ? code
                : db_number(store->db, "SELECT position + 1 FROM page WHERE id = ?",
                            DB_BIND(DB_TEXT(c->refed)), 0, out_behind, err);
}

static enum err_code join_side(struct store *store, const struct page_capture *c,
                               const struct subject *document, struct err *err)
{
    bool there;
    enum err_code code = look_at_named(store, "part_of", c->part_of, document, &there, err);
    if (!code && !there)
        return question_raise(store, c->page_id, QUESTION_MISPLACED, err);
    if (!code)
        code = store_run_one(
            store, "page",
            "UPDATE page SET part_kind = ?, part_of = (SELECT coalesce(o.part_of, "
            "o.id) FROM page o WHERE o.id = ?) WHERE id = ?",
            DB_BIND(DB_TEXT(c->part_kind), DB_TEXT(c->part_of), DB_TEXT(c->page_id)), err);
    return code ? code : document_renumber(store, document->document_id, err);
}

static enum err_code settle_place(struct store *store, const struct page_capture *c,
                                  const struct subject *document, struct principal by,
                                  struct err *err)
{
    int64_t behind = 0;
    bool replaced = false;
    enum err_code code =
        c->refed ? settle_refed(store, c, document, by, &behind, &replaced, err) : ERR_OK;
    if (code || replaced)
        return code;
    if (c->replaces)
        return replace_page(store, c, document, by, err);
    if (c->part_of)
        return join_side(store, c, document, err);
    if (behind || c->position > 0)
        return page_place(store, c->page_id, document->document_id, behind ? behind : c->position,
                          err);
    return question_raise_if_equal(store, c->page_id, err);
}

static enum err_code raise_checks(struct store *store, const struct page_capture *c,
                                  struct err *err)
{
    enum err_code code = ERR_OK;
    for (size_t i = 0; !code && i < js_count(c->checks); i++)
        code = question_raise(store, c->page_id, js_text_or(js_item(c->checks, i), "", ""), err);
    return code;
}

/* *out_again: the row is there already, with this very image. */
static enum err_code find_again(struct store *store, const struct page_capture *capture,
                                bool *out_again, struct err *err)
{
    AUTO(mem)
    char *sha256 = NULL;
    enum err_code code = db_text(store->db, "SELECT image_sha256 FROM page WHERE id = ?",
                                 DB_BIND(DB_TEXT(capture->page_id)), &sha256, err);
    if (!code && sha256 && strcmp(sha256, capture->sha256) != 0)
        return err_set(err, ERR_CONFLICT, "the page is there with another image");
    *out_again = sha256 != NULL;
    return code;
}

static enum err_code commit_new(struct store *store, const struct page_capture *capture,
                                const char *document_id, struct principal by, struct err *err)
{
    AUTO(tx)
    struct tx tx = TX_INIT;
    struct subject document;
    char intent[SCAN_INTENT_SIZE];
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code && !text_starts(capture->device, IMPORT_DEVICE))
        code = pass_check_pages_free(store, document_id, err);
    if (!code)
        code = document_take_late_page(store, document_id, by, err);
    if (!code)
        code = subject_get(store, MACHINE_document, document_id, &document, err);
    if (!code) /* blob first, row second */
        code = blob_commit(store->blobs, store->db, capture->temp, capture->sha256,
                           capture->size_bytes, err);
    if (!code)
        code = insert(store, capture, document_id, document.dossier_id, err);
    if (!code)
        code = note_circumstances(store, capture, err);
    if (!code)
        code = settle_place(store, capture, &document, by, err);
    if (!code)
        code = raise_checks(store, capture, err);
    if (!code)
        code = audit_write(store,
                           &(struct audit){.kind = "page",
                                           .id = capture->page_id,
                                           .event = "capture",
                                           .to = "captured",
                                           .detail = scan_intent(capture, intent),
                                           .by = by},
                           err);
    if (!code)
        code = tx_commit(&tx, err);
    if (code)
        return code;
    store_touch(store, "page", capture->page_id);
    store_touch(store, "dossier", document.dossier_id);
    return ERR_OK;
}

enum err_code page_commit(struct store *store, const struct page_capture *capture,
                          struct principal by, struct err *err)
{
    char document_id[ID_SIZE];
    bool again = false;
    enum err_code code = read_temp_name(capture, document_id, err);
    if (!code)
        code = find_again(store, capture, &again, err);
    if (!code && !again)
        code = commit_new(store, capture, document_id, by, err);
    if (!code)
        store_discard_temp(store, capture->temp);
    return code;
}

/* ---- moving and removing ---- */

static enum err_code check_counts(const struct subject *page, struct err *err)
{
    if (strcmp(page->state, "rejected") == 0 || strcmp(page->state, "failed") == 0)
        return err_set(err, ERR_STATE_CHANGED, "page is %s", page->state);
    return ERR_OK;
}

static enum err_code same_dossier(struct store *store, const char *document_id,
                                  const struct subject *page, struct err *err)
{
    struct subject document;
    enum err_code code = subject_get(store, MACHINE_document, document_id, &document, err);
    if (!code && strcmp(document.dossier_id, page->dossier_id) != 0)
        return err_set(err, ERR_BAD_ARGUMENT, "'document_id' belongs to another dossier");
    return code;
}

enum err_code page_audit(struct store *store, const char *id, const char *event, const char *detail,
                         struct principal by, struct err *err)
{
    enum err_code code = audit_write(
        store,
        &(struct audit){.kind = "page", .id = id, .event = event, .detail = detail, .by = by}, err);
    if (!code)
        store_touch(store, "page", id);
    return code;
}

enum err_code page_begin_change(struct store *store, struct tx *tx, const char *id,
                                struct subject *out_page, struct err *err)
{
    enum err_code code = subject_begin(store, tx, MACHINE_page, id, out_page, err);
    if (!code)
        code = check_counts(out_page, err);
    return code ? code : document_check_changeable(store, out_page->document_id, err);
}

/* The further images of a side go with its first one. */
static enum err_code take_side_along(struct store *store, const char *id, const char *from,
                                     const char *to, struct err *err)
{
    enum err_code code =
        db_run(store->db,
               "UPDATE page AS p SET document_id = ? WHERE part_of = ? AND document_id = ? "
               "AND " PAGE_COUNTS("p"),
               DB_BIND(DB_TEXT(to), DB_TEXT(id), DB_TEXT(from)), err);
    return code ? code : sides_part(store, from, to, err);
}

enum err_code page_move(struct store *store, const char *id, const char *document_id,
                        int64_t position, struct principal by, struct err *err)
{
    AUTO(tx)
    struct tx tx = TX_INIT;
    struct subject page;
    char detail[40];
    if (position < 1)
        return err_set(err, ERR_BAD_ARGUMENT, "'position' is below 1");
    snprintf(detail, sizeof detail, "position %lld", (long long)position);
    enum err_code code = subject_begin(store, &tx, MACHINE_page, id, &page, err);
    if (!code)
        code = check_counts(&page, err);
    if (!code)
        code = same_dossier(store, document_id, &page, err);
    if (!code)
        code = document_touch_pages(store, document_id, false, by, err);
    bool elsewhere = !code && page.document_id[0] && strcmp(page.document_id, document_id) != 0;
    if (elsewhere)
        code = document_touch_pages(store, page.document_id, true, by, err);
    if (!code)
        code = page_place(store, id, document_id, position, err);
    if (!code && elsewhere)
        code = parting_settle(store, document_id, err);
    if (!code && elsewhere)
        code = take_side_along(store, id, page.document_id, document_id, err);
    if (!code && elsewhere)
        code = document_renumber(store, document_id, err);
    if (!code && elsewhere)
        code = document_renumber(store, page.document_id, err);
    if (!code && elsewhere)
        code = document_reject_if_empty(store, page.document_id, by, err);
    if (!code)
        code = page_audit(store, id, "move", detail, by, err);
    return code ? code : tx_commit(&tx, err);
}

static enum err_code take_out(struct store *store, const char *id, const char *from,
                              const char *reason, struct principal by, struct err *err)
{
    enum err_code code = store_advance(store,
                                       &(struct advance){.machine = MACHINE_page,
                                                         .id = id,
                                                         .from = from,
                                                         .to = "rejected",
                                                         .event = "reject",
                                                         .detail = reason,
                                                         .by = by},
                                       err);
    if (!code)
        code = questions_close(store, id, by, err);
    return code ? code : claim_drop(store, MACHINE_page, id, err);
}

/* A closer look at a page that is gone says nothing about the page that stands there now. */
static enum err_code take_details_out(struct store *store, const char *side,
                                      const char *document_id, struct principal by, struct err *err)
{
    for (;;) {
        AUTO(mem)
        char *detail = NULL;
        struct subject page;
        enum err_code code =
            db_text(store->db,
                    "SELECT p.id FROM page p WHERE p.part_of = ? AND p.document_id = ? "
                    "AND p.part_kind = 'detail' AND " PAGE_COUNTS("p") " LIMIT 1",
                    DB_BIND(DB_TEXT(side), DB_TEXT(document_id)), &detail, err);
        if (!code && detail)
            code = subject_get(store, MACHINE_page, detail, &page, err);
        if (!code && detail)
            code = take_out(store, detail, page.state, PAGE_WENT_WITH_SIDE, by, err);
        if (code || !detail)
            return code;
    }
}

/* The page has gone: was it the last that showed its side? */
static enum err_code side_lost_page(struct store *store, const char *id, struct principal by,
                                    struct err *err)
{
    AUTO(mem)
    char *side = NULL;
    AUTO(mem)
    char *document_id = NULL;
    enum err_code code = db_text(
        store->db,
        "SELECT coalesce(p.part_of, p.id) FROM page p WHERE p.id = ? AND coalesce(p.part_kind, "
        "'') <> 'detail' AND NOT " SIDE_HAS_OTHER_THAN("p", "'detail'"),
        DB_BIND(DB_TEXT(id)), &side, err);
    if (!code)
        code = db_text(store->db, "SELECT document_id FROM page WHERE id = ?", DB_BIND(DB_TEXT(id)),
                       &document_id, err);
    return code || !side || !document_id ? code
                                         : take_details_out(store, side, document_id, by, err);
}

enum err_code page_step_aside(struct store *store, const char *id, const char *heir,
                              struct principal by, struct err *err)
{
    struct subject page;
    enum err_code code = subject_get(store, MACHINE_page, id, &page, err);
    if (!code)
        code = take_out(store, id, page.state, "replaced", by, err);
    if (!code)
        code = take_details_out(store, id, page.document_id, by, err);
    if (code)
        return code;
    return db_run(store->db, "UPDATE page SET part_of = ?1 WHERE part_of = ?2 AND id <> ?1",
                  DB_BIND(DB_TEXT(heir), DB_TEXT(id)), err);
}

enum err_code page_remove(struct store *store, const char *id, const char *reason,
                          struct principal by, struct err *err)
{
    AUTO(tx)
    struct tx tx = TX_INIT;
    struct subject page;
    enum err_code code = subject_begin(store, &tx, MACHINE_page, id, &page, err);
    if (!code)
        code = check_counts(&page, err);
    if (!code && page.document_id[0])
        code = document_touch_pages(store, page.document_id, true, by, err);
    if (!code)
        code = take_out(store, id, page.state, reason, by, err);
    if (!code)
        code = side_lost_page(store, id, by, err);
    if (!code && page.document_id[0])
        code = document_renumber(store, page.document_id, err);
    if (!code && page.document_id[0])
        code = document_reject_if_empty(store, page.document_id, by, err);
    if (!code)
        store_touch(store, "dossier", page.dossier_id);
    return code ? code : tx_commit(&tx, err);
}

/* ---- blobs ---- */

enum err_code page_image(struct store *store, const char *id, const char *what, int *out_fd,
                         int64_t *out_size, const char **out_type, struct err *err)
{
    static const struct {
        const char *what, *sql;
    } kinds[] = {
        {"image", "SELECT image_sha256 FROM page WHERE id = ?"},
        {"thumb", "SELECT thumb_sha256 FROM page WHERE id = ?"},
        {"words", "SELECT words_sha256 FROM page WHERE id = ?"},
    };
    AUTO(mem)
    char *sha256 = NULL;
    AUTO(fd)
    int fd = -1;
    size_t i = 0;
    while (i < sizeof kinds / sizeof *kinds && strcmp(kinds[i].what, what) != 0)
        i++;
    if (i == sizeof kinds / sizeof *kinds)
        return err_set(err, ERR_BAD_ARGUMENT, "'what' is not image, thumb or words");
    enum err_code code = db_text(store->db, kinds[i].sql, DB_BIND(DB_TEXT(id)), &sha256, err);
    if (!code && !sha256)
        return err_set(err, ERR_NOT_FOUND, "the page has no %s", what);
    if (!code)
        code = blob_open(store->blobs, store->db, sha256, &fd, out_size, err);
    if (code)
        return code;
    *out_type = blob_media_type(fd);
    *out_fd = TAKE_FD(fd);
    return ERR_OK;
}
