#include "queue/store/page_edit.h"

#include "queue/store/advance.h"
#include "queue/store/audit.h"
#include "queue/store/claim.h"
#include "queue/store/document.h"
#include "queue/store/hold.h"
#include "queue/store/inside.h"
#include "queue/store/page.h"
#include "queue/store/parting.h"
#include "queue/store/place.h"
#include "queue/store/question.h"
#include "queue/store/resume.h"
#include "queue/store/side.h"

#include <stdio.h>
#include <string.h>

/* ---- turn ---- */

struct turn {
    int64_t said, found; /* by a person; by the machine, which may have followed the person */
};

static enum err_code read_turn(struct store *store, const char *id, struct turn *out,
                               struct err *err)
{
    enum err_code code = db_number(store->db, "SELECT turned_deg FROM page WHERE id = ?",
                                   DB_BIND(DB_TEXT(id)), TURN_BY_MACHINE, &out->said, err);
    if (!code)
        code = db_number(store->db,
                         "SELECT json_extract(info, '$.rotation_deg') FROM page "
                         "WHERE id = ?",
                         DB_BIND(DB_TEXT(id)), TURN_BY_MACHINE, &out->found, err);
    return code;
}

static enum err_code move(struct store *store, const char *id, const char *from, const char *to,
                          const char *event, struct principal by, struct err *err)
{
    return store_advance(
        store,
        &(struct advance){
            .machine = MACHINE_page, .id = id, .from = from, .to = to, .event = event, .by = by},
        err);
}

/* What was read so far is worth nothing; the thumbnail stays until there is a new one. */
static enum err_code read_anew(struct store *store, const char *id, const struct subject *page,
                               struct principal by, struct err *err)
{
    enum err_code code = ERR_OK;
    if (page->held_from[0])
        code = move(store, id, "held", "recognized", "release", by, err);
    if (!code)
        code = move(store, id, "recognized", "captured", "turn", by, err);
    if (!code)
        code = subject_set_wait(store, MACHINE_page, id, 0, 0, err);
    if (code)
        return code;
    return store_run_one(store, "page",
                         "UPDATE page SET info = NULL, words_sha256 = NULL, word_count = NULL, "
                         "mean_confidence = NULL WHERE id = ?",
                         DB_BIND(DB_TEXT(id)), err);
}

static enum err_code apply_turn(struct store *store, const char *id, const struct subject *page,
                                const struct turn *turn, int64_t wanted, struct principal by,
                                struct err *err)
{
    bool was_read = strcmp(subject_stage_state(page), "recognized") == 0;
    char detail[40];
    snprintf(detail, sizeof detail, "%lld degrees", (long long)wanted);
    enum err_code code = document_touch_pages(store, page->document_id, false, by, err);
    if (!code)
        code = store_run_one(store, "page", "UPDATE page SET turned_deg = ? WHERE id = ?",
                             DB_BIND(wanted < 0 ? DB_NULL : DB_INT(wanted), DB_TEXT(id)), err);
    if (!code) /* whoever reads it now was told another turn */
        code = claim_drop(store, MACHINE_page, id, err);
    if (!code && wanted >= 0)
        code = question_settle(store, id, QUESTION_TURN, by, err);
    if (!code && was_read && wanted != turn->found)
        code = read_anew(store, id, page, by, err);
    return code ? code
                : page_audit(store, id, "set-turn", wanted < 0 ? "by machine" : detail, by, err);
}

enum err_code page_turn(struct store *store, const char *id, int64_t turned_deg,
                        struct principal by, struct err *err)
{
    AUTO(tx)
    struct tx tx = TX_INIT;
    struct subject page;
    struct turn turn;
    bool quarter = turned_deg == 0 || turned_deg == 90 || turned_deg == 180 || turned_deg == 270;
    if (!quarter && turned_deg != TURN_BY_MACHINE)
        return err_set(err, ERR_BAD_ARGUMENT, "'turned_deg' is not 0, 90, 180 or 270");
    enum err_code code = page_begin_change(store, &tx, id, &page, err);
    if (!code)
        code = read_turn(store, id, &turn, err);
    if (!code && turn.said != turned_deg)
        code = apply_turn(store, id, &page, &turn, turned_deg, by, err);
    return code ? code : tx_commit(&tx, err);
}

/* ---- another try ---- */

static enum err_code look_whether_unread(struct store *store, const char *id, bool *out,
                                         struct err *err)
{
    int64_t unread = 0;
    enum err_code code = db_number(
        store->db,
        "SELECT count(*) FROM page, json_each(page.info, '$.quality.reasons') AS reason "
        "WHERE page.id = ? AND page.state = 'recognized' AND reason.value = 'not-recognized'",
        DB_BIND(DB_TEXT(id)), 0, &unread, err);
    *out = !code && unread > 0;
    return code;
}

enum err_code page_try_again(struct store *store, const char *id, struct principal by,
                             struct err *err)
{
    AUTO(tx)
    struct tx tx = TX_INIT;
    struct subject page;
    bool is_unread;
    enum err_code code = look_whether_unread(store, id, &is_unread, err);
    if (code)
        return code;
    if (!is_unread)
        return subject_release(store, MACHINE_page, id, by, err);
    code = page_begin_change(store, &tx, id, &page, err);
    if (!code)
        code = document_touch_pages(store, page.document_id, false, by, err);
    if (!code)
        code = audit_write(
            store, &(struct audit){.kind = "page", .id = id, .event = "retry-now", .by = by}, err);
    if (!code)
        code = read_anew(store, id, &page, by, err);
    return code ? code : tx_commit(&tx, err);
}

/* ---- restore ---- */

/* In its document, those that replaced it and the one it had replaced: one of them at most counts,
 * but for the two sides of a sheet. The first one's place is the page's. */
static enum err_code clear_place(struct store *store, const char *id, const char *document_id,
                                 struct principal by, int64_t *position, struct err *err)
{
    for (bool first = true;; first = false) {
        AUTO(mem)
        char *other = NULL;
        enum err_code code = db_text(
            store->db,
            "SELECT o.id FROM page p JOIN page o ON o.replaces = p.id OR o.id = p.replaces "
            "WHERE p.id = ? AND o.document_id = ? AND " PAGE_COUNTS("o") " ORDER BY o.position "
                                                                         "LIMIT 1",
            DB_BIND(DB_TEXT(id), DB_TEXT(document_id)), &other, err);
        if (!code && other && first)
            code = db_number(store->db, "SELECT position FROM page WHERE id = ?",
                             DB_BIND(DB_TEXT(other)), *position, position, err);
        if (!code && other)
            code = page_step_aside(store, other, id, by, err);
        if (code || !other)
            return code;
    }
}

static enum err_code back_to_state(struct store *store, const char *id, struct principal by,
                                   struct err *err)
{
    int64_t was_read;
    enum err_code code = db_number(store->db,
                                   "SELECT info IS NOT NULL AND words_sha256 IS NOT NULL "
                                   "FROM page WHERE id = ?",
                                   DB_BIND(DB_TEXT(id)), 0, &was_read, err);
    if (!code)
        code =
            move(store, id, "rejected", was_read ? "recognized" : "captured", "restore", by, err);
    return code ? code : subject_set_wait(store, MACHINE_page, id, 0, 0, err);
}

/* Details that were taken out because the side had gone. */
static enum err_code bring_details_back(struct store *store, const char *id, struct principal by,
                                        struct err *err)
{
    for (;;) {
        AUTO(mem)
        char *detail = NULL;
        enum err_code code = db_text(
            store->db,
            "SELECT p.id FROM page p JOIN page s ON p.part_of = coalesce(s.part_of, s.id) "
            "AND p.document_id = s.document_id WHERE s.id = ? AND p.part_kind = 'detail' "
            "AND p.state = 'rejected' AND (SELECT a.detail FROM audit a WHERE a.subject_id = p.id "
            "AND a.event = 'reject' ORDER BY a.seq DESC LIMIT 1) = '" PAGE_WENT_WITH_SIDE "' "
            "LIMIT 1",
            DB_BIND(DB_TEXT(id)), &detail, err);
        if (!code && detail)
            code = back_to_state(store, detail, by, err);
        if (!code && detail)
            code = questions_reopen(store, detail, err);
        if (code || !detail)
            return code;
    }
}

/* A separator sheet that comes back is a page for good, and its paper as a person wants it. */
static enum err_code is_no_separator(struct store *store, const char *id, const char *document_id,
                                     struct err *err)
{
    enum err_code code = db_run(store->db,
                                "UPDATE page SET separator = NULL, is_page = 1 WHERE id = ? "
                                "AND separator IS NOT NULL",
                                DB_BIND(DB_TEXT(id)), err);
    return code || !db_changes(store->db) ? code : parting_settle(store, document_id, err);
}

enum err_code page_restore(struct store *store, const char *id, struct principal by,
                           struct err *err)
{
    AUTO(tx)
    struct tx tx = TX_INIT;
    struct subject page;
    int64_t position = 1;
    enum err_code code = subject_begin(store, &tx, MACHINE_page, id, &page, err);
    if (!code && strcmp(page.state, "rejected") != 0)
        code = err_set(err, ERR_STATE_CHANGED, "page is %s, not taken out", page.state);
    if (!code)
        code = document_take_page_back(store, page.document_id, by, err);
    if (!code)
        code = db_number(store->db, "SELECT position FROM page WHERE id = ?", DB_BIND(DB_TEXT(id)),
                         1, &position, err);
    if (!code)
        code = clear_place(store, id, page.document_id, by, &position, err);
    if (!code)
        code = back_to_state(store, id, by, err);
    if (!code)
        code = is_no_separator(store, id, page.document_id, err);
    if (!code)
        code = questions_reopen(store, id, err);
    if (!code)
        code = bring_details_back(store, id, by, err);
    if (!code)
        code = page_place(store, id, page.document_id, position, err);
    if (!code)
        store_touch(store, "dossier", page.dossier_id);
    return code ? code : tx_commit(&tx, err);
}

/* ---- pair ---- */

static enum err_code find_side(struct store *store, const char *id, const struct subject *page,
                               const char *part_of, char **out_side, struct err *err)
{
    enum err_code code =
        db_text(store->db,
                "SELECT coalesce(part_of, id) FROM page p WHERE id = ? "
                "AND document_id = ? AND " PAGE_COUNTS("p"),
                DB_BIND(DB_TEXT(part_of), DB_TEXT(page->document_id)), out_side, err);
    if (!code && !*out_side)
        return err_set(err, ERR_BAD_ARGUMENT, "'part_of' is not a page of the same document");
    if (!code && strcmp(*out_side, id) == 0)
        return err_set(err, ERR_BAD_ARGUMENT, "'part_of' shows the page's own side");
    return code;
}

static enum err_code join(struct store *store, const char *id, const struct subject *page,
                          const char *part_of, const char *kind, struct err *err)
{
    AUTO(mem)
    char *side = NULL;
    enum err_code code = find_side(store, id, page, part_of, &side, err);
    if (!code)
        code = db_run(store->db, "UPDATE page SET part_of = ? WHERE part_of = ?",
                      DB_BIND(DB_TEXT(side), DB_TEXT(id)), err);
    if (code)
        return code;
    return store_run_one(store, "page", "UPDATE page SET part_of = ?, part_kind = ? WHERE id = ?",
                         DB_BIND(DB_TEXT(side), DB_TEXT(kind), DB_TEXT(id)), err);
}

static enum err_code leave(struct store *store, const char *id, struct err *err)
{
    return store_run_one(store, "page",
                         "UPDATE page SET part_of = NULL, part_kind = NULL WHERE id = ?",
                         DB_BIND(DB_TEXT(id)), err);
}

enum err_code page_pair(struct store *store, const char *id, const char *part_of, const char *kind,
                        struct principal by, struct err *err)
{
    AUTO(tx)
    struct tx tx = TX_INIT;
    struct subject page;
    if (part_of && !part_kind_is_valid(kind))
        return err_set(err, ERR_BAD_ARGUMENT, "'part_kind' is not note, overlap or detail");
    enum err_code code = page_begin_change(store, &tx, id, &page, err);
    if (!code)
        code = document_touch_pages(store, page.document_id, false, by, err);
    if (!code)
        code = part_of ? join(store, id, &page, part_of, kind, err) : leave(store, id, err);
    if (!code)
        code = document_renumber(store, page.document_id, err);
    if (!code)
        code = page_audit(store, id, "pair", part_of ? kind : "side of its own", by, err);
    return code ? code : tx_commit(&tx, err);
}

/* ---- blank ---- */

enum err_code page_keep_blank(struct store *store, const char *id, bool kept, struct principal by,
                              struct err *err)
{
    AUTO(tx)
    struct tx tx = TX_INIT;
    struct subject page;
    enum err_code code = page_begin_change(store, &tx, id, &page, err);
    if (!code)
        code = store_run_one(store, "page", "UPDATE page SET blank_kept = ? WHERE id = ?",
                             DB_BIND(DB_INT(kept), DB_TEXT(id)), err);
    if (!code)
        code = page_audit(store, id, "keep-blank", kept ? "yes" : "no", by, err);
    if (!code)
        store_touch(store, "dossier", page.dossier_id);
    return code ? code : tx_commit(&tx, err);
}

/* ---- manual duplex ---- */

/* When the job that brought a page of document ?1 was last at work. */
#define JOB_LAST_US(alias)                                                                         \
    "(SELECT max(j.captured_us) FROM page j WHERE j.document_id = ?1 AND j.job IS " alias ".job)"

/* Came as a back and lies behind no front. */
#define LOOSE_BACK                                                                                 \
    "(p.sheet_of IS NULL AND EXISTS (SELECT 1 FROM audit a WHERE a.subject_id = p.id AND "         \
    "a.event = 'capture' AND a.detail LIKE '%" THEN_BACKS "%'))"

/* Sides of the document ?1 without a back. */
#define FRONTS_ALONE                                                                               \
    "FROM page p WHERE p.document_id = ?1 AND p.side = 'front' AND p.part_of IS NULL "             \
    "AND NOT " LOOSE_BACK " AND " PAGE_COUNTS(                                                     \
        "p") " AND NOT EXISTS (SELECT 1 FROM page o WHERE o.document_id = ?1 "                     \
             "AND o.side = 'back' AND o.sheet = p.sheet AND "                                      \
             "coalesce(o.sheet_of, o.job) = coalesce(p.sheet_of, p.job) AND " PAGE_COUNTS(         \
                 "o") ") "

/* Those that a back of job ?2 can belong to: of other jobs, fed or laid on the glass as the backs
 * were. */
#define FRONTS                                                                                     \
    FRONTS_ALONE "AND p.job IS NOT ?2 AND (p.glass_x_mm IS NULL) IN (SELECT b.glass_x_mm IS NULL " \
                 "FROM page b WHERE b.document_id = ?1 AND b.job = ?2) "

#define BACKS                                                                                      \
    "FROM page p WHERE p.document_id = ?1 AND p.job = ?2 AND p.part_of IS NULL "                   \
    "AND p.sheet_of IS NULL AND " PAGE_COUNTS("p") " "

/* Jobs whose fronts the backs belong to: those that ended from first_us to last_us. */
struct passes {
    int64_t fronts, backs, done; /* done: backs of the job that lie on their sheets already */
    int64_t first_us, last_us;
};

#define FRONT_JOBS_MAX 64

struct front_job {
    int64_t fronts, last_us;
};

static enum err_code list_front_jobs(struct store *store, const char *document_id, const char *job,
                                     struct front_job list[FRONT_JOBS_MAX], size_t *out_count,
                                     struct err *err)
{
    AUTO(query)
    struct query *q = NULL;
    bool row = true;
    *out_count = 0;
    enum err_code code =
        db_query(store->db,
                 "SELECT count(*), " JOB_LAST_US("p") " AS last_us " FRONTS "GROUP BY last_us "
                                                      "ORDER BY last_us DESC",
                 DB_BIND(DB_TEXT(document_id), DB_TEXT(job)), &q, err);
    while (!code && *out_count < FRONT_JOBS_MAX && !(code = query_next(q, &row, err)) && row)
        list[(*out_count)++] = (struct front_job){query_int(q, 0), query_int(q, 1)};
    return code;
}

/* A pile may have gone through the feeder in several loads, and other pages may stand before and
 * behind it: the latest loads in a row that have as many fronts as there are backs. */
static void choose_fronts(const struct front_job *list, size_t count, struct passes *passes)
{
    for (size_t from = 0; from < count; from++) {
        int64_t fronts = 0;
        for (size_t i = from; i < count && fronts < passes->backs; i++) {
            fronts += list[i].fronts;
            passes->first_us = list[i].last_us;
        }
        passes->last_us = list[from].last_us;
        if (from == 0 || fronts == passes->backs)
            passes->fronts = fronts;
        if (fronts == passes->backs)
            return;
    }
}

static enum err_code count_passes(struct store *store, const char *document_id, const char *job,
                                  struct passes *out, struct err *err)
{
    struct front_job list[FRONT_JOBS_MAX];
    size_t count;
    *out = (struct passes){0};
    enum err_code code = list_front_jobs(store, document_id, job, list, &count, err);
    if (!code)
        code = db_number(store->db, "SELECT count(*) " BACKS,
                         DB_BIND(DB_TEXT(document_id), DB_TEXT(job)), 0, &out->backs, err);
    if (!code)
        code = db_number(store->db,
                         "SELECT count(*) FROM page p WHERE p.document_id = ?1 AND p.job = ?2 "
                         "AND p.sheet_of IS NOT NULL AND " PAGE_COUNTS("p"),
                         DB_BIND(DB_TEXT(document_id), DB_TEXT(job)), 0, &out->done, err);
    if (!code)
        choose_fronts(list, count, out);
    return code;
}

/* Even numbers for all there are, the odd one behind its front for each back. */
static enum err_code lay_backs(struct store *store, const char *document_id, const char *job,
                               bool reversed, const struct passes *passes, struct err *err)
{
    enum err_code code =
        db_run(store->db,
               "UPDATE page AS p SET position = position * 2 WHERE document_id = ? "
               "AND " PAGE_COUNTS("p"),
               DB_BIND(DB_TEXT(document_id)), err);
    if (!code)
        code = db_run(
            store->db,
            "WITH fronts AS (SELECT p.position, p.sheet, coalesce(p.sheet_of, p.job) AS sheet_of, "
            "row_number() OVER (ORDER BY p.position) AS n " FRONTS "AND " JOB_LAST_US(
                "p") " BETWEEN ?4 AND ?5), backs AS (SELECT p.id AS "
                     "back_id, row_number() OVER (ORDER BY p.position * ?3) AS n " BACKS ") "
                     "UPDATE page SET side = 'back', sheet = f.sheet, sheet_of = "
                     "coalesce(f.sheet_of, ''), position = f.position + 1 "
                     "FROM fronts f JOIN backs b ON b.n = f.n WHERE page.id = b.back_id",
            DB_BIND(DB_TEXT(document_id), DB_TEXT(job), DB_INT(reversed ? -1 : 1),
                    DB_INT(passes->first_us), DB_INT(passes->last_us)),
            err);
    return code ? code : document_renumber(store, document_id, err);
}

/* The passes before, for the same fronts, did not fit: this one takes their place. */
static enum err_code drop_former_backs(struct store *store, const char *document_id,
                                       const char *job, const struct passes *passes,
                                       struct principal by, struct err *err)
{
    for (;;) {
        AUTO(mem)
        char *id = NULL;
        enum err_code code = db_text(
            store->db,
            "SELECT p.id FROM page p WHERE p.document_id = ?1 AND p.job IS NOT ?2 "
            "AND p.captured_us > ?3 AND p.captured_us <= (SELECT max(b.captured_us) FROM page b "
            "WHERE b.document_id = ?1 AND b.job = ?2) AND " LOOSE_BACK
            " AND " PAGE_COUNTS("p") " ORDER BY p.position DESC LIMIT 1",
            DB_BIND(DB_TEXT(document_id), DB_TEXT(job), DB_INT(passes->last_us)), &id, err);
        if (!code && id)
            code = page_remove(store, id, "replaced", by, err);
        if (code || !id)
            return code;
    }
}

enum err_code pages_check_fronts(struct store *store, const char *document_id, struct err *err)
{
    int64_t fronts = 0;
    enum err_code code = document_check_changeable(store, document_id, err);
    if (!code)
        code = db_number(store->db, "SELECT count(*) " FRONTS_ALONE, DB_BIND(DB_TEXT(document_id)),
                         0, &fronts, err);
    if (!code && !fronts)
        code = err_set(err, ERR_FRONTS_MISSING, "no page of the document waits for its back");
    return code;
}

enum err_code pages_interleave(struct store *store, const char *document_id, const char *job,
                               bool reversed, struct principal by, struct err *err)
{
    AUTO(tx)
    struct tx tx = TX_INIT;
    struct passes passes;
    char detail[60];
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = document_check_changeable(store, document_id, err);
    if (!code)
        code = count_passes(store, document_id, job, &passes, err);
    if (code || (!passes.backs && passes.done))
        return code;
    if (!passes.backs || passes.fronts != passes.backs)
        return err_set(err, ERR_COUNT_MISMATCH, "fronts %lld, backs %lld", (long long)passes.fronts,
                       (long long)passes.backs);
    snprintf(detail, sizeof detail, "backs %lld", (long long)passes.backs);
    code = document_touch_pages(store, document_id, false, by, err);
    if (!code)
        code = lay_backs(store, document_id, job, reversed, &passes, err);
    if (!code)
        code = drop_former_backs(store, document_id, job, &passes, by, err);
    if (!code)
        code = audit_write(store,
                           &(struct audit){.kind = "document",
                                           .id = document_id,
                                           .event = "interleave",
                                           .detail = detail,
                                           .by = by},
                           err);
    return code ? code : tx_commit(&tx, err);
}
