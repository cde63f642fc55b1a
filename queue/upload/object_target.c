#include "queue/upload/object_target.h"

#include "daemon/base/js.h"
#include "daemon/base/sys.h"
#include "queue/upload/object_mark.h"

#include <stdio.h>
#include <string.h>

#define RECORD_MAX_BYTES (1u << 20)

/* Details name the kind of file only: names hold dossier codes, which do not belong in logs. */
static const char *file_kind(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot ? dot + 1 : "file";
}

/* A person compares the two: the heads of their hashes tell which is which. */
static enum err_code tell_conflict(const char *name, const char *theirs, const char *ours,
                                   struct err *err)
{
    char said[120];
    err_set(err, ERR_TARGET_CONFLICT, "a %s of this name is there with other bytes",
            file_kind(name));
    snprintf(said, sizeof said, "%s: SHA-256 %.12s… (kho), %.12s… (máy này)", file_kind(name),
             theirs, ours);
    if (err)
        err_set_said(err, said);
    return ERR_TARGET_CONFLICT;
}

/* What was there before is the body. Only what reads the same twice is a conflict for a person, not
 * what a line makes of it. */
static enum err_code compare(struct transport *transport, const char *name,
                             const struct transport_body *body, struct err *err)
{
    struct transport_held held, again;
    enum err_code code = transport->ops->hash_back(transport, name, &held, err);
    bool differs = !code && strcmp(held.sha256, body->sha256) != 0;
    if (differs)
        code = transport->ops->hash_back(transport, name, &again, err);
    if (code == ERR_NOT_FOUND)
        return err_set(err, ERR_TARGET_UNREACHABLE, "the %s was there and vanished",
                       file_kind(name));
    if (code || !differs)
        return code;
    if (strcmp(again.sha256, held.sha256) != 0)
        return err_set(err, ERR_TARGET_MISMATCH, "a %s that reads differently each time",
                       file_kind(name));
    return tell_conflict(name, held.sha256, body->sha256, err);
}

/* Stores the body under `name`, or finds the same bytes already there (*out_created false).
 * TARGET_CONFLICT when other bytes are there. */
static enum err_code put(struct transport *transport, const char *name, const char *owner,
                         const struct transport_body *body, bool *out_created, struct err *err)
{
    bool created = false;
    enum err_code code = transport->ops->put_if_absent(transport, name, owner, body, &created, err);
    if (code)
        return code;
    if (!created)
        code = compare(transport, name, body, err);
    if (code)
        return code;
    *out_created = created;
    return ERR_OK;
}

static enum err_code object_send(struct target *target, const struct target_record *record,
                                 struct target_sent *out, struct err *err)
{
    struct object_target *objects = (struct object_target *)target;
    struct transport *transport = objects->transport;
    struct target_sent sent = {0};
    enum err_code code = objects->find_name(transport, record, sent.remote_name, err);
    if (code)
        return code;

    char pdf[TRANSPORT_NAME_SIZE + 8], json[TRANSPORT_NAME_SIZE + 8];
    snprintf(pdf, sizeof pdf, "%s.pdf", sent.remote_name);
    snprintf(json, sizeof json, "%s.json", sent.remote_name);
    const struct transport_body pdf_body = {record->pdf_fd, record->pdf_size_bytes,
                                            record->pdf_sha256};
    const struct transport_body json_body = {record->json_fd, record->json_size_bytes,
                                             record->json_sha256};
    bool pdf_created = false, json_created = false;
    code = transport->ops->sweep(transport, pdf, record->record_id, err);
    if (!code)
        code = put(transport, pdf, record->record_id, &pdf_body, &pdf_created, err);
    if (!code)
        code = put(transport, json, record->record_id, &json_body, &json_created, err);
    if (code)
        return code;
    sent.already_there = !pdf_created && !json_created;
    *out = sent;
    return ERR_OK;
}

static enum err_code verify_one(struct transport *transport, const char *remote_name,
                                const char *suffix, const char *sha256, struct transport_held *out,
                                struct err *err)
{
    char name[TRANSPORT_NAME_SIZE];
    if ((size_t)snprintf(name, sizeof name, "%s%s", remote_name, suffix) >= sizeof name ||
        !transport_name_is_safe(name))
        return err_set(err, ERR_BAD_ARGUMENT, "remote name is not one of ours");
    enum err_code code = transport->ops->hash_back(transport, name, out, err);
    if (code)
        return code;
    if (strcmp(out->sha256, sha256) != 0)
        return err_set(err, ERR_TARGET_MISMATCH, "the %s holds other bytes than were sent",
                       file_kind(name));
    return ERR_OK;
}

static enum err_code object_verify(struct target *target, const char *remote_name,
                                   const char *pdf_sha256, const char *json_sha256,
                                   struct target_receipt *out, struct err *err)
{
    struct transport *transport = ((struct object_target *)target)->transport;
    struct target_receipt receipt = {0};
    enum err_code code = verify_one(transport, remote_name, ".pdf", pdf_sha256, &receipt.pdf, err);
    if (!code)
        code = verify_one(transport, remote_name, ".json", json_sha256, &receipt.json, err);
    if (code)
        return code;
    receipt.read_at_us = sys_now_us();
    *out = receipt;
    return ERR_OK;
}

static enum err_code object_list(struct target *target, const struct transport_page *page,
                                 transport_entry_fn *entry, void *payload,
                                 char out_next[TRANSPORT_KEY_SIZE], struct err *err)
{
    struct transport *transport = ((struct object_target *)target)->transport;
    return transport->ops->list(transport, page, entry, payload, out_next, err);
}

void object_whose_by_name(const char *remote_name, char out_record_id[ID_SIZE])
{
    const char *slash = strrchr(remote_name, '/');
    bool is_id = slash && id_is_valid(slash + 1);
    snprintf(out_record_id, ID_SIZE, "%s", is_id ? slash + 1 : "");
}

static enum err_code object_whose(struct target *target, const char *remote_name, char out[ID_SIZE],
                                  struct err *err)
{
    struct object_target *objects = (struct object_target *)target;
    if (!transport_name_is_safe(remote_name))
        return err_set(err, ERR_BAD_ARGUMENT, "remote name is not one of ours");
    return objects->whose(objects->transport, remote_name, out, err);
}

static enum err_code object_code_of(struct target *target, const char *remote_name,
                                    char out[TARGET_RESULT_CODE_SIZE], struct err *err)
{
    struct transport *transport = ((struct object_target *)target)->transport;
    char name[TRANSPORT_NAME_SIZE];
    AUTO(mem) char *text = NULL;
    AUTO(js) struct js *record = NULL;
    size_t size = 0;
    if ((size_t)snprintf(name, sizeof name, "%s.json", remote_name) >= sizeof name ||
        !transport_name_is_safe(name))
        return err_set(err, ERR_BAD_ARGUMENT, "remote name is not one of ours");
    enum err_code code =
        transport->ops->text_back(transport, name, RECORD_MAX_BYTES, &text, &size, err);
    if (code)
        return code;
    if (js_parse(text, size, &record, NULL) ||
        strcmp(js_text_or(record, "schema", ""), "sohoa.record/1") != 0)
        return err_set(err, ERR_TARGET_MISMATCH, "the json there is no record");
    snprintf(out, TARGET_RESULT_CODE_SIZE, "%s", js_text_or(record, "result_code", ""));
    return ERR_OK;
}

static void object_free(struct target *target)
{
    transport_free(((struct object_target *)target)->transport);
    mem_free(target);
}

enum err_code object_target_new(struct transport *transport, object_name_fn *find_name,
                                object_whose_fn *whose, struct target **out, struct err *err)
{
    static const struct target_ops ops = {.send = object_send,
                                          .verify = object_verify,
                                          .list = object_list,
                                          .whose = object_whose,
                                          .code_of = object_code_of,
                                          .withdraw = object_withdraw,
                                          .show = object_show,
                                          .free = object_free};
    struct object_target *objects = mem_alloc(sizeof *objects);
    if (!objects) {
        transport_free(transport);
        return err_set(err, ERR_NO_MEMORY, "no memory for a target");
    }
    *objects = (struct object_target){{.ops = &ops}, transport, find_name, whose};
    *out = &objects->target;
    return ERR_OK;
}
