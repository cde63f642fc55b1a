#include "daemon/workers/store_ops.h"

#include "queue/store/page_cut.h"
#include "queue/store/page_edit.h"
#include "queue/store/question.h"
#include "queue/store/view.h"

#include <string.h>

static enum err_code page_turn_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id;
    int64_t turned_deg;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = arg_int_or(call->args, "turned_deg", 0, 270, TURN_BY_MACHINE, &turned_deg, err);
    if (!code)
        code = page_turn(call->store, id, turned_deg, call->by, err);
    return code ? code : answer_page(call, id, out, err);
}

static enum err_code page_cut_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id;
    bool on;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = js_get_bool(call->args, "on", &on, err);
    if (!code)
        code = page_cut(call->store, id, on, call->by, err);
    return code ? code : answer_page(call, id, out, err);
}

static enum err_code page_restore_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = page_restore(call->store, id, call->by, err);
    return code ? code : answer_page(call, id, out, err);
}

static enum err_code page_pair_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id, *part_of = NULL, *kind = NULL;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code && js_has(call->args, "part_of"))
        code = arg_id(call->args, "part_of", &part_of, err);
    if (!code && part_of)
        code = arg_text(call->args, "part_kind", TEXT_MAX, &kind, err);
    if (!code)
        code = page_pair(call->store, id, part_of, kind, call->by, err);
    return code ? code : answer_page(call, id, out, err);
}

static enum err_code page_answer_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id, *question, *answer;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = arg_text(call->args, "code", TEXT_MAX, &question, err);
    if (!code)
        code = arg_text(call->args, "answer", TEXT_MAX, &answer, err);
    if (!code && strcmp(answer, "keep") != 0 && strcmp(answer, "removed") != 0)
        code = err_set(err, ERR_BAD_ARGUMENT, "'answer' is not keep or removed");
    if (!code)
        code = page_answer(call->store, id, question, strcmp(answer, "keep") == 0, call->by, err);
    return code ? code : answer_page(call, id, out, err);
}

static enum err_code page_keep_blank_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id;
    bool kept;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = js_get_bool(call->args, "kept", &kept, err);
    if (!code)
        code = page_keep_blank(call->store, id, kept, call->by, err);
    return code ? code : answer_page(call, id, out, err);
}

static enum err_code pages_check_fronts_op(struct store_call *call, struct js **out,
                                           struct err *err)
{
    const char *document_id;
    (void)out;
    enum err_code code = arg_id(call->args, "document_id", &document_id, err);
    return code ? code : pages_check_fronts(call->store, document_id, err);
}

static enum err_code pages_interleave_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *document_id, *job, *order;
    struct js *pages = NULL;
    enum err_code code = arg_id(call->args, "document_id", &document_id, err);
    if (!code)
        code = arg_id(call->args, "job", &job, err);
    if (!code)
        code = arg_text(call->args, "order", TEXT_MAX, &order, err);
    if (!code && strcmp(order, "reversed") != 0 && strcmp(order, "same") != 0)
        code = err_set(err, ERR_BAD_ARGUMENT, "'order' is not reversed or same");
    if (!code)
        code = pages_interleave(call->store, document_id, job, strcmp(order, "reversed") == 0,
                                call->by, err);
    if (!code)
        code = view_pages_of_document(call->store, document_id, &pages, err);
    return code ? code : answer_with("pages", pages, out, err);
}

const struct store_op store_ops_edit[] = {
    {"page_turn", OP_CHANGES, page_turn_op},
    {"page_cut", OP_CHANGES, page_cut_op},
    {"page_restore", OP_CHANGES, page_restore_op},
    {"page_pair", OP_CHANGES, page_pair_op},
    {"page_answer", OP_CHANGES, page_answer_op},
    {"page_keep_blank", OP_CHANGES, page_keep_blank_op},
    {.name = "pages_check_fronts", .run = pages_check_fronts_op},
    {"pages_interleave", OP_CHANGES, pages_interleave_op},
    {0},
};
