#include "daemon/workers/confine.h"
#include "daemon/workers/upload_args.h"
#include "daemon/workers/upload_ops.h"
#include "queue/upload/stick.h"

/* A process that has a stick has that folder and nothing else. */

static enum err_code begin(struct upload *upload, const struct js *args, const char **out_folder,
                           struct err *err)
{
    if (upload->stick || upload->count)
        return err_set(err, ERR_CONFLICT, "this process has another task");
    enum err_code code = js_get_text(args, "folder", out_folder, err);
    const char *const folders[] = {code ? NULL : *out_folder, NULL};
    if (!code && !upload->confined)
        confine_files("sohoa-upload-worker", folders);
    upload->confined = upload->confined || !code;
    return code;
}

static enum err_code find(const struct upload *upload, struct stick **out, struct err *err)
{
    *out = upload->stick;
    return *out ? ERR_OK : err_set(err, ERR_BAD_MESSAGE, "no stick was begun");
}

enum err_code upload_stick_create(void *self, struct worker_call *call,
                                  struct worker_answer *answer, struct err *err)
{
    struct upload *upload = self;
    const char *folder, *id;
    (void)answer;
    enum err_code code = upload_arg_id(call->args, "id", &id, err);
    if (!code)
        code = begin(upload, call->args, &folder, err);
    return code ? code : stick_create(folder, id, &upload->stick, err);
}

enum err_code upload_stick_put(void *self, struct worker_call *call, struct worker_answer *answer,
                               struct err *err)
{
    struct stick *stick = NULL;
    struct target_record record;
    (void)answer;
    enum err_code code = find(self, &stick, err);
    if (!code)
        code = upload_take_record(call, &record, err);
    if (code)
        return code;
    AUTO(fd) int pdf = record.pdf_fd;
    AUTO(fd) int json = record.json_fd;
    return stick_put(stick, &record, err);
}

enum err_code upload_stick_manifest(void *self, struct worker_call *call,
                                    struct worker_answer *answer, struct err *err)
{
    struct stick *stick = NULL;
    const struct js *manifest = NULL;
    (void)answer;
    enum err_code code = find(self, &stick, err);
    if (!code)
        code = js_get_object(call->args, "manifest", &manifest, err);
    return code ? code : stick_put_manifest(stick, manifest, err);
}

enum err_code upload_stick_open(void *self, struct worker_call *call, struct worker_answer *answer,
                                struct err *err)
{
    struct upload *upload = self;
    const char *folder;
    struct js *manifest = NULL;
    enum err_code code = begin(upload, call->args, &folder, err);
    if (!code)
        code = stick_open(folder, &upload->stick, err);
    if (!code)
        code = stick_read_manifest(upload->stick, &manifest, err);
    if (code)
        return code;
    answer->ok = js_pack("{s:o}", "manifest", manifest);
    return answer->ok ? ERR_OK : err_set(err, ERR_NO_MEMORY, "no memory for the answer");
}

enum err_code upload_stick_record(void *self, struct worker_call *call,
                                  struct worker_answer *answer, struct err *err)
{
    struct stick *stick = NULL;
    const char *record_id;
    enum err_code code = find(self, &stick, err);
    if (!code)
        code = js_get_text(call->args, "record_id", &record_id, err);
    if (!code)
        code = stick_open_record(stick, record_id, js_text_or(call->args, "dossier_code", NULL),
                                 &answer->fds[0], &answer->fds[1], err);
    if (!code)
        answer->fd_count = 2;
    return code;
}

enum err_code upload_stick_receipts(void *self, struct worker_call *call,
                                    struct worker_answer *answer, struct err *err)
{
    struct stick *stick = NULL;
    const struct js *receipts = NULL;
    (void)answer;
    enum err_code code = find(self, &stick, err);
    if (!code)
        code = js_get_object(call->args, "receipts", &receipts, err);
    return code ? code : stick_put_receipts(stick, receipts, err);
}
