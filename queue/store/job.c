#include "queue/store/job.h"

#include "daemon/base/sys.h"
#include "daemon/base/text.h"
#include "daemon/model/doc_type.h"
#include "daemon/model/page_cut.h"
#include "daemon/model/page_info.h"
#include "daemon/model/words.h"
#include "queue/store/claim.h"
#include "queue/store/inside.h"
#include "queue/store/page_cut.h"
#include "queue/store/page_layer.h"
#include "queue/store/parting.h"
#include "queue/store/reserve.h"
#include "queue/store/side.h"
#include "queue/store/withdraw.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define TEMP_PREFIX "out."

/* Where the visible signature block may land, and how much of the page it has to look at. */
#define AVOID_TOP_MM 60
#define AVOID_MAX 400u

void job_free(struct job *job)
{
    if (!job)
        return;
    js_free(job->body);
    for (size_t i = 0; i < job->fd_count; i++)
        fd_close(job->fds[i]);
    mem_free(job->fds);
    mem_free(job);
}

void job_temp_name(const char *claim_id, char out[JOB_TEMP_SIZE])
{
    snprintf(out, JOB_TEMP_SIZE, TEMP_PREFIX "%s", claim_id);
}

const char *job_claim_of_temp(const char *temp)
{
    return text_starts(temp, TEMP_PREFIX) ? temp + strlen(TEMP_PREFIX) : NULL;
}

void job_discard_temps(struct store *store, const struct claim *claim)
{
    char temp[JOB_TEMP_SIZE];
    job_temp_name(claim->id, temp);
    store_discard_temp(store, temp);
}

/* What a stage fills in. */
struct build {
    struct store *store;
    const struct claim *claim;
    struct js *args, *out; /* owned by job_build */
    struct job *job;
    size_t max_fds;
};

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NO_MEMORY, "job");
}

static enum err_code give_fd(struct build *b, int fd, struct err *err)
{
    if (b->job->fd_count == b->max_fds) {
        fd_close(fd);
        return err_set(err, ERR_TOO_LARGE, "more than %zu files for one request", b->max_fds);
    }
    int *fds = mem_resize(b->job->fds, (b->job->fd_count + 1) * sizeof *fds);
    if (!fds) {
        fd_close(fd);
        return no_memory(err);
    }
    b->job->fds = fds;
    b->job->fds[b->job->fd_count++] = fd;
    return ERR_OK;
}

static enum err_code give_blob(struct build *b, const char *sha256, struct err *err)
{
    int fd;
    if (!sha256)
        return err_set(err, ERR_NOT_FOUND, "file of %s %s is not there",
                       machine_name(b->claim->machine), b->claim->subject_id);
    enum err_code code = blob_open(b->store->blobs, b->store->db, sha256, &fd, NULL, err);
    return code ? code : give_fd(b, fd, err);
}

static enum err_code give_temp(struct build *b, struct err *err)
{
    char temp[JOB_TEMP_SIZE];
    int fd;
    job_temp_name(b->claim->id, temp);
    if (!js_push(b->out, js_text(temp)))
        return no_memory(err);
    enum err_code code = blob_create(b->store->blobs, temp, &fd, err);
    if (code)
        return code;
    store_keep_temp(b->store, temp);
    return give_fd(b, fd, err);
}

static enum err_code set(struct js *object, const char *key, struct js *value, struct err *err)
{
    return js_set(object, key, value) ? ERR_OK : no_memory(err);
}

static enum err_code parse(const char *text, struct js **out, struct err *err)
{
    if (!text)
        return err_set(err, ERR_NOT_FOUND, "a page was never read");
    return js_parse(text, strlen(text), out, err);
}

/* ---- recognize ---- */

static enum err_code give_layer(struct build *b, struct err *err)
{
    AUTO(mem) char *sha256 = NULL;
    enum err_code code = page_layer_of(b->store, b->claim->subject_id, &sha256, err);
    return code || !sha256 ? code : give_blob(b, sha256, err);
}

static enum err_code build_recognize(struct build *b, struct err *err)
{
    AUTO(query)
    struct query *q = NULL;
    bool row;
    enum err_code code = db_query(
        b->store->db,
        "SELECT image_dpi, image_sha256, turned_deg, known_turn_deg FROM page WHERE id = ?",
        DB_BIND(DB_TEXT(b->claim->subject_id)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    double dpi = code || !row ? 0 : query_real(q, 0);
    if (!code)
        code = set(b->args, "dpi", js_real(dpi), err);
    if (!code && dpi > 0)
        code = set(b->args, "dpi_source", js_text("file"), err);
    if (!code && !query_is_null(q, 2)) /* a person's word, the machine does not look for it */
        code = set(b->args, "turned_deg", js_int(query_int(q, 2)), err);
    if (!code && !query_is_null(q, 3))
        code = set(b->args, "known_turn_deg", js_int(query_int(q, 3)), err);
    if (!code)
        code = give_blob(b, query_text(q, 1), err);
    return code ? code : give_layer(b, err);
}

/* ---- pages of a document ---- */

/* Calls `use` for each page that counts, in order; columns info, image_sha256, words_sha256, the
 * first position of its side, part_kind, is it a detail, is its cut taken back, its leaf (counts.h;
 * -1: not out of a feeder), did a person say that it is no separator. */
static enum err_code each_page(struct build *b,
                               enum err_code (*use)(struct build *, struct query *, struct err *),
                               struct err *err)
{
    AUTO(query)
    struct query *q = NULL;
    bool row = true;
    enum err_code code = db_query(
        b->store->db,
        "SELECT p.info, p.image_sha256, p.words_sha256, min(p.position) "
        "OVER (PARTITION BY coalesce(p.part_of, p.id)), p.part_kind, " PAGE_IS_DETAIL(
            "p") ", " PAGE_IS_WHOLE("p") ", CASE WHEN p.sheet > 0 THEN dense_rank() OVER (ORDER BY "
                                         "coalesce(p.sheet_of, p.job), p.sheet) ELSE -1 "
                                         "END, p.is_page FROM page p "
                                         "WHERE p.document_id = ? AND p.state = "
                                         "'recognized' ORDER BY p.position",
        DB_BIND(DB_TEXT(b->claim->subject_id)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row)
        code = use(b, q, err);
    return code;
}

static enum err_code use_for_understand(struct build *b, struct query *q, struct err *err)
{
    AUTO(js)
    struct js *info = NULL;
    enum err_code code = parse(query_text(q, 0), &info, err);
    if (code)
        return code;
    if (!js_push((struct js *)js_at(b->args, "pages"),
                 js_pack("{s:O, s:I, s:s?, s:I, s:b}", "page", info, "side", query_int(q, 3),
                         "part_kind", query_text(q, 4), "leaf", query_int(q, 7), "is_page",
                         query_int(q, 8) != 0)))
        return no_memory(err);
    return give_blob(b, query_text(q, 2), err);
}

static enum err_code build_understand(struct build *b, struct err *err)
{
    AUTO(mem)
    char *dossier_code = NULL;
    struct parting parting;
    char separators[SEPARATORS_SIZE];
    enum err_code code = parting_of_document(b->store, b->claim->subject_id, &parting, err);
    if (!code)
        parting_separators(&parting, separators);
    if (!code)
        code = set(b->args, "separators", js_text(separators), err);
    if (!code)
        code = db_text(b->store->db,
                       "SELECT s.code FROM dossier s JOIN document d ON d.dossier_id = s.id "
                       "WHERE d.id = ?",
                       DB_BIND(DB_TEXT(b->claim->subject_id)), &dossier_code, err);
    if (!code)
        code = set(b->args, "pages", js_array(), err);
    if (!code)
        code = set(b->args, "dossier",
                   dossier_code ? js_pack("{s:s}", "code", dossier_code) : js_null(), err);
    return code ? code : each_page(b, use_for_understand, err);
}

static enum err_code use_for_compose(struct build *b, struct query *q, struct err *err)
{
    if (query_int(q, 5))
        return ERR_OK;
    AUTO(js)
    struct js *stored = NULL;
    enum err_code code = parse(query_text(q, 0), &stored, err);
    if (code)
        return code;
    if (!js_push((struct js *)js_at(b->args, "pages"), page_cut_info(stored, query_int(q, 6) != 0)))
        return no_memory(err);
    code = give_blob(b, query_text(q, 1), err);
    return code ? code : give_blob(b, query_text(q, 2), err);
}

/* The XMP of the copy holds only what is true when copying ends. */
static enum err_code describe_document(struct build *b, struct err *err)
{
    AUTO(query)
    struct query *q = NULL;
    bool row;
    enum err_code code = db_query(
        b->store->db,
        "SELECT type, kind_name, copier, copied_us, (SELECT count(*) "
        "FROM page p WHERE p.document_id = d.id AND p.state = 'recognized' AND NOT " PAGE_IS_DETAIL(
            "p") ") "
                 "FROM document d WHERE id = ?",
        DB_BIND(DB_TEXT(b->claim->subject_id)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (code)
        return code;
    const char *type = query_text(q, 0), *kind = query_text(q, 1);
    const char *title = kind ? kind : doc_type_label(doc_type_from_slug(type ? type : "unknown"));
    return set(b->args, "document",
               js_pack("{s:s, s:s, s:s, s:s?, s:I, s:I, s:s}", "id", b->claim->subject_id, "title",
                       title, "type", type ? type : "unknown", "copier", query_text(q, 2),
                       "copied_at_us", query_int(q, 3), "pages", query_int(q, 4), "lang", "vi-VN"),
               err);
}

static enum err_code build_compose(struct build *b, struct err *err)
{
    enum err_code code = describe_document(b, err);
    if (!code)
        code = set(b->args, "pages", js_array(), err);
    if (!code)
        code = give_temp(b, err);
    return code ? code : each_page(b, use_for_compose, err);
}

/* ---- seal ---- */

static enum err_code avoid_words(struct build *b, const char *sha256, const struct rect_mm *cut,
                                 struct js *avoid, struct err *err)
{
    AUTO(fd)
    int fd = -1;
    AUTO(words)
    struct words words = {0};
    enum err_code code = blob_open(b->store->blobs, b->store->db, sha256, &fd, NULL, err);
    if (!code)
        code = words_read_fd(fd, &words, err);
    if (!code && cut->w > 0)
        words_cut(&words, *cut);
    for (size_t i = 0; !code && i < words.count && js_count(avoid) < AVOID_MAX; i++) {
        struct rect_mm box = words_box_upright(&words, i);
        if (box.y < AVOID_TOP_MM && !js_push(avoid, rect_to_js(box)))
            code = no_memory(err);
    }
    return code;
}

/* A code is read by the white around it, too: 4 modules of a QR, of which the smallest has 21 a
 * side (ISO/IEC 18004), 10 of a Code 128 (ISO/IEC 15417), whose modules are a third of a mm on
 * paper. */
#define QUIET_ZONE_MM 3.3
#define QUIET_ZONE_PART (4.0 / 21)

static struct rect_mm with_quiet_zone(struct rect_mm code)
{
    double zone = fmax(QUIET_ZONE_MM, QUIET_ZONE_PART * fmin(code.w, code.h));
    return (struct rect_mm){code.x - zone, code.y - zone, code.w + 2 * zone, code.h + 2 * zone};
}

/* A block stands well on a paper of some size that lies straight; else lid may show there, and a
 * card has no margin. */
#define ROOMY_MM 100.0
#define STRAIGHT_MM 4.0 /* by which a turned paper's box is larger at most */

static bool has_room_for_block(const struct page_info *info)
{
    const struct page_paper *paper = &info->papers[0];
    return info->paper_count == 1 && fmin(paper->sides.w, paper->sides.h) >= ROOMY_MM &&
           paper->box.w - paper->sides.w <= STRAIGHT_MM &&
           paper->box.h - paper->sides.h <= STRAIGHT_MM;
}

/* All seen from the page as it is shown, which is what the PDF has. */
static enum err_code avoid_page(struct build *b, struct query *q, struct js *avoid, struct err *err)
{
    AUTO(js)
    struct js *stored = NULL;
    AUTO(js)
    struct js *value = NULL;
    AUTO(page_info)
    struct page_info info = {0};
    enum err_code code = parse(query_text(q, 0), &stored, err);
    if (!code && !(value = page_cut_info(stored, query_int(q, 2) != 0)))
        code = no_memory(err);
    if (!code)
        code = page_info_from_js(value, &info, err);
    bool is_cut = info.cut.w > 0;
    for (size_t i = 0; !code && i < info.code_count;
         i++) { /* codes first: they must stay readable */
        struct rect_mm zone = with_quiet_zone(info.codes[i].box);
        if (!js_push(avoid, rect_to_js(is_cut ? rect_in_part(zone, info.cut) : zone)))
            code = no_memory(err);
    }
    if (!code && !query_is_null(q, 1))
        code = avoid_words(b, query_text(q, 1), &info.cut, avoid, err);
    if (!code)
        code = set(b->args, "beside", js_bool(is_cut && !has_room_for_block(&info)), err);
    if (code)
        return code;
    struct size_mm shown = is_cut ? (struct size_mm){info.cut.w, info.cut.h} : info.size;
    return set(b->args, "page_size_mm", js_pack("[f,f]", shown.w, shown.h), err);
}

static enum err_code avoid_first_page(struct build *b, struct js *avoid, struct err *err)
{
    AUTO(query)
    struct query *q = NULL;
    bool row;
    enum err_code code = db_query(b->store->db,
                                  "SELECT info, words_sha256, " PAGE_IS_WHOLE(
                                      "p") " FROM page p WHERE document_id = ? "
                                           "AND state = 'recognized' AND NOT " PAGE_IS_DETAIL(
                                               "p") " ORDER BY position LIMIT 1",
                                  DB_BIND(DB_TEXT(b->claim->subject_id)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (!code && !row)
        code = err_set(err, ERR_IMAGE_EMPTY, "document without pages");
    return code ? code : avoid_page(b, q, avoid, err);
}

static enum err_code build_seal(struct build *b, struct err *err)
{
    AUTO(mem)
    char *composed = NULL;
    AUTO(mem)
    char *copied_by = NULL;
    AUTO(js)
    struct js *avoid = js_array();
    enum err_code code = db_text(b->store->db, "SELECT composed_sha256 FROM document WHERE id = ?",
                                 DB_BIND(DB_TEXT(b->claim->subject_id)), &composed, err);
    if (!code)
        code = db_text(b->store->db, "SELECT copied_by FROM document WHERE id = ?",
                       DB_BIND(DB_TEXT(b->claim->subject_id)), &copied_by, err);
    if (!code)
        code = set(b->args, "copied_by", js_text(copied_by), err);
    if (!code)
        code = set(b->args, "block", js_pack("{s:n, s:I}", "name", "at_us", sys_now_us()), err);
    if (!code)
        code = set(b->args, "document_id", js_text(b->claim->subject_id), err);
    if (!code)
        code = avoid_first_page(b, avoid, err);
    if (!code)
        code = set(b->args, "avoid", js_ref(avoid), err);
    if (!code)
        code = give_temp(b, err);
    return code ? code : give_blob(b, composed, err);
}

/* ---- deliveries ---- */

static enum err_code build_send(struct build *b, struct err *err)
{
    AUTO(query)
    struct query *q = NULL;
    bool row;
    enum err_code code = db_query(
        b->store->db,
        "SELECT v.target, d.id, v.filed_under, p.sha256, p.size_bytes, j.sha256, "
        "j.size_bytes, v.ask_first, d.replaces, v.hidden FROM delivery v "
        "JOIN document d ON d.id = v.document_id JOIN blob p ON p.sha256 = d.signed_sha256 "
        "JOIN blob j ON j.sha256 = coalesce(v.record_sha256, d.record_sha256) WHERE v.id = ?",
        DB_BIND(DB_TEXT(b->claim->subject_id)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (!code && !row)
        code = err_set(err, ERR_NOT_FOUND, "the record of the delivery is not there");
    if (code)
        return code;
    js_free(b->args);
    b->args = js_pack("{s:s, s:s, s:s, s:s?, s:s?, s:b, s:b, s:s, s:I, s:s, s:I}", "target",
                      query_text(q, 0), "key", b->claim->subject_id, "record_id", query_text(q, 1),
                      "replaces", query_text(q, 8), "dossier_code", query_text(q, 2), "ask_first",
                      query_int(q, 7) != 0 || b->claim->asks_first, "hidden", query_int(q, 9) != 0,
                      "pdf_sha256", query_text(q, 3), "pdf_size", query_int(q, 4), "json_sha256",
                      query_text(q, 5), "json_size", query_int(q, 6));
    if (!b->args)
        return no_memory(err);
    code = give_blob(b, query_text(q, 3), err);
    return code ? code : give_blob(b, query_text(q, 5), err);
}

static enum err_code build_verify(struct build *b, struct err *err)
{
    AUTO(query)
    struct query *q = NULL;
    bool row;
    enum err_code code =
        db_query(b->store->db,
                 "SELECT v.target, v.remote_name, d.id, d.signed_sha256, "
                 "coalesce(v.record_sha256, d.record_sha256), "
                 "v.filed_under "
                 "FROM delivery v JOIN document d ON d.id = v.document_id WHERE v.id = ?",
                 DB_BIND(DB_TEXT(b->claim->subject_id)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (code)
        return code;
    js_free(b->args);
    b->args =
        js_pack("{s:s, s:s?, s:s, s:s?, s:s, s:s}", "target", query_text(q, 0), "remote_name",
                query_text(q, 1), "record_id", query_text(q, 2), "dossier_code", query_text(q, 5),
                "pdf_sha256", query_text(q, 3), "json_sha256", query_text(q, 4));
    return b->args ? ERR_OK : no_memory(err);
}

static enum err_code build_withdraw(struct build *b, struct err *err)
{
    js_free(TAKE(b->args));
    return withdraw_job(b->store, b->claim->subject_id, &b->args, err);
}

static enum err_code build_show(struct build *b, struct err *err)
{
    js_free(TAKE(b->args));
    return handover_job(b->store, b->claim->subject_id, &b->args, err);
}

/* ---- all ---- */

static enum err_code build_reserve(struct build *b, struct err *err)
{
    struct js *args = NULL;
    enum err_code code = reserve_job(b->store, b->claim->subject_id, &args, err);
    if (code)
        return code;
    js_free(b->args);
    b->args = args;
    return ERR_OK;
}

static enum err_code build_nothing(struct build *b, struct err *err)
{
    (void)b;
    (void)err;
    return ERR_OK;
}

static const struct {
    const char *stage;
    enum err_code (*build)(struct build *b, struct err *err);
} builders[] = {
    {"recognize", build_recognize}, {"understand", build_understand},
    {"compose", build_compose},     {"seal", build_seal},
    {"extract", build_nothing},     {"code", build_nothing},
    {"queue", build_nothing},       {"send", build_send},
    {"reserve", build_reserve},     {"accept", build_verify},
    {"reconcile", build_verify},    {"withdraw", build_withdraw},
    {"show", build_show},
};

static enum err_code finish(struct build *b, struct err *err)
{
    struct subject subject;
    enum err_code code =
        subject_get(b->store, b->claim->machine, b->claim->subject_id, &subject, err);
    if (!code && b->claim->urgent)
        code = set(b->args, "urgent", js_bool(true), err);
    if (code)
        return code;
    b->job->body = js_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:O, s:O}", "claim", b->claim->id,
                           "stage", b->claim->stage, "subject", machine_name(b->claim->machine),
                           "id", b->claim->subject_id, "dossier_id", subject.dossier_id, "attempts",
                           subject.attempts, "args", b->args, "out", b->out);
    return b->job->body ? ERR_OK : no_memory(err);
}

enum err_code job_build(struct store *store, const struct claim *claim, size_t max_fds,
                        struct job **out, struct err *err)
{
    AUTO(job)
    struct job *job = mem_alloc(sizeof *job);
    struct build b = {.store = store,
                      .claim = claim,
                      .job = job,
                      .max_fds = max_fds,
                      .args = js_object(),
                      .out = js_array()};
    enum err_code code = job && b.args && b.out ? ERR_OK : no_memory(err);
    size_t i = 0;
    while (i < sizeof builders / sizeof *builders && strcmp(builders[i].stage, claim->stage) != 0)
        i++;
    if (!code && i == sizeof builders / sizeof *builders)
        code = err_set(err, ERR_INTERNAL, "stage '%s' has no job", claim->stage);
    if (!code)
        code = builders[i].build(&b, err);
    if (!code)
        code = finish(&b, err);
    js_free(b.args);
    js_free(b.out);
    if (!code)
        *out = TAKE(job);
    return code;
}
