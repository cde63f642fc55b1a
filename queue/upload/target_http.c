#include "queue/upload/target_http.h"

#include "daemon/base/sys.h"
#include "daemon/base/text.h"
#include "daemon/base/when.h"
#include "queue/upload/http_name.h"
#include "queue/upload/http_upload.h"
#include "queue/upload/mapping_apply.h"
#include "queue/upload/target_http_inside.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NO_MEMORY, "no memory for a target");
}

char *http_note_path(const struct http_target *http, const char *record_id)
{
    return mem_printf("%s/%s.%s.tus", http->notes, http->name, record_id);
}

/* A conflict is a person's matter, so only what reads the same twice is one: else the line lied. */
static enum err_code confirm_other(const struct http_target *http, struct js *roots,
                                   const struct http_held *first, struct err *err)
{
    struct http_held again;
    enum err_code code = http_look(http, roots, &again, err);
    if (code)
        return code;
    if (!again.there || strcmp(again.pdf.sha256, first->pdf.sha256) != 0)
        return err_set(err, ERR_TARGET_MISMATCH, "the receiver shows other bytes each time");
    return err_set(err, ERR_TARGET_CONFLICT, "the receiver has this record with other bytes");
}

/* Is it there with our bytes? What shows no bytes is there when it answers to our own record id and
 * `may_be_ours`: an earlier try of this delivery sent it. */
static enum err_code compare(const struct http_target *http, const struct target_record *record,
                             struct js *roots, bool may_be_ours, bool *out_there, struct err *err)
{
    struct http_held held;
    enum err_code code = http_look(http, roots, &held, err);
    if (code || !held.there) {
        *out_there = false;
        return code;
    }
    if (held.pdf_proof == TARGET_PROOF_ANSWER && !may_be_ours)
        return err_set(err, ERR_TARGET_CONFLICT,
                       "the receiver has this record already and shows nothing to compare");
    if (held.pdf_proof != TARGET_PROOF_ANSWER && strcmp(held.pdf.sha256, record->pdf_sha256) != 0)
        return confirm_other(http, roots, &held, err);
    *out_there = true;
    return ERR_OK;
}

/* ---- sending ---------------------------------------------------------------------------------
 */

static enum err_code send_roots(const struct http_target *http, const struct target_record *record,
                                struct js **out, struct err *err)
{
    AUTO(js) struct js *json = NULL;
    AUTO(js) struct js *roots = http_session_roots(http->session);
    char name[80];
    snprintf(name, sizeof name, "%s.pdf", record->record_id);
    enum err_code code = js_read_fd(record->json_fd, &json, err);
    if (code)
        return err_context(err, code, "record JSON to send");
    bool ok = js_set(json, "record_id", js_text(record->record_id)) &&
              js_set(json, "dossier_code", js_text(record->dossier_code)) &&
              js_set(roots, "record", TAKE(json)) && js_set(roots, "key", js_text(record->key)) &&
              js_set(roots, "replaces", js_text(record->replaces)) &&
              js_set(roots, "hidden", js_bool(record->hidden)) &&
              js_set(roots, "file",
                     js_pack("{s:s, s:I, s:s, s:s}", "name", name, "size",
                             (long long)record->pdf_size_bytes, "sha256", record->pdf_sha256,
                             "record_sha256", record->json_sha256));
    if (!ok)
        return no_memory(err);
    *out = TAKE(roots);
    return ERR_OK;
}

/* It has something under that key: the same record, or its case without this paper. */
static enum err_code settle_existing(const struct http_target *http,
                                     const struct target_record *record, struct js *roots,
                                     bool *out_already, struct err *err)
{
    enum mapping_meaning meaning;
    const struct js *update = http_operation(http, "update");
    enum err_code code = compare(http, record, roots, record->ask_first, out_already, err);
    if (code || *out_already)
        return code;
    if (!update)
        return err_set(err, ERR_TARGET_CONFLICT,
                       "the receiver says that it has this record, and does not show it");
    code = http_session_call(http->session, update, roots, "remote", &meaning, err);
    if (!code && meaning != MAPPING_OK)
        code = err_set(err, ERR_TARGET_BAD_REPLY, "an update that is no success");
    return code;
}

static enum err_code send_record(const struct http_target *http, const struct target_record *record,
                                 struct js *roots, bool *out_already, struct err *err)
{
    enum mapping_meaning meaning = MAPPING_OK;
    enum err_code code = http_session_call(http->session, http_operation(http, "send"), roots,
                                           "remote", &meaning, err);
    if (!code && meaning == MAPPING_EXISTS)
        return settle_existing(http, record, roots, out_already, err);
    if (!code && meaning != MAPPING_OK)
        code = err_set(err, ERR_TARGET_MISSING, "the receiver has no place for records");
    return code;
}

static enum err_code http_send(struct target *target, const struct target_record *record,
                               struct target_sent *out, struct err *err)
{
    const struct http_target *http = (const struct http_target *)target;
    AUTO(js) struct js *roots = NULL;
    AUTO(mem) char *note = http_note_path(http, record->record_id);
    struct target_sent sent = {0};
    enum err_code code = note ? send_roots(http, record, &roots, err) : no_memory(err);
    if (!code && record->ask_first)
        code = compare(http, record, roots, true, &sent.already_there, err);
    if (!code && !sent.already_there)
        code = http_upload(http->session, record, note, roots, err);
    if (!code && !sent.already_there)
        code = send_record(http, record, roots, &sent.already_there, err);
    if (!code)
        code = http_name_write(http->name_paths, roots, sent.remote_name, err);
    if (code)
        return code;
    unlink(note);
    *out = sent;
    return ERR_OK;
}

/* ---- the target ------------------------------------------------------------------------------
 */

static void http_free(struct target *target)
{
    struct http_target *http = (struct http_target *)target;
    http_session_free(http->session);
    js_free(http->name_paths);
    mem_free(http->name);
    mem_free(http->notes);
    mem_free(http);
}

enum err_code target_http_new(struct http_session *session, const char *name, const char *notes,
                              struct target **out, struct err *err)
{
    static const struct target_ops ops = {
        .send = http_send,
        .verify = http_verify,
        .withdraw = http_withdraw,
        .show = http_show,
        .look_up = http_look_up,
        .fetch = http_fetch,
        .reserve_code = http_reserve_code,
        .free = http_free,
    };
    struct http_target *http = mem_alloc(sizeof *http);
    if (!http) {
        http_session_free(session);
        return no_memory(err);
    }
    const struct js *paths = mapping_at(http_session_mapping(session), "name");
    *http = (struct http_target){
        .target.ops = &ops,
        .session = session,
        .name_paths =
            paths ? js_ref(paths) : js_pack("[s, s]", "record.dossier_code", "record.record_id"),
        .name = mem_strdup(name),
        .notes = mem_strdup(notes),
    };
    if (!http->name_paths || !http->name || !http->notes) {
        http_free(&http->target);
        return no_memory(err);
    }
    *out = &http->target;
    return ERR_OK;
}
