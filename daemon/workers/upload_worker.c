#include "daemon/base/log.h"
#include "daemon/workers/confine.h"
#include "daemon/workers/upload_mapping.h"
#include "daemon/workers/upload_ops.h"
#include "daemon/workers/upload_target.h"
#include "daemon/workers/worker_main.h"
#include "queue/upload/stick.h"

#include <string.h>
#include <sys/stat.h>

/*
 * sohoa-upload-worker: sends records to the configured targets and proves what they hold. With
 * --check-mapping FILE: says what is wrong with a mapping, and ends.
 *
 * Operations (each in upload_ops_<what>.c; descriptors behind the arguments):
 *
 *   configure {targets, witnesses}
 *       Which targets there are (upload_target.h). Replaces the earlier ones, but only the folders
 *       of the first are within reach.
 *   send {target, record_id, …} pdf, json
 *       Puts both files, idempotent by record id.
 *   verify {target, remote_name, …}
 *       Reads both back and compares: the receipt.
 *   list {target, prefix, after, max}
 *       A page of names, sizes and tags, and where the next one begins.
 *   owners {target, names, since_us}
 *       Whose records lie under those names; the result codes of records made since then.
 *   stick_create {folder, id}, stick_put {record_id, …} pdf, json, stick_manifest {manifest}
 *       Records onto a stick (queue/upload/stick.h), instead of configure: a process for it alone.
 *   stick_open {folder}, stick_record {record_id, dossier_code}, stick_receipts {receipts}
 *       And from one: its manifest, the files of a record, what became of them.
 *   look_up {target, question}, fetch_held {target, issuer, fetch}, reserve_code {target, about}
 *       What target.h says of them.
 *   withdraw {target, record_id, reason_code, at_us, …}
 *       Tells the receiver that a record does not hold any more: the receipt.
 *   show {target, record_id, remote_name, at_us, …}
 *       A record that was sent hidden may be seen: the receipt.
 */

#define PROGRAM "sohoa-upload-worker"

static void upload_done(struct upload *upload)
{
    for (size_t i = 0; i < upload->count; i++) {
        mem_free(upload->targets[i].name);
        target_free(upload->targets[i].target);
    }
    mem_free(upload->configured);
    stick_free(upload->stick);
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
    const char *folders[UPLOAD_TARGETS_MAX + 2] = {witnesses};
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
    enum err_code code = upload_target_new(args, witnesses, upload->flow, &slot->target, err);
    if (code)
        return err_context(err, code, "targets[%zu]", upload->count);
    upload->count++;
    slot->is_dir = js_has(args, "path");
    slot->name = mem_strdup(js_text_or(args, "name", ""));
    return slot->name ? ERR_OK : err_set(err, ERR_NO_MEMORY, "no memory for a target");
}

/* What the targets are made of: their arguments, and when each secret and mapping was last written.
 */
static char *describe(const struct js *args)
{
    const struct js *targets = js_at(args, "targets");
    long long written_us = 0;
    for (size_t i = 0; i < js_count(targets); i++) {
        struct stat status;
        const char *files[] = {js_text_or(js_item(targets, i), "secret_file", NULL),
                               js_text_or(js_item(targets, i), "mapping", NULL)};
        for (size_t k = 0; k < sizeof files / sizeof *files; k++)
            if (files[k] && stat(files[k], &status) == 0)
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
    AUTO(upload) struct upload fresh = {.configured = describe(call->args), .flow = upload->flow};
    const struct js *targets = NULL;
    const char *witnesses = NULL;
    enum err_code code = js_get_array(call->args, "targets", &targets, err);
    if (!code)
        code = js_get_text(call->args, "witnesses", &witnesses, err);
    if (code)
        return code;
    if (upload->configured && fresh.configured && strcmp(upload->configured, fresh.configured) == 0)
        return ERR_OK;
    if (js_count(targets) > UPLOAD_TARGETS_MAX)
        return err_set(err, ERR_BAD_CONFIG, "more than %d targets", UPLOAD_TARGETS_MAX);
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

/* A daemon that does not hear it does not read the answer either: that is where it shows. */
static void tell_progress(void *payload, const struct flow *flow)
{
    struct js *data = js_pack("{s:I, s:I}", "moved", (int64_t)flow->moved_bytes, "total",
                              (int64_t)flow->total_bytes);
    worker_event(payload, "progress", data, NULL);
}

static void begin_flow(struct flow *flow, struct worker_call *call)
{
    int64_t total = js_int_or(call->args, "pdf_size", 0) + js_int_or(call->args, "json_size", 0);
    flow_begin(flow, js_int_or(call->args, "rate_bps", 0), (uint64_t)total);
    flow->moved = tell_progress;
    flow->payload = call;
}

enum err_code upload_find_target(struct upload *upload, struct worker_call *call,
                                 struct worker_answer *answer, struct target **out, struct err *err)
{
    const char *name = NULL;
    enum err_code code = js_get_text(call->args, "target", &name, err);
    if (code)
        return code;
    begin_flow(upload->flow, call);
    for (size_t i = 0; i < upload->count; i++) {
        if (strcmp(upload->targets[i].name, name) == 0) {
            *out = upload->targets[i].target;
            answer->recycle = upload->targets[i].is_dir;
            return ERR_OK;
        }
    }
    return err_set(err, ERR_TARGET_UNKNOWN, "no target of that name is configured");
}

int main(int argc, char **argv)
{
    static const struct worker_op ops[] = {
        {"configure", run_configure},
        {"send", upload_send},
        {"verify", upload_verify},
        {"list", upload_list},
        {"owners", upload_owners},
        {"stick_create", upload_stick_create},
        {"stick_put", upload_stick_put},
        {"stick_manifest", upload_stick_manifest},
        {"stick_open", upload_stick_open},
        {"stick_record", upload_stick_record},
        {"stick_receipts", upload_stick_receipts},
        {"look_up", upload_look_up},
        {"fetch_held", upload_fetch_held},
        {"reserve_code", upload_reserve_code},
        {"withdraw", upload_withdraw},
        {"show", upload_show},
        {NULL, NULL},
    };
    if (argc == 3 && strcmp(argv[1], "--check-mapping") == 0)
        return upload_mapping_check(argv[2]);
    /* sohoad keeps its files to itself; the warehouse's group reads what is delivered there. */
    umask(0027);
    struct flow flow = {0};
    AUTO(upload) struct upload upload = {.flow = &flow};
    confine_calls(PROGRAM);
    return worker_serve(PROGRAM, ops, &upload);
}
