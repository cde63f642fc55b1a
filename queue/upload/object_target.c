#include "queue/upload/object_target.h"

#include "daemon/base/sys.h"

#include <stdio.h>
#include <string.h>

/* Details name the kind of file only: names hold dossier codes, which do not belong in logs. */
static const char *file_kind(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot ? dot + 1 : "file";
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
    if (!created) {
        struct transport_held held;
        code = transport->ops->hash_back(transport, name, &held, err);
        if (code)
            return code == ERR_NOT_FOUND ? err_set(err, ERR_TARGET_UNREACHABLE,
                                                   "the %s was there and vanished", file_kind(name))
                                         : code;
        if (strcmp(held.sha256, body->sha256) != 0)
            return err_set(err, ERR_TARGET_CONFLICT, "a %s of this name is there with other bytes",
                           file_kind(name));
    }
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

static enum err_code object_list(struct target *target, const char *prefix,
                                 transport_entry_fn *entry, void *payload, struct err *err)
{
    struct transport *transport = ((struct object_target *)target)->transport;
    return transport->ops->list_prefix(transport, prefix, entry, payload, err);
}

static void object_free(struct target *target)
{
    transport_free(((struct object_target *)target)->transport);
    mem_free(target);
}

enum err_code object_target_new(struct transport *transport, object_name_fn *find_name,
                                struct target **out, struct err *err)
{
    static const struct target_ops ops = {
        .send = object_send, .verify = object_verify, .list = object_list, .free = object_free};
    struct object_target *objects = mem_alloc(sizeof *objects);
    if (!objects) {
        transport_free(transport);
        return err_set(err, ERR_NO_MEMORY, "no memory for a target");
    }
    *objects = (struct object_target){{&ops}, transport, find_name};
    *out = &objects->target;
    return ERR_OK;
}
