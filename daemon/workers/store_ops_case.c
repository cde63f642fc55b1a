#include "daemon/workers/store_ops.h"

#include "daemon/base/id.h"
#include "queue/store/audit.h"
#include "queue/store/confirm.h"
#include "queue/store/document.h"
#include "queue/store/document_code.h"
#include "queue/store/document_move.h"
#include "queue/store/dossier.h"
#include "queue/store/dossier_case.h"
#include "queue/store/status.h"
#include "queue/store/view.h"

#include <string.h>

#define PAPERS_MAX 100000
#define SIDES_MAX 1000000
#define LIST_MAX 1000
#define AUDIT_MAX 10000

static enum err_code answer_dossier(struct store_call *call, const char *id, struct js **out,
                                    struct err *err)
{
    struct js *dossier = NULL;
    enum err_code code = view_dossier(call->store, id, &dossier, err);
    return code ? code : answer_with("dossier", dossier, out, err);
}

static enum err_code answer_document(struct store_call *call, const char *id, struct js **out,
                                     struct err *err)
{
    struct js *document = NULL;
    enum err_code code = view_document(call->store, id, &document, err);
    return code ? code : answer_with("document", document, out, err);
}

/* A dossier code may be absent, null or text; anything else is an error. */
static enum err_code arg_code(const struct js *args, const char **out, struct err *err)
{
    *out = NULL;
    return js_has(args, "code") ? arg_text(args, "code", TEXT_MAX, out, err) : ERR_OK;
}

/* NULL when it is not among the arguments; "" for null, which takes it away. */
static enum err_code arg_clearable(const struct js *args, const char *key, const char **out,
                                   struct err *err)
{
    *out = js_at(args, key) ? "" : NULL;
    return js_has(args, key) ? arg_text(args, key, TEXT_MAX, out, err) : ERR_OK;
}

static enum err_code arg_people(const struct js *args, struct dossier_people *out, struct err *err)
{
    enum err_code code = ERR_OK;
    for (int i = 0; !code && i < DOSSIER_PEOPLE_COUNT; i++)
        code = arg_clearable(args, dossier_person_key(i), &out->said[i], err);
    return code;
}

static enum err_code dossier_create_op(struct store_call *call, struct js **out, struct err *err)
{
    struct dossier_wish wish = {0};
    const char *kind = js_text_or(call->args, "kind", "counter");
    char id[ID_SIZE];
    bool is_new = true, existing = js_bool_or(call->args, "existing", false);
    enum err_code code = arg_code(call->args, &wish.code, err);
    if (!code)
        code = arg_int_or(call->args, "papers", 0, PAPERS_MAX, -1, &wish.papers, err);
    if (!code)
        code = arg_int_or(call->args, "sides", 0, SIDES_MAX, -1, &wish.sides, err);
    if (!code)
        code = arg_clearable(call->args, "procedure_code", &wish.procedure, err);
    if (!code)
        code = arg_clearable(call->args, "received_on", &wish.received_on, err);
    if (!code)
        code = arg_people(call->args, &wish.people, err);
    wish.sides_said = wish.sides >= 0;
    wish.backlog = strcmp(kind, "backlog") == 0;
    if (!code && !wish.backlog && strcmp(kind, "counter") != 0)
        code = err_set(err, ERR_BAD_ARGUMENT, "'kind' is not counter or backlog");
    if (!code && existing)
        code = dossier_take_up(call->store, &wish, call->by, id, &is_new, err);
    else if (!code)
        code = dossier_create(call->store, &wish, call->by, id, err);
    if (!code)
        code = answer_dossier(call, id, out, err);
    return code || js_set(*out, "created", js_bool(is_new)) ? code
                                                            : err_set(err, ERR_NO_MEMORY, "answer");
}

static enum err_code answer_updated(struct store_call *call, const char *id, struct js **out,
                                    struct err *err)
{
    AUTO(js)
    struct js *dossier = NULL;
    AUTO(js)
    struct js *filed = NULL;
    enum err_code code = view_dossier(call->store, id, &dossier, err);
    if (!code)
        code = dossier_filed_without_code(call->store, id, &filed, err);
    if (code)
        return code;
    *out = js_pack("{s:O, s:O}", "dossier", dossier, "filed_without_code", filed);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "answer");
}

static enum err_code dossier_update_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id;
    struct dossier_change change = {0};
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = arg_code(call->args, &change.code, err);
    if (!code)
        code = arg_int_or(call->args, "papers", 0, PAPERS_MAX, -1, &change.papers, err);
    if (!code)
        code = arg_int_or(call->args, "sides", 0, SIDES_MAX, -1, &change.sides, err);
    if (!code)
        code = arg_clearable(call->args, "procedure_code", &change.procedure, err);
    if (!code)
        code = arg_clearable(call->args, "received_on", &change.received_on, err);
    if (!code)
        code = arg_people(call->args, &change.people, err);
    if (!code)
        code = dossier_change(call->store, id, &change, call->by, err);
    return code ? code : answer_updated(call, id, out, err);
}

static enum err_code dossier_list_op(struct store_call *call, struct js **out, struct err *err)
{
    int64_t limit;
    const char *before = NULL, *typed = NULL;
    AUTO(mem)
    char *code_text = NULL;
    struct js *list = NULL;
    enum err_code code = arg_int_or(call->args, "limit", 1, LIST_MAX, 100, &limit, err);
    if (!code)
        code = arg_code(call->args, &typed, err);
    if (!code && typed)
        code = dossier_canonical_code(typed, &code_text, err);
    if (!code && js_has(call->args, "before"))
        code = arg_id(call->args, "before", &before, err);
    if (!code)
        code = code_text ? view_dossiers_of_code(call->store, code_text, limit, &list, err)
                         : view_dossiers(call->store, limit, before, &list, err);
    return code ? code : answer_with("dossiers", list, out, err);
}

static enum err_code dossier_get_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id;
    AUTO(js)
    struct js *dossier = NULL;
    AUTO(js)
    struct js *documents = NULL;
    AUTO(js)
    struct js *pages = NULL;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = view_dossier(call->store, id, &dossier, err);
    if (!code)
        code = view_documents(call->store, id, &documents, err);
    if (!code)
        code = view_pages_of_dossier(call->store, id, &pages, err);
    if (code)
        return code;
    *out = js_pack("{s:O, s:O, s:O}", "dossier", dossier, "documents", documents, "pages", pages);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "answer");
}

static enum err_code dossier_close_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code =
            dossier_close(call->store, id, js_bool_or(call->args, "counted", false), call->by, err);
    return code ? code : answer_dossier(call, id, out, err);
}

static enum err_code document_get_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id;
    AUTO(js)
    struct js *document = NULL;
    AUTO(js)
    struct js *pages = NULL;
    AUTO(js)
    struct js *deliveries = NULL;
    AUTO(js)
    struct js *audit = NULL;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = view_document(call->store, id, &document, err);
    if (!code)
        code = view_pages_of_document(call->store, id, &pages, err);
    if (!code)
        code = view_deliveries_of_document(call->store, id, &deliveries, err);
    if (!code)
        code = audit_list(call->store, id, js_bool_or(call->args, "reads", false), AUDIT_MAX,
                          &audit, err);
    if (code)
        return code;
    *out = js_pack("{s:O, s:O, s:O, s:O}", "document", document, "pages", pages, "deliveries",
                   deliveries, "audit", audit);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "answer");
}

/* Operations of one document that need only its id. */
static enum err_code on_document(struct store_call *call,
                                 enum err_code (*run)(struct store *, const char *,
                                                      struct principal, struct err *),
                                 struct js **out, struct err *err)
{
    const char *id;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = run(call->store, id, call->by, err);
    return code ? code : answer_document(call, id, out, err);
}

static enum err_code document_finish_scan_op(struct store_call *call, struct js **out,
                                             struct err *err)
{
    return on_document(call, document_finish_scan, out, err);
}

static enum err_code document_reopen_op(struct store_call *call, struct js **out, struct err *err)
{
    return on_document(call, document_reopen, out, err);
}

static enum err_code document_confirm_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id;
    struct comparison comparison = {.compared = js_bool_or(call->args, "compared", false),
                                    .answers = js_at(call->args, "fields")};
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = arg_text(call->args, "revision", TEXT_MAX, &comparison.revision, err);
    if (!code && js_has(call->args, "type"))
        code = arg_text(call->args, "type", TEXT_MAX, &comparison.type, err);
    if (!code && js_has(call->args, "copier"))
        code = arg_text(call->args, "copier", TEXT_MAX, &comparison.copier, err);
    if (!code)
        code = document_confirm(call->store, id, &comparison, call->by, err);
    return code ? code : answer_document(call, id, out, err);
}

static enum err_code document_reject_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id, *reason;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = arg_text(call->args, "reason", TEXT_MAX, &reason, err);
    if (!code)
        code = document_reject(call->store, id, reason, call->by, err);
    return code ? code : answer_document(call, id, out, err);
}

static enum err_code document_set_code_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id, *text;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = arg_text(call->args, "code", TEXT_MAX, &text, err);
    if (!code)
        code = document_set_code(call->store, id, text, call->by, err);
    return code ? code : answer_document(call, id, out, err);
}

static enum err_code document_split_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id, *page_id;
    char new_id[ID_SIZE];
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = arg_id(call->args, "page_id", &page_id, err);
    if (!code)
        code = document_split(call->store, id, page_id, call->by, new_id, err);
    return code ? code : answer_document(call, new_id, out, err);
}

static enum err_code document_join_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id, *other;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = arg_id(call->args, "with", &other, err);
    if (!code)
        code = document_join(call->store, id, other, call->by, err);
    return code ? code : answer_document(call, id, out, err);
}

static enum err_code document_move_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id;
    struct move_wish wish = {.alike = js_bool_or(call->args, "alike", false)};
    AUTO(js) struct js *document = NULL;
    AUTO(js) struct js *moved = NULL;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code && js_has(call->args, "dossier_id"))
        code = arg_id(call->args, "dossier_id", &wish.dossier_id, err);
    if (!code)
        code = arg_code(call->args, &wish.code, err);
    if (!code)
        code = arg_int_or(call->args, "ordinal", 1, PAPERS_MAX, 0, &wish.ordinal, err);
    if (!code)
        code = document_move(call->store, id, &wish, call->by, &moved, err);
    if (!code)
        code = view_document(call->store, id, &document, err);
    if (!code && !js_set(moved, "document", js_ref(document)))
        code = err_set(err, ERR_NO_MEMORY, "answer");
    if (!code)
        *out = TAKE(moved);
    return code;
}

static enum err_code document_replace_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id, *reason;
    char new_id[ID_SIZE];
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = arg_text(call->args, "reason", TEXT_MAX, &reason, err);
    if (!code)
        code = document_replace(call->store, id, reason, call->by, new_id, err);
    return code ? code : answer_document(call, new_id, out, err);
}

static enum err_code document_file_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id, *what;
    struct document_file file = {.fd = -1};
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = arg_text(call->args, "what", TEXT_MAX, &what, err);
    if (!code)
        code = document_file(call->store, id, what, &file, err);
    if (code)
        return code;
    AUTO(mem)
    char *path = file.path;
    code = answer_fd(call, file.fd, err);
    if (code)
        return code;
    *out = js_pack("{s:s?, s:I, s:s}", "path", path, "size", file.size_bytes, "sha256", file.sha256);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "answer");
}

static enum err_code audit_list_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id;
    struct js *list = NULL;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = audit_list(call->store, id, js_bool_or(call->args, "reads", false), AUDIT_MAX, &list,
                          err);
    return code ? code : answer_with("audit", list, out, err);
}

const struct store_op store_ops_case[] = {
    {"dossier_create", OP_CHANGES, dossier_create_op},
    {"dossier_update", OP_CHANGES, dossier_update_op},
    {"dossier_list", OP_READS, dossier_list_op, "station", "list"},
    {"dossier_get", OP_READS, dossier_get_op, "dossier", "view"},
    {"dossier_close", OP_CHANGES, dossier_close_op},
    {"document_get", OP_READS, document_get_op, "document", "view"},
    {"document_finish_scan", OP_CHANGES, document_finish_scan_op},
    {"document_reopen", OP_CHANGES, document_reopen_op},
    {"document_confirm", OP_CHANGES, document_confirm_op},
    {"document_reject", OP_CHANGES, document_reject_op},
    {"document_set_code", OP_CHANGES, document_set_code_op},
    {"document_split", OP_CHANGES, document_split_op},
    {"document_join", OP_CHANGES, document_join_op},
    {"document_move", OP_CHANGES, document_move_op},
    {"document_replace", OP_CHANGES, document_replace_op},
    {"document_file", OP_READS, document_file_op, "document", NULL},
    {"audit_list", OP_READS, audit_list_op, "audit", "history"},
    {0},
};
