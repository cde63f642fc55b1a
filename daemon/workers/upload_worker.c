#include "daemon/base/id.h"
#include "daemon/base/log.h"
#include "daemon/workers/confine.h"
#include "daemon/workers/worker_main.h"
#include "queue/upload/dir_transport.h"
#include "queue/upload/target_dir.h"

#include <string.h>
#include <sys/stat.h>

/*
 * sohoa-upload-worker: sends records to the configured targets and proves what they hold.
 *
 *   configure {targets, witnesses}            which targets there are; replaces the earlier ones,
 *                                             but only the first one's folders are within reach
 *   send      {target, record_id, …} pdf json put both files, idempotent by record id
 *   verify    {target, remote_name, …}        read both back, compare, receipt
 *   list      {target, prefix}                names and sizes
 */

#define PROGRAM "sohoa-upload-worker"
#define MAX_TARGETS 8
#define MAX_ENTRIES 100000 /* in one answer of `list` */

struct upload {
    struct {
        char *name;
        struct target *target;
    } targets[MAX_TARGETS];
    size_t count;
    bool confined;
};

static void upload_done(struct upload *upload)
{
    for (size_t i = 0; i < upload->count; i++) {
        mem_free(upload->targets[i].name);
        target_free(upload->targets[i].target);
    }
    *upload = (struct upload){0};
}

static inline void upload_auto(struct upload *place)
{
    upload_done(place);
}

static enum err_code target_from_args(const struct js *args, const char *witnesses,
                                      struct target **out, struct err *err)
{
    const char *kind = NULL, *path = NULL, *name = NULL;
    enum err_code code = js_get_text(args, "kind", &kind, err);
    if (!code && strcmp(kind, "dir") != 0)
        return err_set(err, ERR_BAD_CONFIG, "target kind is none of: dir");
    if (!code)
        code = js_get_text(args, "path", &path, err);
    if (!code)
        code = js_get_text(args, "name", &name, err);
    if (!code && (!transport_name_is_safe(name) || strchr(name, '/')))
        code =
            err_set(err, ERR_BAD_CONFIG, "the name of a target is letters, digits, '.', '_', '-'");
    if (code)
        return code;
    AUTO(mem) char *witness = mem_printf("%s/%s", witnesses, name);
    struct transport *transport = NULL;
    if (!witness)
        code = err_set(err, ERR_NO_MEMORY, "no memory for a target");
    if (!code)
        code = dir_transport_new(path, witness, &transport, err);
    if (code)
        return code;
    return target_dir_new(transport, out, err);
}

/* The targets' folders as they are now: one that comes back as another file system, or is made
 * anew, needs a fresh process. Hence each job asks for one when it is over. */
static void confine_to_targets(struct upload *upload, const struct js *targets,
                               const char *witnesses)
{
    const char *folders[MAX_TARGETS + 2] = {NULL};
    for (size_t i = 0; i < js_count(targets); i++)
        folders[i] = js_text_or(js_item(targets, i), "path", NULL);
    folders[js_count(targets)] = witnesses;
    if (!upload->confined)
        confine_files(PROGRAM, folders);
    upload->confined = true;
}

static enum err_code run_configure(void *self, struct worker_call *call,
                                   struct worker_answer *answer, struct err *err)
{
    (void)answer;
    struct upload *upload = self;
    AUTO(upload) struct upload fresh = {0};
    const struct js *targets = NULL;
    const char *witnesses = NULL;
    enum err_code code = js_get_array(call->args, "targets", &targets, err);
    if (!code)
        code = js_get_text(call->args, "witnesses", &witnesses, err);
    if (code)
        return code;
    if (js_count(targets) > MAX_TARGETS)
        return err_set(err, ERR_BAD_CONFIG, "more than %d targets", MAX_TARGETS);
    for (size_t i = 0; i < js_count(targets); i++) {
        const struct js *args = js_item(targets, i);
        const char *name = NULL;
        code = js_get_text(args, "name", &name, err);
        if (!code)
            code = target_from_args(args, witnesses, &fresh.targets[i].target, err);
        if (code)
            return err_context(err, code, "targets[%zu]", i);
        fresh.count = i + 1;
        fresh.targets[i].name = mem_strdup(name);
        if (!fresh.targets[i].name)
            return err_set(err, ERR_NO_MEMORY, "no memory for a target");
    }
    fresh.confined = upload->confined;
    upload_done(upload);
    *upload = fresh;
    fresh = (struct upload){0};
    confine_to_targets(upload, targets, witnesses);
    return ERR_OK;
}

static enum err_code find_target(const struct upload *upload, const struct js *args,
                                 struct target **out, struct err *err)
{
    const char *name = NULL;
    enum err_code code = js_get_text(args, "target", &name, err);
    if (code)
        return code;
    for (size_t i = 0; i < upload->count; i++) {
        if (strcmp(upload->targets[i].name, name) == 0) {
            *out = upload->targets[i].target;
            return ERR_OK;
        }
    }
    return err_set(err, ERR_TARGET_UNKNOWN, "no target of that name is configured");
}

static enum err_code get_hash(const struct js *args, const char *key, const char **out,
                              struct err *err)
{
    enum err_code code = js_get_text(args, key, out, err);
    if (!code && !hash_is_hex(*out))
        code = err_set(err, ERR_BAD_ARGUMENT, "%s is no SHA-256", key);
    return code;
}

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

static enum err_code get_record_id(const struct js *args, const char **out, struct err *err)
{
    enum err_code code = js_get_text(args, "record_id", out, err);
    if (!code && !id_is_valid(*out))
        code = err_set(err, ERR_BAD_ARGUMENT, "record_id is not an id");
    return code;
}

static enum err_code run_send(void *self, struct worker_call *call, struct worker_answer *answer,
                              struct err *err)
{
    const struct js *args = call->args;
    struct target *target = NULL;
    answer->recycle = true;
    AUTO(fd) int pdf = -1;
    AUTO(fd) int json = -1;
    struct target_record record = {.dossier_code = js_text_or(args, "dossier_code", NULL)};
    enum err_code code = find_target(self, args, &target, err);
    if (!code)
        code = get_record_id(args, &record.record_id, err);
    if (!code)
        code = get_hash(args, "pdf_sha256", &record.pdf_sha256, err);
    if (!code)
        code = get_hash(args, "json_sha256", &record.json_sha256, err);
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

    record.pdf_fd = pdf;
    record.json_fd = json;
    struct target_sent sent;
    code = target_send(target, &record, &sent, err);
    if (code)
        return code;
    answer->ok = js_pack("{s:s, s:b}", "remote_name", sent.remote_name, "already_there",
                         (int)sent.already_there);
    return answer->ok ? ERR_OK : err_set(err, ERR_NO_MEMORY, "no memory for the answer");
}

static enum err_code run_verify(void *self, struct worker_call *call, struct worker_answer *answer,
                                struct err *err)
{
    const struct js *args = call->args;
    struct target *target = NULL;
    const char *remote_name = NULL, *record_id = NULL, *pdf_sha256 = NULL, *json_sha256 = NULL;
    answer->recycle = true;
    enum err_code code = find_target(self, args, &target, err);
    if (!code)
        code = js_get_text(args, "remote_name", &remote_name, err);
    if (!code)
        code = get_record_id(args, &record_id, err);
    if (!code)
        code = get_hash(args, "pdf_sha256", &pdf_sha256, err);
    if (!code)
        code = get_hash(args, "json_sha256", &json_sha256, err);
    struct target_receipt receipt;
    if (!code)
        code = target_verify(target, remote_name, pdf_sha256, json_sha256, &receipt, err);
    if (code)
        return code;
    answer->ok = js_pack("{s:{s:s, s:s, s:s, s:I}}", "receipt", "remote_name", remote_name,
                         "pdf_sha256", receipt.pdf_sha256, "json_sha256", receipt.json_sha256,
                         "read_at_us", (long long)receipt.read_at_us);
    return answer->ok ? ERR_OK : err_set(err, ERR_NO_MEMORY, "no memory for the answer");
}

static enum err_code add_entry(void *payload, const char *name, uint64_t size_bytes,
                               struct err *err)
{
    struct js *entries = payload;
    if (js_count(entries) >= MAX_ENTRIES)
        return err_set(err, ERR_TOO_LARGE, "more than %d files; ask with a longer prefix",
                       MAX_ENTRIES);
    if (!js_push(entries, js_pack("{s:s, s:I}", "name", name, "size", (long long)size_bytes)))
        return err_set(err, ERR_NO_MEMORY, "no memory for the list");
    return ERR_OK;
}

static enum err_code run_list(void *self, struct worker_call *call, struct worker_answer *answer,
                              struct err *err)
{
    struct target *target = NULL;
    AUTO(js) struct js *entries = js_array();
    answer->recycle = true;
    enum err_code code = find_target(self, call->args, &target, err);
    if (!code && !entries)
        code = err_set(err, ERR_NO_MEMORY, "no memory for the list");
    if (!code)
        code = target_list(target, js_text_or(call->args, "prefix", ""), add_entry, entries, err);
    if (code)
        return code;
    answer->ok = js_pack("{s:O}", "entries", entries);
    return answer->ok ? ERR_OK : err_set(err, ERR_NO_MEMORY, "no memory for the answer");
}

int main(void)
{
    static const struct worker_op ops[] = {
        {"configure", run_configure}, {"send", run_send}, {"verify", run_verify},
        {"list", run_list},           {NULL, NULL},
    };
    /* sohoad keeps its files to itself; the warehouse's group reads what is delivered there. */
    umask(0027);
    AUTO(upload) struct upload upload = {0};
    confine_calls(PROGRAM);
    return worker_serve(PROGRAM, ops, &upload);
}
