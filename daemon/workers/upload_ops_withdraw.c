#include "daemon/base/sys.h"
#include "daemon/workers/upload_args.h"
#include "daemon/workers/upload_ops.h"

static enum err_code answer_mark(const struct target_mark *mark, struct worker_answer *answer,
                                 struct err *err)
{
    answer->ok = js_pack("{s:{s:s, s:s, s:I, s:s, s:b, s:b, s:I}}", "receipt", "name", mark->name,
                         "sha256", mark->held.sha256, "size", (long long)mark->held.size_bytes,
                         "tag", mark->held.tag, "already_there", (int)mark->already_there,
                         "removed", (int)mark->removed, "read_at_us", (long long)sys_now_us());
    return answer->ok ? ERR_OK : err_set(err, ERR_NO_MEMORY, "no memory for the answer");
}

enum err_code upload_withdraw(void *self, struct worker_call *call, struct worker_answer *answer,
                              struct err *err)
{
    const struct js *args = call->args;
    struct target *target = NULL;
    struct target_mark mark;
    struct target_withdrawal what = {.remote_name = js_text_or(args, "remote_name", NULL),
                                     .dossier_code = js_text_or(args, "dossier_code", NULL),
                                     .replaced_by = js_text_or(args, "replaced_by", NULL)};
    enum err_code code = upload_find_target(self, call, answer, &target, err);
    if (!code)
        code = upload_arg_id(args, "record_id", &what.record_id, err);
    if (!code)
        code = upload_arg_id(args, "key", &what.key, err);
    if (!code)
        code = js_get_text(args, "reason_code", &what.reason_code, err);
    if (!code)
        code = js_get_text(args, "by", &what.by, err);
    if (!code)
        code = js_get_int(args, "at_us", &what.at_us, err);
    if (!code)
        code = upload_arg_hash(args, "pdf_sha256", &what.pdf_sha256, err);
    if (!code)
        code = upload_arg_hash(args, "json_sha256", &what.json_sha256, err);
    if (!code)
        code = target_withdraw(target, &what, &mark, err);
    return code ? code : answer_mark(&mark, answer, err);
}

enum err_code upload_show(void *self, struct worker_call *call, struct worker_answer *answer,
                          struct err *err)
{
    const struct js *args = call->args;
    struct target *target = NULL;
    struct target_mark mark;
    struct target_showing what = {0};
    enum err_code code = upload_find_target(self, call, answer, &target, err);
    if (!code)
        code = upload_arg_id(args, "record_id", &what.record_id, err);
    if (!code)
        code = upload_arg_id(args, "key", &what.key, err);
    if (!code)
        code = js_get_text(args, "remote_name", &what.remote_name, err);
    if (!code)
        code = js_get_text(args, "by", &what.by, err);
    if (!code)
        code = js_get_int(args, "at_us", &what.at_us, err);
    if (!code)
        code = target_show(target, &what, &mark, err);
    return code ? code : answer_mark(&mark, answer, err);
}
