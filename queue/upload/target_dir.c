#include "queue/upload/target_dir.h"

#include "daemon/base/file.h"
#include "daemon/base/id.h"

#include <stdio.h>
#include <string.h>

#define MAX_NUMBER 9999     /* papers of one dossier */
#define MAX_CLAIM_BYTES 256 /* a claim is one UUID and a newline */

enum err_code target_dir_folder(const char *dossier_code, char *out, size_t out_size,
                                struct err *err)
{
    size_t size = strlen(dossier_code);
    if (size == 0 || size > TARGET_CODE_MAX || size >= out_size)
        return err_set(err, ERR_DOSSIER_CODE_BAD, "dossier code of %zu bytes cannot name a folder",
                       size);
    for (size_t i = 0; i <= size; i++) {
        char c = dossier_code[i];
        bool keep = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                    c == '-' || (c == '.' && i > 0) || c == '\0';
        out[i] = keep ? c : '-';
    }
    return ERR_OK;
}

/* Who holds the number; NOT_FOUND when nobody claimed it. */
static enum err_code read_claim(struct target *target, const char *name, char out_owner[ID_SIZE],
                                struct err *err)
{
    AUTO(fd) int fd = -1;
    enum err_code code = target->transport->ops->read_back(target->transport, name, &fd, err);
    if (code)
        return code;
    AUTO(mem) char *bytes = NULL;
    size_t size = 0;
    code = file_read_fd(fd, MAX_CLAIM_BYTES, &bytes, &size, err);
    if (code == ERR_TOO_LARGE)
        size = 0; /* not one of ours: somebody else's number */
    else if (code)
        return err_set(err, ERR_TARGET_UNREACHABLE, "a claim cannot be read");
    bool ours = size == ID_SIZE && bytes[size - 1] == '\n';
    snprintf(out_owner, ID_SIZE, "%.*s", ours ? ID_SIZE - 1 : 0, bytes ? bytes : "");
    return ERR_OK;
}

static enum err_code name_exists(struct target *target, const char *base, const char *suffix,
                                 bool *out_exists, struct err *err)
{
    char name[TRANSPORT_NAME_SIZE];
    snprintf(name, sizeof name, "%s%s", base, suffix);
    AUTO(fd) int fd = -1;
    enum err_code code = target->transport->ops->read_back(target->transport, name, &fd, err);
    if (code && code != ERR_NOT_FOUND)
        return code;
    *out_exists = !code;
    return ERR_OK;
}

/* Files without a claim were put there by another program. Sohoa claims before it writes, so the
 * claim is looked at again after a file was seen. */
static enum err_code number_is_foreign(struct target *target, const char *base, const char *claim,
                                       bool *out_foreign, struct err *err)
{
    bool seen = false;
    enum err_code code = name_exists(target, base, ".pdf", &seen, err);
    if (!code && !seen)
        code = name_exists(target, base, ".json", &seen, err);
    if (code)
        return code;
    *out_foreign = false;
    if (!seen)
        return ERR_OK;
    char owner[ID_SIZE];
    code = read_claim(target, claim, owner, err);
    if (code && code != ERR_NOT_FOUND)
        return code;
    *out_foreign = code == ERR_NOT_FOUND;
    return ERR_OK;
}

/* *out_ours: the number is this record's, from now on or from an earlier try. */
static enum err_code claim_number(struct target *target, const char *base, const char *claim,
                                  const char *record_id, int claim_fd, bool *out_ours,
                                  struct err *err)
{
    char owner[ID_SIZE];
    enum err_code code = read_claim(target, claim, owner, err);
    if (code == ERR_NOT_FOUND) {
        bool foreign = false;
        code = number_is_foreign(target, base, claim, &foreign, err);
        if (code)
            return code;
        if (foreign) {
            *out_ours = false;
            return ERR_OK;
        }
        bool created = false;
        code = target->transport->ops->put_if_absent(target->transport, claim, record_id, claim_fd,
                                                     &created, err);
        if (code)
            return code;
        if (created) {
            *out_ours = true;
            return ERR_OK;
        }
        code = read_claim(target, claim, owner, err);
        if (code == ERR_NOT_FOUND)
            return err_set(err, ERR_TARGET_UNREACHABLE, "a claim was there and vanished");
    }
    if (code)
        return code;
    *out_ours = strcmp(owner, record_id) == 0;
    return ERR_OK;
}

static enum err_code find_number(struct target *target, const char *folder, const char *record_id,
                                 char out_base[TRANSPORT_NAME_SIZE], struct err *err)
{
    char text[ID_SIZE + 1];
    snprintf(text, sizeof text, "%s\n", record_id);
    AUTO(fd) int claim_fd = -1;
    enum err_code code = file_memfd("claim", text, strlen(text), &claim_fd, err);
    if (code)
        return code;
    for (int number = 1; number <= MAX_NUMBER; number++) {
        char base[TRANSPORT_NAME_SIZE], claim[TRANSPORT_NAME_SIZE];
        snprintf(base, sizeof base, "%s/%s.%03d", folder, folder, number);
        snprintf(claim, sizeof claim, "%s/.%s.%03d.claim", folder, folder, number);
        bool ours = false;
        code = claim_number(target, base, claim, record_id, claim_fd, &ours, err);
        if (code)
            return code;
        if (ours) {
            memcpy(out_base, base, sizeof base);
            return ERR_OK;
        }
    }
    return err_set(err, ERR_TARGET_CONFLICT, "all %d numbers of the dossier are taken", MAX_NUMBER);
}

static enum err_code send_record(struct target *target, const struct target_record *record,
                                 struct target_sent *out, struct err *err)
{
    struct target_sent sent = {0};
    enum err_code code;
    if (record->dossier_code) {
        char folder[TARGET_CODE_MAX + 1];
        code = target_dir_folder(record->dossier_code, folder, sizeof folder, err);
        if (!code)
            code = find_number(target, folder, record->record_id, sent.remote_name, err);
        if (code)
            return code;
    } else {
        snprintf(sent.remote_name, sizeof sent.remote_name, "backlog/%s", record->record_id);
    }

    char pdf[TRANSPORT_NAME_SIZE + 8], json[TRANSPORT_NAME_SIZE + 8];
    snprintf(pdf, sizeof pdf, "%s.pdf", sent.remote_name);
    snprintf(json, sizeof json, "%s.json", sent.remote_name);
    code = target->transport->ops->sweep(target->transport, pdf, record->record_id, err);
    if (code)
        return code;
    bool pdf_created = false, json_created = false;
    code = target_put(target, pdf, record->record_id, record->pdf_fd, record->pdf_sha256,
                      &pdf_created, err);
    if (!code)
        code = target_put(target, json, record->record_id, record->json_fd, record->json_sha256,
                          &json_created, err);
    if (code)
        return code;
    sent.already_there = !pdf_created && !json_created;
    *out = sent;
    return ERR_OK;
}

static enum err_code dir_send(struct target *target, const struct target_record *record,
                              struct target_sent *out, struct err *err)
{
    if (!id_is_valid(record->record_id))
        return err_set(err, ERR_BAD_ARGUMENT, "record id is not an id");
    return send_record(target, record, out, err);
}

static const struct target_ops dir_ops = {.send = dir_send};

enum err_code target_dir_new(struct transport *transport, struct target **out, struct err *err)
{
    struct target *target = mem_alloc(sizeof *target);
    if (!target) {
        transport_free(transport);
        return err_set(err, ERR_NO_MEMORY, "no memory for a target");
    }
    target->ops = &dir_ops;
    target->transport = transport;
    *out = target;
    return ERR_OK;
}
