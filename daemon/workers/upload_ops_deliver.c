#include "daemon/workers/upload_args.h"
#include "daemon/workers/upload_ops.h"

static enum err_code get_size(const struct js *args, const char *key, uint64_t *out,
                              struct err *err)
{
    int64_t size = 0;
    enum err_code code = js_get_int(args, key, &size, err);
    if (!code && size < 0)
        code = err_set(err, ERR_BAD_ARGUMENT, "%s is negative", key);
    if (!code)
        *out = (uint64_t)size;
    return code;
}

enum err_code upload_take_record(struct worker_call *call, struct target_record *out,
                                 struct err *err)
{
    const struct js *args = call->args;
    AUTO(fd) int pdf = -1;
    AUTO(fd) int json = -1;
    struct target_record record = {.dossier_code = js_text_or(args, "dossier_code", NULL),
                                   .replaces = js_text_or(args, "replaces", NULL),
                                   .hidden = js_bool_or(args, "hidden", false),
                                   .key = js_text_or(args, "key", NULL),
                                   .ask_first = js_bool_or(args, "ask_first", false)};
    enum err_code code = upload_arg_id(args, "record_id", &record.record_id, err);
    if (!code)
        code = upload_arg_hash(args, "pdf_sha256", &record.pdf_sha256, err);
    if (!code)
        code = upload_arg_hash(args, "json_sha256", &record.json_sha256, err);
    if (!code)
        code = get_size(args, "pdf_size", &record.pdf_size_bytes, err);
    if (!code)
        code = get_size(args, "json_size", &record.json_size_bytes, err);
    if (!code)
        code = ipc_take_fd(call->message, 0, &pdf, err);
    if (!code)
        code = ipc_take_fd(call->message, 1, &json, err);
    if (code)
        return code;

    record.pdf_fd = TAKE_FD(pdf);
    record.json_fd = TAKE_FD(json);
    *out = record;
    return ERR_OK;
}

enum err_code upload_send(void *self, struct worker_call *call, struct worker_answer *answer,
                          struct err *err)
{
    struct target *target = NULL;
    struct target_record record;
    struct target_sent sent;
    enum err_code code = upload_find_target(self, call, answer, &target, err);
    if (!code)
        code = upload_take_record(call, &record, err);
    if (code)
        return code;
    AUTO(fd) int pdf = record.pdf_fd;
    AUTO(fd) int json = record.json_fd;
    code = target_send(target, &record, &sent, err);
    if (code)
        return code;
    answer->ok = js_pack("{s:s, s:b}", "remote_name", sent.remote_name, "already_there",
                         (int)sent.already_there);
    return answer->ok ? ERR_OK : err_set(err, ERR_NO_MEMORY, "no memory for the answer");
}

enum err_code upload_verify(void *self, struct worker_call *call, struct worker_answer *answer,
                            struct err *err)
{
    const struct js *args = call->args;
    struct target *target = NULL;
    const char *remote_name = NULL, *record_id = NULL, *pdf_sha256 = NULL, *json_sha256 = NULL;
    enum err_code code = upload_find_target(self, call, answer, &target, err);
    if (!code)
        code = js_get_text(args, "remote_name", &remote_name, err);
    if (!code)
        code = upload_arg_id(args, "record_id", &record_id, err);
    if (!code)
        code = upload_arg_hash(args, "pdf_sha256", &pdf_sha256, err);
    if (!code)
        code = upload_arg_hash(args, "json_sha256", &json_sha256, err);
    struct target_receipt receipt;
    if (!code)
        code = target_verify(target, remote_name, pdf_sha256, json_sha256, &receipt, err);
    if (code)
        return code;
    answer->ok = js_pack("{s:{s:s, s:s, s:I, s:s, s:s, s:s, s:I, s:s, s:s, s:I}}", "receipt",
                         "remote_name", remote_name, "pdf_sha256", receipt.pdf.sha256, "pdf_size",
                         (long long)receipt.pdf.size_bytes, "pdf_tag", receipt.pdf.tag, "pdf_proof",
                         target_proof_name(receipt.pdf_proof), "json_sha256", receipt.json.sha256,
                         "json_size", (long long)receipt.json.size_bytes, "json_tag",
                         receipt.json.tag, "json_proof", target_proof_name(receipt.json_proof),
                         "read_at_us", (long long)receipt.read_at_us);
    return answer->ok ? ERR_OK : err_set(err, ERR_NO_MEMORY, "no memory for the answer");
}
