#include "queue/upload/target_http_inside.h"

#include "daemon/base/sys.h"
#include "daemon/base/text.h"
#include "daemon/base/when.h"
#include "queue/upload/http_name.h"
#include "queue/upload/mapping_apply.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NO_MEMORY, "no memory for a question");
}

const struct js *http_operation(const struct http_target *http, const char *name)
{
    return mapping_operation(http_session_mapping(http->session), name);
}

static enum err_code need(const struct http_target *http, const char *name, const struct js **out,
                          struct err *err)
{
    *out = http_operation(http, name);
    return *out ? ERR_OK
                : err_set(err, ERR_TARGET_CANNOT, "the mapping has no operations.%s", name);
}

static enum target_proof proof_of(const struct http_target *http)
{
    const char *proof =
        js_text_or(mapping_at(http_session_mapping(http->session), "proof"), "", "");
    if (strcmp(proof, "read") == 0)
        return TARGET_PROOF_READ;
    return strcmp(proof, "hash") == 0 ? TARGET_PROOF_HASH : TARGET_PROOF_ANSWER;
}

/* ---- what it holds ---------------------------------------------------------------------------
 */

/* The receiver's own statement of a hash, in any case of letters. */
static enum err_code stated_hash(const struct js *roots, const char *path, char out[HASH_HEX_SIZE],
                                 struct err *err)
{
    AUTO(mem) char *text = text_lower(js_text_or(roots, path, ""));
    if (!text)
        return no_memory(err);
    if (!hash_is_hex(text))
        return err_set(err, ERR_TARGET_BAD_REPLY, "the receiver states a hash that is no SHA-256");
    memcpy(out, text, HASH_HEX_SIZE);
    return ERR_OK;
}

static enum err_code ask(const struct http_target *http, struct js *roots, bool *out_there,
                         struct err *err)
{
    enum mapping_meaning meaning = MAPPING_OK;
    const struct js *question = http_operation(http, "ask");
    enum err_code code =
        question ? http_session_call(http->session, question, roots, "remote", &meaning, err)
                 : ERR_OK;
    if (!code)
        *out_there = meaning != MAPPING_NOT_FOUND;
    return code;
}

static enum err_code read_back(const struct http_target *http, struct js *roots,
                               struct http_held *out, struct err *err)
{
    enum mapping_meaning meaning = MAPPING_OK;
    enum err_code code = http_session_download(http->session, http_operation(http, "download"),
                                               roots, &meaning, &out->pdf, err);
    if (!code)
        out->there = meaning == MAPPING_OK;
    return code;
}

/* Asks for the record in `roots` and proves its PDF as far as the receiver lets us. */
enum err_code http_look(const struct http_target *http, struct js *roots, struct http_held *out,
                        struct err *err)
{
    struct http_held held = {.pdf_proof = proof_of(http), .json_proof = TARGET_PROOF_ANSWER};
    enum err_code code = ask(http, roots, &held.there, err);
    if (!code && held.there && held.pdf_proof == TARGET_PROOF_READ)
        code = read_back(http, roots, &held, err);
    else if (!code && held.there && held.pdf_proof == TARGET_PROOF_HASH)
        code = stated_hash(roots, "remote.sha256", held.pdf.sha256, err);
    if (!code && held.there && js_has(roots, "remote.record_sha256"))
        held.json_proof = TARGET_PROOF_HASH;
    if (!code)
        *out = held;
    return code;
}

/* ---- asking about what was sent --------------------------------------------------------------
 */

static enum err_code named_roots(const struct http_target *http, const char *remote_name,
                                 struct js **out, struct err *err)
{
    AUTO(js) struct js *roots = http_session_roots(http->session);
    if (!roots)
        return no_memory(err);
    enum err_code code = http_name_read(http->name_paths, remote_name, roots, err);
    if (!code)
        *out = TAKE(roots);
    return code;
}

static enum err_code check_held(const struct http_held *held, const struct js *roots,
                                const char *pdf_sha256, const char *json_sha256, struct err *err)
{
    char stated[HASH_HEX_SIZE] = "";
    if (!held->there)
        return err_set(err, ERR_NOT_FOUND, "the receiver has no such record");
    if (held->pdf_proof != TARGET_PROOF_ANSWER && strcmp(held->pdf.sha256, pdf_sha256) != 0)
        return err_set(err, ERR_TARGET_MISMATCH, "the pdf holds other bytes than were sent");
    if (held->json_proof == TARGET_PROOF_ANSWER)
        return ERR_OK;
    enum err_code code = stated_hash(roots, "remote.record_sha256", stated, err);
    if (!code && strcmp(stated, json_sha256) != 0)
        code = err_set(err, ERR_TARGET_MISMATCH, "the json holds other bytes than were sent");
    return code;
}

enum err_code http_verify(struct target *target, const char *remote_name, const char *pdf_sha256,
                          const char *json_sha256, struct target_receipt *out, struct err *err)
{
    const struct http_target *http = (const struct http_target *)target;
    AUTO(js) struct js *roots = NULL;
    struct http_held held = {0};
    enum err_code code = named_roots(http, remote_name, &roots, err);
    if (!code)
        code = http_look(http, roots, &held, err);
    if (!code)
        code = check_held(&held, roots, pdf_sha256, json_sha256, err);
    if (code)
        return code;
    struct target_receipt receipt = {.pdf = held.pdf,
                                     .pdf_proof = held.pdf_proof,
                                     .json_proof = held.json_proof,
                                     .read_at_us = sys_now_us()};
    snprintf(receipt.pdf.sha256, sizeof receipt.pdf.sha256, "%s", pdf_sha256);
    snprintf(receipt.json.sha256, sizeof receipt.json.sha256, "%s", json_sha256);
    *out = receipt;
    return ERR_OK;
}

/* ---- taking back, showing --------------------------------------------------------------------
 */

/* The receiver says what it did: nothing to read back but the question whether it is there. */
static enum err_code mark(const struct http_target *http, const struct js *what, struct js *roots,
                          struct target_mark *out, struct err *err)
{
    enum mapping_meaning meaning = MAPPING_OK;
    struct target_mark made = {0};
    enum err_code code = http_session_call(http->session, what, roots, "remote", &meaning, err);
    if (code)
        return code;
    AUTO(mem) char *id = mapping_scalar_text(js_at(roots, "remote.id"));
    made.already_there = meaning != MAPPING_OK;
    snprintf(made.name, sizeof made.name, "%s", id ? id : "");
    *out = made;
    return ERR_OK;
}

static enum err_code add_text(struct js *object, const char *key, const char *value,
                              struct err *err)
{
    return !value || js_set(object, key, js_text(value)) ? ERR_OK : no_memory(err);
}

/* What is asked about by record id alone when no try to send is known to have ended. */
static enum err_code withdrawal_roots(const struct http_target *http,
                                      const struct target_withdrawal *what, struct js **out,
                                      struct err *err)
{
    AUTO(js) struct js *roots = http_session_roots(http->session);
    AUTO(js)
    struct js *withdrawal =
        js_pack("{s:s, s:s?, s:s?, s:I}", "reason_code", what->reason_code, "replaced_by",
                what->replaced_by, "by", what->by, "at_us", (long long)what->at_us);
    char at[WHEN_ISO_SIZE];
    when_iso_local(what->at_us, at);
    enum err_code code = roots && withdrawal ? add_text(withdrawal, "at", at, err) : no_memory(err);
    if (!code && what->remote_name)
        code = http_name_read(http->name_paths, what->remote_name, roots, err);
    AUTO(js)
    struct js *record = js_has(roots, "record") ? js_copy(js_at(roots, "record")) : js_object();
    if (!code)
        code = add_text(record, "record_id", what->record_id, err);
    if (!code)
        code = add_text(record, "dossier_code", what->dossier_code, err);
    if (!code &&
        !(js_set(roots, "record", TAKE(record)) && js_set(roots, "withdrawal", TAKE(withdrawal)) &&
          js_set(roots, "key", js_text(what->key))))
        code = no_memory(err);
    if (!code)
        *out = TAKE(roots);
    return code;
}

enum err_code http_withdraw(struct target *target, const struct target_withdrawal *what,
                            struct target_mark *out, struct err *err)
{
    const struct http_target *http = (const struct http_target *)target;
    AUTO(js) struct js *roots = NULL;
    const struct js *withdraw = NULL;
    struct target_mark made;
    bool there = false;
    enum err_code code = need(http, "withdraw", &withdraw, err);
    if (!code)
        code = withdrawal_roots(http, what, &roots, err);
    if (!code)
        code = mark(http, withdraw, roots, &made, err);
    if (!code && http_operation(http, "ask"))
        code = ask(http, roots, &there, err);
    if (!code && there)
        code = err_set(err, ERR_TARGET_MISMATCH,
                       "the receiver took the withdrawal and still shows the record");
    if (code)
        return code;
    AUTO(mem) char *note = http_note_path(http, what->record_id);
    if (note)
        unlink(note); /* of an upload that nobody goes on with any more */
    *out = made;
    return ERR_OK;
}

enum err_code http_show(struct target *target, const struct target_showing *what,
                        struct target_mark *out, struct err *err)
{
    const struct http_target *http = (const struct http_target *)target;
    AUTO(js) struct js *roots = NULL;
    const struct js *show = NULL;
    enum err_code code = need(http, "show", &show, err);
    if (!code)
        code = named_roots(http, what->remote_name, &roots, err);
    if (!code &&
        !(js_set(roots, "key", js_text(what->key)) && js_set(roots, "hidden", js_bool(false))))
        code = no_memory(err);
    return code ? code : mark(http, show, roots, out, err);
}

/* ---- looking up, codes -----------------------------------------------------------------------
 */

static enum err_code ask_about(const struct http_target *http, const char *name, const char *root,
                               const struct js *about, struct js **out_roots,
                               enum mapping_meaning *out, struct err *err)
{
    AUTO(js) struct js *roots = http_session_roots(http->session);
    const struct js *question = NULL;
    enum err_code code = need(http, name, &question, err);
    if (!code && (!roots || !js_set(roots, root, js_ref(about))))
        code = no_memory(err);
    if (!code)
        code = http_session_call(http->session, question, roots, "remote", out, err);
    if (!code)
        *out_roots = TAKE(roots);
    return code;
}

/* Of a list the receiver gave, each entry with every key that we promise. */
static struct js *with_all_keys(const struct js *entries, const char *const keys[],
                                const char *const flags[])
{
    AUTO(js) struct js *list = js_array();
    bool ok = list;
    for (size_t i = 0; ok && i < js_count(entries); i++) {
        struct js *whole = js_object();
        const struct js *entry = js_item(entries, i);
        for (size_t k = 0; ok && keys[k]; k++)
            ok = js_set(whole, keys[k],
                        js_has(entry, keys[k]) ? js_ref(js_at(entry, keys[k])) : js_null());
        for (size_t k = 0; ok && flags[k]; k++)
            ok = js_set(whole, flags[k],
                        js_bool(js_bool_or(entry, flags[k], js_int_or(entry, flags[k], 0) != 0)));
        ok = js_push(list, whole) && ok;
    }
    return ok ? TAKE(list) : NULL;
}

enum err_code http_look_up(struct target *target, const struct js *question, struct js **out,
                           struct err *err)
{
    static const char *const keys[] = {"result_code", "name",       "number_symbol",
                                       "issuer",      "issue_date", "valid_until",
                                       "owner_id",    "files",      NULL};
    static const char *const flags[] = {"no_expiry", "replaced", NULL};
    AUTO(js) struct js *roots = NULL;
    enum mapping_meaning meaning = MAPPING_OK;
    enum err_code code = ask_about((const struct http_target *)target, "look_up", "question",
                                   question, &roots, &meaning, err);
    if (code)
        return code;
    const struct js *held = meaning == MAPPING_OK ? js_at(roots, "remote.held") : NULL;
    *out = js_pack("{s:o}", "held", with_all_keys(held, keys, flags));
    return *out ? ERR_OK : no_memory(err);
}

/* A file that somebody else holds is as long as one of ours may be. */
#define FETCH_MAX_BYTES (64u << 20)

enum err_code http_fetch(struct target *target, const struct js *what, struct transport_held *out,
                         struct err *err)
{
    const struct http_target *http = (const struct http_target *)target;
    AUTO(js) struct js *roots = http_session_roots(http->session);
    const struct js *fetch = NULL;
    enum mapping_meaning meaning = MAPPING_OK;
    struct transport_held held = {0};
    enum err_code code = need(http, "fetch", &fetch, err);
    if (!code && (!roots || !js_set(roots, "question", js_ref(what))))
        code = no_memory(err);
    if (!code)
        code = http_session_download(http->session, fetch, roots, &meaning, &held, err);
    if (!code && meaning != MAPPING_OK)
        code = err_set(err, ERR_NOT_FOUND, "the receiver has no such file");
    if (!code && held.size_bytes > FETCH_MAX_BYTES)
        code = err_set(err, ERR_TOO_LARGE, "a file of %llu bytes",
                       (unsigned long long)held.size_bytes);
    if (!code)
        *out = held;
    return code;
}

enum err_code http_reserve_code(struct target *target, const struct js *about, struct js **out,
                                struct err *err)
{
    AUTO(js) struct js *roots = NULL;
    enum mapping_meaning meaning = MAPPING_OK;
    enum err_code code = ask_about((const struct http_target *)target, "reserve_code", "about",
                                   about, &roots, &meaning, err);
    if (code)
        return code;
    const char *result_code = js_text_or(roots, "remote.result_code", "");
    if (meaning != MAPPING_OK || !*result_code)
        return err_set(err, ERR_TARGET_BAD_REPLY, "an answer without a result code");
    *out = js_pack("{s:s}", "result_code", result_code);
    return *out ? ERR_OK : no_memory(err);
}
