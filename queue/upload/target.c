#include "queue/upload/target.h"

#include "daemon/base/sys.h"

#include <stdio.h>
#include <string.h>

void target_free(struct target *target)
{
    if (!target)
        return;
    transport_free(target->transport);
    mem_free(target);
}

static enum err_code check_source(int fd, const char *sha256, uint64_t size_bytes, const char *what,
                                  struct err *err)
{
    char found[HASH_HEX_SIZE];
    uint64_t found_size = 0;
    enum err_code code = hash_fd(fd, found, &found_size, err);
    if (code)
        return err_context(err, code, "%s to send", what);
    if (found_size != size_bytes || strcmp(found, sha256) != 0)
        return err_set(err, ERR_BLOB_DAMAGED, "%s to send is not what was queued (%llu bytes)",
                       what, (unsigned long long)found_size);
    return ERR_OK;
}

enum err_code target_send(struct target *target, const struct target_record *record,
                          struct target_sent *out, struct err *err)
{
    enum err_code code =
        check_source(record->pdf_fd, record->pdf_sha256, record->pdf_size_bytes, "PDF", err);
    if (!code)
        code = check_source(record->json_fd, record->json_sha256, record->json_size_bytes,
                            "record JSON", err);
    if (code)
        return code;
    return target->ops->send(target, record, out, err);
}

/* Details name the kind of file only: names hold dossier codes, which do not belong in logs. */
static const char *file_kind(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot ? dot + 1 : "file";
}

static enum err_code hash_remote(struct target *target, const char *name,
                                 char out_sha256[HASH_HEX_SIZE], struct err *err)
{
    AUTO(fd) int fd = -1;
    enum err_code code = target->transport->ops->read_back(target->transport, name, &fd, err);
    if (code)
        return code;
    uint64_t size_bytes;
    code = hash_fd(fd, out_sha256, &size_bytes, err);
    if (code)
        return err_set(err, ERR_TARGET_UNREACHABLE, "the %s cannot be read back", file_kind(name));
    return ERR_OK;
}

enum err_code target_put(struct target *target, const char *name, const char *owner, int fd,
                         const char *sha256, bool *out_created, struct err *err)
{
    struct transport *transport = target->transport;
    bool created = false;
    enum err_code code = transport->ops->put_if_absent(transport, name, owner, fd, &created, err);
    if (code)
        return code;
    if (!created) {
        char found[HASH_HEX_SIZE];
        code = hash_remote(target, name, found, err);
        if (code)
            return code == ERR_NOT_FOUND ? err_set(err, ERR_TARGET_UNREACHABLE,
                                                   "the %s was there and vanished", file_kind(name))
                                         : code;
        if (strcmp(found, sha256) != 0)
            return err_set(err, ERR_TARGET_CONFLICT, "a %s of this name is there with other bytes",
                           file_kind(name));
    }
    *out_created = created;
    return ERR_OK;
}

static enum err_code verify_one(struct target *target, const char *remote_name, const char *suffix,
                                const char *sha256, char out_sha256[HASH_HEX_SIZE], struct err *err)
{
    char name[TRANSPORT_NAME_SIZE];
    if ((size_t)snprintf(name, sizeof name, "%s%s", remote_name, suffix) >= sizeof name ||
        !transport_name_is_safe(name))
        return err_set(err, ERR_BAD_ARGUMENT, "remote name is not one of ours");
    enum err_code code = hash_remote(target, name, out_sha256, err);
    if (code)
        return code;
    if (strcmp(out_sha256, sha256) != 0)
        return err_set(err, ERR_TARGET_MISMATCH, "the %s holds other bytes than were sent",
                       file_kind(name));
    return ERR_OK;
}

enum err_code target_verify(struct target *target, const char *remote_name, const char *pdf_sha256,
                            const char *json_sha256, struct target_receipt *out, struct err *err)
{
    struct target_receipt receipt = {0};
    enum err_code code =
        verify_one(target, remote_name, ".pdf", pdf_sha256, receipt.pdf_sha256, err);
    if (!code)
        code = verify_one(target, remote_name, ".json", json_sha256, receipt.json_sha256, err);
    if (code)
        return code;
    receipt.read_at_us = sys_now_us();
    *out = receipt;
    return ERR_OK;
}

enum err_code target_list(struct target *target, const char *prefix, transport_entry_fn *entry,
                          void *payload, struct err *err)
{
    return target->transport->ops->list_prefix(target->transport, prefix, entry, payload, err);
}
