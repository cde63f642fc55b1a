#include "daemon/base/id.h"
#include "daemon/base/log.h"
#include "daemon/workers/confine.h"
#include "daemon/workers/upload_target.h"
#include "daemon/workers/worker_main.h"

#include <string.h>
#include <sys/stat.h>

/*
 * sohoa-upload-worker: sends records to the configured targets and proves what they hold.
 *
 *   configure {targets, witnesses}            which targets there are (upload_target.h); replaces
 * the earlier ones, but only the first one's folders are within reach send      {target, record_id,
 * …} pdf json put both files, idempotent by record id verify    {target, remote_name, …} read both
 * back, compare, receipt list      {target, prefix}                names and sizes
 */

#define PROGRAM "sohoa-upload-worker"
#define MAX_TARGETS 8
#define MAX_ENTRIES 100000 /* in one answer of `list` */

struct upload_slot {
    char *name;
    struct target *target;
    bool is_dir;
};

struct upload {
    struct upload_slot targets[MAX_TARGETS];
    size_t count;
    char *configured; /* what they were made of */
    bool confined;
};

static void upload_done(struct upload *upload)
{
    for (size_t i = 0; i < upload->count; i++) {
        mem_free(upload->targets[i].name);
        target_free(upload->targets[i].target);
    }
    mem_free(upload->configured);
    *upload = (struct upload){0};
}

static inline void upload_auto(struct upload *place)
{
    upload_done(place);
}

/* The targets' folders as they are now: one that comes back as another file system, or is made
 * anew, needs a fresh process. Hence each job on a folder asks for one when it is over. */
static void confine_to_targets(struct upload *upload, const struct js *targets,
                               const char *witnesses)
{
    const char *folders[MAX_TARGETS + 2] = {witnesses};
    size_t count = 1;
    for (size_t i = 0; i < js_count(targets); i++) {
        const char *path = js_text_or(js_item(targets, i), "path", NULL);
        if (path)
            folders[count++] = path;
    }
    if (!upload->confined)
        confine_files(PROGRAM, folders);
    upload->confined = true;
}

static enum err_code add_target(struct upload *upload, const struct js *args, const char *witnesses,
                                struct err *err)
{
    struct upload_slot *slot = &upload->targets[upload->count];
    enum err_code code = upload_target_new(args, witnesses, &slot->target, err);
    if (code)
        return err_context(err, code, "targets[%zu]", upload->count);
    upload->count++;
    slot->is_dir = js_has(args, "path");
    slot->name = mem_strdup(js_text_or(args, "name", ""));
    return slot->name ? ERR_OK : err_set(err, ERR_NO_MEMORY, "no memory for a target");
}

/* What the targets are made of: their arguments, and when each secret was last written. */
static char *describe(const struct js *args)
{
    const struct js *targets = js_at(args, "targets");
    long long written_us = 0;
    for (size_t i = 0; i < js_count(targets); i++) {
        struct stat status;
        const char *secret = js_text_or(js_item(targets, i), "secret_file", NULL);
        if (secret && stat(secret, &status) == 0)
            written_us += status.st_mtim.tv_sec * 1000000ll + status.st_mtim.tv_nsec / 1000;
    }
    AUTO(mem) char *text = js_dump(args);
    return text ? mem_printf("%lld %s", written_us, text) : NULL;
}

/* The same again changes nothing, so that connections stay. */
static enum err_code run_configure(void *self, struct worker_call *call,
                                   struct worker_answer *answer, struct err *err)
{
    struct upload *upload = self;
    AUTO(upload) struct upload fresh = {.configured = describe(call->args)};
    const struct js *targets = NULL;
    const char *witnesses = NULL;
    enum err_code code = js_get_array(call->args, "targets", &targets, err);
    if (!code)
        code = js_get_text(call->args, "witnesses", &witnesses, err);
    if (code)
        return code;
    if (upload->configured && fresh.configured && strcmp(upload->configured, fresh.configured) == 0)
        return ERR_OK;
    if (js_count(targets) > MAX_TARGETS)
        return err_set(err, ERR_BAD_CONFIG, "more than %d targets", MAX_TARGETS);
    answer->recycle = upload->confined; /* new secrets may lie out of reach by now */
    for (size_t i = 0; !code && i < js_count(targets); i++)
        code = add_target(&fresh, js_item(targets, i), witnesses, err);
    if (code)
        return code;
    fresh.confined = upload->confined;
    upload_done(upload);
    *upload = fresh;
    fresh = (struct upload){0};
    confine_to_targets(upload, targets, witnesses);
    return ERR_OK;
}

static enum err_code find_target(const struct upload *upload, const struct js *args,
                                 struct worker_answer *answer, struct target **out, struct err *err)
{
    const char *name = NULL;
    enum err_code code = js_get_text(args, "target", &name, err);
    if (code)
        return code;
    for (size_t i = 0; i < upload->count; i++) {
        if (strcmp(upload->targets[i].name, name) == 0) {
            *out = upload->targets[i].target;
            answer->recycle = upload->targets[i].is_dir;
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
    AUTO(fd) int pdf = -1;
    AUTO(fd) int json = -1;
    struct target_record record = {.dossier_code = js_text_or(args, "dossier_code", NULL)};
    enum err_code code = find_target(self, args, answer, &target, err);
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
    enum err_code code = find_target(self, args, answer, &target, err);
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
    answer->ok =
        js_pack("{s:{s:s, s:s, s:I, s:s, s:s, s:I, s:s, s:I}}", "receipt", "remote_name",
                remote_name, "pdf_sha256", receipt.pdf.sha256, "pdf_size",
                (long long)receipt.pdf.size_bytes, "pdf_tag", receipt.pdf.tag, "json_sha256",
                receipt.json.sha256, "json_size", (long long)receipt.json.size_bytes, "json_tag",
                receipt.json.tag, "read_at_us", (long long)receipt.read_at_us);
    return answer->ok ? ERR_OK : err_set(err, ERR_NO_MEMORY, "no memory for the answer");
}

static enum err_code add_entry(void *payload, const struct transport_entry *entry, struct err *err)
{
    struct js *entries = payload;
    if (js_count(entries) >= MAX_ENTRIES)
        return err_set(err, ERR_TOO_LARGE, "more than %d files; ask with a longer prefix",
                       MAX_ENTRIES);
    if (!js_push(entries,
                 js_pack("{s:s, s:I}", "name", entry->name, "size", (long long)entry->size_bytes)))
        return err_set(err, ERR_NO_MEMORY, "no memory for the list");
    return ERR_OK;
}

static enum err_code run_list(void *self, struct worker_call *call, struct worker_answer *answer,
                              struct err *err)
{
    struct target *target = NULL;
    AUTO(js) struct js *entries = js_array();
    enum err_code code = find_target(self, call->args, answer, &target, err);
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
