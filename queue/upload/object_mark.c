#include "queue/upload/object_mark.h"

#include "daemon/base/file.h"
#include "daemon/base/id.h"
#include "daemon/base/js.h"
#include "daemon/base/when.h"
#include "queue/upload/object_target.h"

#include <stdio.h>
#include <string.h>

/* "<remote name><suffix>"; BAD_ARGUMENT for what is no name of ours. */
static enum err_code name_beside(const char *remote_name, const char *suffix,
                                 char out[TRANSPORT_NAME_SIZE], struct err *err)
{
    int size = snprintf(out, TRANSPORT_NAME_SIZE, "%s%s", remote_name, suffix);
    if (size < 0 || size >= TRANSPORT_NAME_SIZE || !transport_name_is_safe(out))
        return err_set(err, ERR_BAD_ARGUMENT, "remote name is not one of ours");
    return ERR_OK;
}

/* Puts the text, or finds it there, and reads it back either way. */
static enum err_code leave(struct transport *transport, const char *record_id, const char *text,
                           struct target_mark *mark, struct err *err)
{
    AUTO(fd) int fd = -1;
    char sha256[HASH_HEX_SIZE];
    bool created = false;
    hash_bytes(text, strlen(text), sha256);
    enum err_code code = file_memfd("mark", text, strlen(text), &fd, err);
    const struct transport_body body = {fd, strlen(text), sha256};
    if (!code)
        code = transport->ops->sweep(transport, mark->name, record_id, err);
    if (!code)
        code =
            transport->ops->put_if_absent(transport, mark->name, record_id, &body, &created, err);
    if (!code)
        code = transport->ops->hash_back(transport, mark->name, &mark->held, err);
    if (code == ERR_NOT_FOUND)
        return err_set(err, ERR_TARGET_UNREACHABLE, "what was just put there is not there");
    if (!code && strcmp(mark->held.sha256, sha256) != 0)
        return err_set(err, ERR_TARGET_CONFLICT, "another mark of this record is there already");
    mark->already_there = !created;
    return code;
}

static struct js *moment(int64_t at_us)
{
    char text[WHEN_ISO_SIZE];
    when_iso_local(at_us, text);
    return js_text(text);
}

/* JSON first: without it nothing counts as delivered. *out_removed false: the far side keeps it. */
static enum err_code remove_files(struct transport *transport, const char *remote_name,
                                  bool *out_removed, struct err *err)
{
    static const char *const suffixes[] = {".json", ".pdf"};
    for (size_t i = 0; i < 2; i++) {
        char name[TRANSPORT_NAME_SIZE];
        enum err_code code = name_beside(remote_name, suffixes[i], name, err);
        if (!code)
            code = transport->ops->remove(transport, name, err);
        bool is_kept = code == ERR_TARGET_READ_ONLY || code == ERR_TARGET_AUTH;
        if (code) {
            *out_removed = false;
            return is_kept ? ERR_OK : code;
        }
    }
    *out_removed = true;
    return ERR_OK;
}

static enum err_code find_remote(struct object_target *objects,
                                 const struct target_withdrawal *what,
                                 char out[TRANSPORT_NAME_SIZE], struct err *err)
{
    const struct target_record record = {.record_id = what->record_id,
                                         .dossier_code = what->dossier_code,
                                         .pdf_fd = -1,
                                         .json_fd = -1};
    if (!what->remote_name)
        return objects->find_name(objects->transport, &record, out, err);
    return name_beside(what->remote_name, "", out, err);
}

enum err_code object_withdraw(struct target *target, const struct target_withdrawal *what,
                              struct target_mark *out, struct err *err)
{
    struct object_target *objects = (struct object_target *)target;
    struct target_mark mark = {0};
    char remote_name[TRANSPORT_NAME_SIZE];
    AUTO(js)
    struct js *value =
        js_pack("{s:s, s:s, s:o, s:s, s:s?, s:s, s:s, s:s}", "schema", "sohoa.withdrawal/1",
                "record_id", what->record_id, "withdrawn_at", moment(what->at_us), "reason",
                what->reason_code, "replaced_by", what->replaced_by, "by", what->by, "pdf_sha256",
                what->pdf_sha256, "json_sha256", what->json_sha256);
    AUTO(mem) char *text = value ? js_dump_pretty(value) : NULL;
    if (!text)
        return err_set(err, ERR_NO_MEMORY, "no memory for a tombstone");
    enum err_code code = find_remote(objects, what, remote_name, err);
    if (!code)
        code = name_beside(remote_name, ".withdrawn", mark.name, err);
    if (!code)
        code = leave(objects->transport, what->record_id, text, &mark, err);
    if (!code && target->removes_withdrawn)
        code = remove_files(objects->transport, remote_name, &mark.removed, err);
    if (!code)
        *out = mark;
    return code;
}

enum err_code object_show(struct target *target, const struct target_showing *what,
                          struct target_mark *out, struct err *err)
{
    struct object_target *objects = (struct object_target *)target;
    struct target_mark mark = {0};
    AUTO(js)
    struct js *value = js_pack("{s:s, s:s, s:o, s:s}", "schema", "sohoa.shown/1", "record_id",
                               what->record_id, "shown_at", moment(what->at_us), "by", what->by);
    AUTO(mem) char *text = value ? js_dump_pretty(value) : NULL;
    if (!text)
        return err_set(err, ERR_NO_MEMORY, "no memory for a mark");
    enum err_code code = name_beside(what->remote_name, ".shown", mark.name, err);
    if (!code)
        code = leave(objects->transport, what->record_id, text, &mark, err);
    if (!code)
        *out = mark;
    return code;
}
