#include "queue/upload/target_dir.h"

#include "daemon/base/file.h"
#include "daemon/base/id.h"
#include "queue/upload/object_target.h"

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
static enum err_code read_claim(struct transport *transport, const char *name,
                                char out_owner[ID_SIZE], struct err *err)
{
    AUTO(mem) char *text = NULL;
    size_t size = 0;
    enum err_code code =
        transport->ops->text_back(transport, name, MAX_CLAIM_BYTES, &text, &size, err);
    if (code && code != ERR_TOO_LARGE)
        return code;
    /* what is too large is not one of ours: somebody else's number */
    bool ours = !code && size == ID_SIZE && text[size - 1] == '\n';
    snprintf(out_owner, ID_SIZE, "%.*s", ours ? ID_SIZE - 1 : 0, ours ? text : "");
    return ERR_OK;
}

static enum err_code name_exists(struct transport *transport, const char *base, const char *suffix,
                                 bool *out_exists, struct err *err)
{
    char name[TRANSPORT_NAME_SIZE];
    snprintf(name, sizeof name, "%s%s", base, suffix);
    AUTO(mem) char *text = NULL;
    size_t size;
    enum err_code code = transport->ops->text_back(transport, name, 0, &text, &size, err);
    if (code && code != ERR_NOT_FOUND && code != ERR_TOO_LARGE)
        return code;
    *out_exists = code != ERR_NOT_FOUND;
    return ERR_OK;
}

/* Files without a claim were put there by another program. Sohoa claims before it writes, so the
 * claim is looked at again after a file was seen. */
static enum err_code number_is_foreign(struct transport *transport, const char *base,
                                       const char *claim, bool *out_foreign, struct err *err)
{
    bool seen = false;
    enum err_code code = name_exists(transport, base, ".pdf", &seen, err);
    if (!code && !seen)
        code = name_exists(transport, base, ".json", &seen, err);
    if (code)
        return code;
    *out_foreign = false;
    if (!seen)
        return ERR_OK;
    char owner[ID_SIZE];
    code = read_claim(transport, claim, owner, err);
    if (code && code != ERR_NOT_FOUND)
        return code;
    *out_foreign = code == ERR_NOT_FOUND;
    return ERR_OK;
}

/* *out_ours: the number is this record's, from now on or from an earlier try. */
static enum err_code claim_number(struct transport *transport, const char *base, const char *claim,
                                  const char *record_id, const struct transport_body *body,
                                  bool *out_ours, struct err *err)
{
    char owner[ID_SIZE];
    enum err_code code = read_claim(transport, claim, owner, err);
    if (code == ERR_NOT_FOUND) {
        bool foreign = false;
        code = number_is_foreign(transport, base, claim, &foreign, err);
        if (code)
            return code;
        if (foreign) {
            *out_ours = false;
            return ERR_OK;
        }
        bool created = false;
        code = transport->ops->put_if_absent(transport, claim, record_id, body, &created, err);
        if (code)
            return code;
        if (created) {
            *out_ours = true;
            return ERR_OK;
        }
        code = read_claim(transport, claim, owner, err);
        if (code == ERR_NOT_FOUND)
            return err_set(err, ERR_TARGET_UNREACHABLE, "a claim was there and vanished");
    }
    if (code)
        return code;
    *out_ours = strcmp(owner, record_id) == 0;
    return ERR_OK;
}

static enum err_code find_number(struct transport *transport, const char *folder,
                                 const char *record_id, char out_base[TRANSPORT_NAME_SIZE],
                                 struct err *err)
{
    char text[ID_SIZE + 1];
    snprintf(text, sizeof text, "%s\n", record_id);
    AUTO(fd) int claim_fd = -1;
    enum err_code code = file_memfd("claim", text, strlen(text), &claim_fd, err);
    if (code)
        return code;
    char sha256[HASH_HEX_SIZE];
    hash_bytes(text, strlen(text), sha256);
    const struct transport_body body = {claim_fd, strlen(text), sha256};
    for (int number = 1; number <= MAX_NUMBER; number++) {
        char base[TRANSPORT_NAME_SIZE], claim[TRANSPORT_NAME_SIZE];
        snprintf(base, sizeof base, "%s/%s.%03d", folder, folder, number);
        snprintf(claim, sizeof claim, "%s/.%s.%03d.claim", folder, folder, number);
        bool ours = false;
        code = claim_number(transport, base, claim, record_id, &body, &ours, err);
        if (code)
            return code;
        if (ours) {
            memcpy(out_base, base, sizeof base);
            return ERR_OK;
        }
    }
    return err_set(err, ERR_TARGET_CONFLICT, "all %d numbers of the dossier are taken", MAX_NUMBER);
}

static enum err_code find_name(struct transport *transport, const struct target_record *record,
                               char out_name[TRANSPORT_NAME_SIZE], struct err *err)
{
    if (!record->dossier_code) {
        snprintf(out_name, TRANSPORT_NAME_SIZE, "backlog/%s", record->record_id);
        return ERR_OK;
    }
    char folder[TARGET_CODE_MAX + 1];
    enum err_code code = target_dir_folder(record->dossier_code, folder, sizeof folder, err);
    return code ? code : find_number(transport, folder, record->record_id, out_name, err);
}

static enum err_code whose(struct transport *transport, const char *remote_name,
                           char out_record_id[ID_SIZE], struct err *err)
{
    char claim[TRANSPORT_NAME_SIZE];
    const char *slash = strchr(remote_name, '/');
    object_whose_by_name(remote_name, out_record_id);
    if (*out_record_id || !slash ||
        (size_t)snprintf(claim, sizeof claim, "%.*s/.%s.claim", (int)(slash - remote_name),
                         remote_name, slash + 1) >= sizeof claim)
        return ERR_OK;
    enum err_code code = read_claim(transport, claim, out_record_id, err);
    return code == ERR_NOT_FOUND ? ERR_OK : code;
}

enum err_code target_dir_new(struct transport *transport, struct target **out, struct err *err)
{
    return object_target_new(transport, find_name, whose, out, err);
}
