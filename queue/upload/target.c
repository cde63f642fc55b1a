#include "queue/upload/target.h"

#include "daemon/base/id.h"

#include <string.h>

void target_free(struct target *target)
{
    if (target)
        target->ops->free(target);
}

static enum err_code cannot(const char *what, struct err *err)
{
    return err_set(err, ERR_TARGET_CANNOT, "this target cannot %s", what);
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

enum err_code target_list(struct target *target, const struct transport_page *page,
                          transport_entry_fn *entry, void *payload,
                          char out_next[TRANSPORT_KEY_SIZE], struct err *err)
{
    if (!target->ops->list)
        return cannot("list what it holds", err);
    return target->ops->list(target, page, entry, payload, out_next, err);
}

enum err_code target_whose(struct target *target, const char *remote_name, char out[ID_SIZE],
                           struct err *err)
{
    if (!target->ops->whose)
        return cannot("tell whose a record is", err);
    return target->ops->whose(target, remote_name, out, err);
}

enum err_code target_code_of(struct target *target, const char *remote_name,
                             char out[TARGET_RESULT_CODE_SIZE], struct err *err)
{
    if (!target->ops->code_of)
        return cannot("tell the code of a record", err);
    return target->ops->code_of(target, remote_name, out, err);
}

enum err_code target_withdraw(struct target *target, const struct target_withdrawal *what,
                              struct target_mark *out, struct err *err)
{
    if (!target->ops->withdraw)
        return cannot("withdraw", err);
    return target->ops->withdraw(target, what, out, err);
}

enum err_code target_show(struct target *target, const struct target_showing *what,
                          struct target_mark *out, struct err *err)
{
    if (!target->ops->show)
        return cannot("show what was hidden", err);
    return target->ops->show(target, what, out, err);
}

enum err_code target_look_up(struct target *target, const struct js *question, struct js **out,
                             struct err *err)
{
    if (!target->ops->look_up)
        return cannot("look up", err);
    return target->ops->look_up(target, question, out, err);
}

enum err_code target_fetch(struct target *target, const struct js *what, struct transport_held *out,
                           struct err *err)
{
    if (!target->ops->fetch)
        return cannot("fetch a file that it holds", err);
    return target->ops->fetch(target, what, out, err);
}

enum err_code target_reserve_code(struct target *target, const struct js *about, struct js **out,
                                  struct err *err)
{
    if (!target->ops->reserve_code)
        return cannot("reserve result codes", err);
    if (!js_has(about, "provisional_code"))
        return err_set(err, ERR_BAD_ARGUMENT, "provisional_code: none");
    return target->ops->reserve_code(target, about, out, err);
}

const char *target_proof_name(enum target_proof proof)
{
    static const char *const names[] = {"read", "hash", "answer"};
    return names[proof];
}
