#include "queue/upload/target.h"

#include "daemon/base/id.h"

#include <string.h>

void target_free(struct target *target)
{
    if (target)
        target->ops->free(target);
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
    if (!id_is_valid(record->record_id))
        return err_set(err, ERR_BAD_ARGUMENT, "record id is not an id");
    enum err_code code =
        check_source(record->pdf_fd, record->pdf_sha256, record->pdf_size_bytes, "PDF", err);
    if (!code)
        code = check_source(record->json_fd, record->json_sha256, record->json_size_bytes,
                            "record JSON", err);
    if (code)
        return code;
    return target->ops->send(target, record, out, err);
}

enum err_code target_verify(struct target *target, const char *remote_name, const char *pdf_sha256,
                            const char *json_sha256, struct target_receipt *out, struct err *err)
{
    return target->ops->verify(target, remote_name, pdf_sha256, json_sha256, out, err);
}

enum err_code target_list(struct target *target, const char *prefix, transport_entry_fn *entry,
                          void *payload, struct err *err)
{
    return target->ops->list(target, prefix, entry, payload, err);
}
