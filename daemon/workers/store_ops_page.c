#include "daemon/workers/store_ops.h"

#include "daemon/base/hash.h"
#include "daemon/base/id.h"
#include "queue/store/hold.h"
#include "queue/store/page.h"
#include "queue/store/page_edit.h"
#include "queue/store/question.h"
#include "queue/store/side.h"
#include "queue/store/view.h"

#include <string.h>

#define PIXELS_MAX 1000000
#define SHEET_MAX 1000000
#define CHECKS_MAX 16

enum err_code answer_page(struct store_call *call, const char *id, struct js **out, struct err *err)
{
    struct js *page = NULL;
    enum err_code code = view_page(call->store, id, &page, err);
    return code ? code : answer_with("page", page, out, err);
}

static enum err_code check_named(struct store_call *call, const char *dossier_id, const char *key,
                                 struct err *err)
{
    const char *page_id;
    if (!js_has(call->args, key))
        return ERR_OK;
    enum err_code code = arg_id(call->args, key, &page_id, err);
    return code ? code : page_check_named(call->store, dossier_id, key, page_id, err);
}

static enum err_code page_begin_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *dossier_id, *document_id;
    char id[ID_SIZE], temp[PAGE_TEMP_SIZE];
    int fd;
    enum err_code code = arg_id(call->args, "dossier_id", &dossier_id, err);
    if (!code)
        code = arg_id(call->args, "document_id", &document_id, err);
    if (!code)
        code = check_named(call, dossier_id, "replaces", err);
    if (!code)
        code = check_named(call, dossier_id, "part_of", err);
    if (!code)
        code = page_begin(call->store, dossier_id, document_id, id, temp, &fd, err);
    if (!code)
        code = answer_fd(call, fd, err);
    if (code)
        return code;
    *out = js_pack("{s:s, s:s}", "page_id", id, "blob", temp);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "answer");
}

static enum err_code arg_hash(const struct js *args, const char *path, const char **out,
                              struct err *err)
{
    enum err_code code = js_get_text(args, path, out, err);
    if (!code && !hash_is_hex(*out))
        return err_set(err, ERR_BAD_ARGUMENT, "'%s' is not a SHA-256", path);
    return code;
}

static enum err_code read_image(const struct js *args, struct page_capture *c, struct err *err)
{
    enum err_code code = arg_hash(args, "image.sha256", &c->sha256, err);
    if (!code)
        code = arg_hash(args, "image.pixel_sha256", &c->pixel_sha256, err);
    if (!code)
        code = arg_int(args, "image.size_bytes", 1, INT64_MAX, &c->size_bytes, err);
    if (!code)
        code = arg_int(args, "image.width_px", 1, PIXELS_MAX, &c->width_px, err);
    if (!code)
        code = arg_int(args, "image.height_px", 1, PIXELS_MAX, &c->height_px, err);
    if (!code)
        code = arg_int(args, "image.channels", 1, 4, &c->channels, err);
    if (!code)
        code = arg_int(args, "image.bits", 1, 16, &c->bits, err);
    if (!code)
        code = js_get_real(args, "image.dpi", &c->dpi, err);
    if (!code)
        code = js_get_real(args, "image.width_mm", &c->width_mm, err);
    if (!code)
        code = js_get_real(args, "image.height_mm", &c->height_mm, err);
    return code;
}

static enum err_code read_checks(const struct js *args, struct page_capture *c, struct err *err)
{
    if (!js_has(args, "checks"))
        return ERR_OK;
    enum err_code code = js_get_array(args, "checks", &c->checks, err);
    if (!code && js_count(c->checks) > CHECKS_MAX)
        code = err_set(err, ERR_BAD_ARGUMENT, "'checks' has more than %d", CHECKS_MAX);
    for (size_t i = 0; !code && i < js_count(c->checks); i++)
        if (!question_code_is_valid(js_text_or(js_item(c->checks, i), "", "")))
            code = err_set(err, ERR_BAD_ARGUMENT, "'checks[%zu]' is not a code", i);
    return code;
}

static enum err_code read_part(const struct js *args, struct page_capture *c, struct err *err)
{
    if (!js_has(args, "part_of"))
        return ERR_OK;
    enum err_code code = arg_id(args, "part_of", &c->part_of, err);
    if (!code)
        code = js_get_text(args, "part_kind", &c->part_kind, err);
    if (!code && !part_kind_is_valid(c->part_kind))
        code = err_set(err, ERR_BAD_ARGUMENT, "'part_kind' is not note, overlap or detail");
    return code;
}

#define GLASS_MAX_MM 2000

static enum err_code read_glass(const struct js *args, struct page_capture *c, struct err *err)
{
    c->on_glass = js_has(args, "glass_mm");
    if (!c->on_glass)
        return ERR_OK;
    enum err_code code = js_get_real(args, "glass_mm.x", &c->glass_x_mm, err);
    if (!code)
        code = js_get_real(args, "glass_mm.y", &c->glass_y_mm, err);
    bool there = c->glass_x_mm >= 0 && c->glass_x_mm < GLASS_MAX_MM && c->glass_y_mm >= 0 &&
                 c->glass_y_mm < GLASS_MAX_MM;
    return code || there ? code : err_set(err, ERR_BAD_ARGUMENT, "'glass_mm' is off the glass");
}

static enum err_code read_turn(const struct js *args, const char *key, bool *out_there,
                               int64_t *out_deg, struct err *err)
{
    enum err_code code = arg_int_or(args, key, 0, 270, -1, out_deg, err);
    *out_there = !code && *out_deg >= 0;
    if (*out_there && *out_deg % 90 != 0)
        code = err_set(err, ERR_BAD_ARGUMENT, "'%s' is not 0, 90, 180 or 270", key);
    return code;
}

/* What the scan will do once all its pages are there. */
static enum err_code read_intent(const struct js *args, struct page_capture *c, struct err *err)
{
    c->then_finish = js_bool_or(args, "finish", false);
    c->then_backs = js_text_or(args, "backs", NULL);
    if (c->then_backs && strcmp(c->then_backs, "reversed") != 0 &&
        strcmp(c->then_backs, "same") != 0)
        return err_set(err, ERR_BAD_ARGUMENT, "'backs' is not reversed or same");
    return ERR_OK;
}

/* Where it goes and what is known of it beforehand. */
static enum err_code read_circumstances(const struct js *args, struct page_capture *c,
                                        struct err *err)
{
    enum err_code code = read_checks(args, c, err);
    if (!code)
        code = read_part(args, c, err);
    if (!code && js_has(args, "job"))
        code = arg_id(args, "job", &c->job, err);
    if (!code && js_has(args, "replaces"))
        code = arg_id(args, "replaces", &c->replaces, err);
    if (!code && js_has(args, "refed"))
        code = arg_id(args, "refed", &c->refed, err);
    if (!code)
        code = arg_int_or(args, "position", 1, SHEET_MAX, 0, &c->position, err);
    if (!code)
        code = read_intent(args, c, err);
    if (!code)
        code = read_turn(args, "turned_deg", &c->turned, &c->turned_deg, err);
    if (!code)
        code = read_turn(args, "known_turn_deg", &c->turn_known, &c->known_turn_deg, err);
    return code ? code : read_glass(args, c, err);
}

static enum err_code page_commit_op(struct store_call *call, struct js **out, struct err *err)
{
    struct page_capture c = {.side = js_text_or(call->args, "side", "front")};
    enum err_code code = arg_id(call->args, "page_id", &c.page_id, err);
    if (!code)
        code = arg_text(call->args, "blob", TEXT_MAX, &c.temp, err);
    if (!code)
        code = read_image(call->args, &c, err);
    if (!code)
        code = arg_text(call->args, "device", TEXT_MAX, &c.device, err);
    if (!code && strcmp(c.side, "front") != 0 && strcmp(c.side, "back") != 0)
        code = err_set(err, ERR_BAD_ARGUMENT, "'side' is not front or back");
    if (!code)
        code = arg_int_or(call->args, "sheet", 0, SHEET_MAX, 0, &c.sheet, err);
    if (!code)
        code = read_circumstances(call->args, &c, err);
    c.captured_by = js_text_or(call->args, "captured_by", call->by.id);
    if (!code)
        code = page_commit(call->store, &c, call->by, err);
    return code ? code : answer_page(call, c.page_id, out, err);
}

static enum err_code page_abort_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *temp;
    (void)out;
    enum err_code code = arg_text(call->args, "blob", TEXT_MAX, &temp, err);
    if (!code)
        page_abort(call->store, temp);
    return code;
}

static enum err_code page_move_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id, *document_id;
    int64_t position;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = arg_id(call->args, "document_id", &document_id, err);
    if (!code)
        code = arg_int(call->args, "position", 1, SHEET_MAX, &position, err);
    if (!code)
        code = page_move(call->store, id, document_id, position, call->by, err);
    return code ? code : answer_page(call, id, out, err);
}

static enum err_code page_remove_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id, *reason;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = arg_text(call->args, "reason", TEXT_MAX, &reason, err);
    if (!code)
        code = page_remove(call->store, id, reason, call->by, err);
    return code ? code : answer_page(call, id, out, err);
}

static enum err_code page_release_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = page_try_again(call->store, id, call->by, err);
    return code ? code : answer_page(call, id, out, err);
}

static enum err_code page_image_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id, *what, *type;
    int64_t size;
    int fd;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = arg_text(call->args, "what", TEXT_MAX, &what, err);
    if (!code)
        code = page_image(call->store, id, what, &fd, &size, &type, err);
    if (!code)
        code = answer_fd(call, fd, err);
    if (code)
        return code;
    *out = js_pack("{s:s, s:I}", "type", type, "size", size);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "answer");
}

static enum err_code page_parts_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id;
    struct js *parts = NULL;
    int fds[SIDE_PARTS_MAX];
    size_t count = 0;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = side_parts(call->store, id, &parts, fds, &count, err);
    for (size_t i = 0; i < count; i++) {
        enum err_code given = answer_fd(call, fds[i], code ? NULL : err);
        code = code ? code : given;
    }
    if (code)
        js_free(TAKE(parts));
    return code ? code : answer_with("parts", parts, out, err);
}

const struct store_op store_ops_page[] = {
    {"page_begin", OP_CHANGES, page_begin_op},
    {"page_commit", OP_CHANGES, page_commit_op},
    {"page_abort", OP_CHANGES, page_abort_op},
    {"page_move", OP_CHANGES, page_move_op},
    {"page_remove", OP_CHANGES, page_remove_op},
    {"page_release", OP_CHANGES, page_release_op},
    {"page_image", OP_READS, page_image_op, "page", NULL},
    {"page_parts", OP_READS, page_parts_op, "page", "joined"},
    {0},
};
