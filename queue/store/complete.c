#include "queue/store/complete.h"

#include "daemon/base/sys.h"
#include "daemon/base/text.h"
#include "daemon/model/doc_type.h"
#include "daemon/model/page_info.h"
#include "daemon/model/words.h"
#include "queue/store/advance.h"
#include "queue/store/audit.h"
#include "queue/store/claim.h"
#include "queue/store/completion.h"
#include "queue/store/component.h"
#include "queue/store/delivery_wait.h"
#include "queue/store/document.h"
#include "queue/store/document_code.h"
#include "queue/store/fields.h"
#include "queue/store/handover.h"
#include "queue/store/import.h"
#include "queue/store/inside.h"
#include "queue/store/parting.h"
#include "queue/store/pass.h"
#include "queue/store/question.h"
#include "queue/store/receipt.h"
#include "queue/store/reconcile_look.h"
#include "queue/store/record.h"
#include "queue/store/register.h"
#include "queue/store/reserve.h"
#include "queue/store/secret.h"
#include "queue/store/stray.h"
#include "queue/store/withdraw.h"

#include <stdio.h>
#include <string.h>

#define THUMB_MAX_BYTES (8u << 20)

enum err_code completion_move(const struct completion *c, const char *from, const char *to,
                              const char *event, struct err *err)
{
    return store_advance(c->store,
                         &(struct advance){.machine = c->claim->machine,
                                           .id = c->id,
                                           .from = from,
                                           .to = to,
                                           .event = event,
                                           .by = c->by},
                         err);
}

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NO_MEMORY, "result");
}

/* ---- recognize ---- */

static enum err_code put_words(const struct completion *c, char sha256[HASH_HEX_SIZE],
                               struct err *err)
{
    AUTO(words)
    struct words words = {0};
    if (c->fd_count < 2)
        return err_set(err, ERR_BAD_MESSAGE, "words and thumbnail are not there");
    enum err_code code = words_read_fd(c->fds[0], &words, err);
    if (code)
        return err_context(err, code, "words");
    return blob_put_fd(c->store->blobs, c->store->db, c->fds[0], JS_MAX_BYTES, sha256, err);
}

/* A known way of scanning and the writing on the page disagree about which way is up; a person who
 * turned it has decided. */
static enum err_code compare_turn(const struct completion *c, int found_deg, struct err *err)
{
    int64_t known_deg;
    enum err_code code = db_number(
        c->store->db, "SELECT known_turn_deg FROM page WHERE id = ? AND turned_deg IS NULL",
        DB_BIND(DB_TEXT(c->id)), found_deg, &known_deg, err);
    if (code)
        return code;
    return known_deg == found_deg ? question_drop(c->store, c->id, QUESTION_TURN, err)
                                  : question_raise(c->store, c->id, QUESTION_TURN, err);
}

/* What it says about being a copy: a proposal. */
static enum err_code store_copy_mark(const struct completion *c, struct err *err)
{
    AUTO(mem) char *text = js_has(c->result, "copy") ? js_dump(js_at(c->result, "copy")) : NULL;
    return db_run(c->store->db, "UPDATE page SET copy_mark = ? WHERE id = ?",
                  DB_BIND(DB_TEXT(text), DB_TEXT(c->id)), err);
}

static enum err_code store_recognized(const struct completion *c, struct err *err)
{
    char words[HASH_HEX_SIZE], thumb[HASH_HEX_SIZE];
    AUTO(page_info)
    struct page_info info = {0};
    AUTO(mem)
    char *text = NULL;
    int64_t count;
    enum err_code code = js_get_int(c->result, "words", &count, err);
    if (!code)
        code = page_info_from_js(js_at(c->result, "page"), &info, err);
    if (!code) {
        AUTO(js)
        struct js *value = page_info_to_js(&info);
        text = value ? js_dump(value) : NULL;
        code = text ? ERR_OK : no_memory(err);
    }
    if (!code)
        code = put_words(c, words, err);
    if (!code)
        code = blob_put_fd(c->store->blobs, c->store->db, c->fds[1], THUMB_MAX_BYTES, thumb, err);
    if (!code)
        code = store_run_one(
            c->store, "page",
            "UPDATE page SET info = ?, blank = ?, width_mm = ?, height_mm = ?, "
            "words_sha256 = ?, thumb_sha256 = ?, word_count = ?, "
            "mean_confidence = ?, words_source = ? WHERE id = ?",
            DB_BIND(DB_TEXT(text), DB_INT(info.blank), DB_REAL(info.size.w), DB_REAL(info.size.h),
                    DB_TEXT(words), DB_TEXT(thumb), DB_INT(count),
                    DB_REAL(js_real_or(c->result, "mean_confidence", 0)),
                    DB_TEXT(js_text_or(c->result, "words_source", NULL)), DB_TEXT(c->id)),
            err);
    if (!code)
        code = store_copy_mark(c, err);
    if (!code)
        code = compare_turn(c, info.rotation_deg, err);
    return code ? code : completion_move(c, "captured", "recognized", "recognize", err);
}

/* Of a page with the mark of a secret paper nothing that was read is kept. */
static enum err_code complete_recognize(const struct completion *c, struct err *err)
{
    bool locked = false;
    const char *mark = js_text_or(c->result, "secret", NULL);
    enum err_code code = mark ? secret_found(c->store, c->id, mark, c->by, &locked, err) : ERR_OK;
    return code || locked ? code : store_recognized(c, err);
}

/* ---- understand ---- */

static enum err_code store_type(const struct completion *c, struct err *err)
{
    const char *type;
    enum err_code code = js_get_text(c->result, "type", &type, err);
    if (code)
        return code;
    type = doc_type_slug(doc_type_from_slug(type));
    return store_run_one(c->store, "document",
                         "UPDATE document SET type = ?, type_score = ?, kind_abbr = ?, "
                         "kind_name = ?, readings = readings + 1 WHERE id = ?",
                         DB_BIND(DB_TEXT(type), DB_REAL(js_real_or(c->result, "type_score", 0)),
                                 DB_TEXT(js_text_or(c->result, "kind.abbr", NULL)),
                                 DB_TEXT(js_text_or(c->result, "kind.name", NULL)), DB_TEXT(c->id)),
                         err);
}

/* In a pile of several dossiers a paper lay behind the receipt of one: read by itself it does not
 * say so any more. */
#define PILE_CODE_KEPT                                                                             \
    "json_patch('{}', json_object('dossier_code', json_extract(starts_document, "                  \
    "'$.dossier_code')))"

static enum err_code store_starts(const struct completion *c, struct err *err)
{
    const struct js *pages = js_at(c->result, "pages");
    enum err_code code = ERR_OK;
    for (size_t i = 0; !code && i < js_count(pages); i++) {
        const struct js *page = js_item(pages, i);
        AUTO(js) struct js *starts = js_copy(js_at(page, "starts_document"));
        if (js_has(page, "separator") &&
            !js_set(starts, "separator", js_ref(js_at(page, "separator"))))
            return no_memory(err);
        AUTO(mem)
        char *text = starts ? js_dump(starts) : NULL;
        code = db_run(c->store->db,
                      "UPDATE page SET starts_document = json_patch(" PILE_CODE_KEPT
                      ", ?) WHERE id = (SELECT id FROM page "
                      "WHERE document_id = ? AND state = 'recognized' ORDER BY position "
                      "LIMIT 1 OFFSET ?)",
                      DB_BIND(DB_TEXT(text), DB_TEXT(c->id), DB_INT((int64_t)i)), err);
    }
    return code;
}

static enum err_code complete_understand(const struct completion *c, struct err *err)
{
    AUTO(fields)
    struct fields fields = {0};
    enum err_code code = fields_from_js(js_at(c->result, "fields"), &fields, err);
    if (!code)
        code = fields_store_proposal(c->store, c->id, &fields, err);
    if (!code)
        code = store_type(c, err);
    if (!code)
        code = component_settle_around(c->store, c->id, err);
    if (!code)
        code = store_starts(c, err);
    if (!code)
        code = completion_move(c, "open", "read", "understand", err);
    if (!code)
        code = document_part(c->store, c->id, c->by, err);
    if (!code)
        code = import_part(c->store, c->id, c->by, err);
    if (!code)
        code = stray_ask(c->store, c->id, err);
    return code ? code : register_read(c->store, c->id, err);
}

/* ---- compose, seal ---- */

static enum err_code take_output(const struct completion *c, const char **out_sha256,
                                 struct err *err)
{
    char temp[JOB_TEMP_SIZE];
    int64_t size;
    job_temp_name(c->claim->id, temp);
    enum err_code code = js_get_text(c->result, "sha256", out_sha256, err);
    if (!code)
        code = js_get_int(c->result, "size_bytes", &size, err);
    if (!code)
        code = blob_commit(c->store->blobs, c->store->db, temp, *out_sha256, size, err);
    return code;
}

static enum err_code complete_compose(const struct completion *c, struct err *err)
{
    const char *sha256;
    enum err_code code = take_output(c, &sha256, err);
    if (!code)
        code = db_run(c->store->db,
                      "UPDATE document SET composed_sha256 = ? WHERE id = ? AND state = 'copied'",
                      DB_BIND(DB_TEXT(sha256), DB_TEXT(c->id)), err);
    if (!code && db_changes(c->store->db) != 1)
        code = err_set(err, ERR_STATE_CHANGED, "document is no longer copied");
    if (!code)
        code = audit_write(
            c->store,
            &(struct audit){.kind = "document", .id = c->id, .event = "compose", .by = c->by}, err);
    return code;
}

static enum err_code add_signature(const struct completion *c, struct err *err)
{
    const struct js *s;
    const char *kind, *level, *signer;
    int64_t signed_us, ordinal;
    enum err_code code = js_get_object(c->result, "signature", &s, err);
    if (!code)
        code = js_get_text(s, "kind", &kind, err);
    if (!code)
        code = js_get_text(s, "level", &level, err);
    if (!code)
        code = js_get_text(s, "signer", &signer, err);
    if (!code)
        code = js_get_int(s, "signed_at_us", &signed_us, err);
    if (!code)
        code =
            db_number(c->store->db, "SELECT max(ordinal) + 1 FROM signature WHERE document_id = ?",
                      DB_BIND(DB_TEXT(c->id)), 1, &ordinal, err);
    if (code)
        return err_context(err, code, "signature");
    return db_run(c->store->db,
                  "INSERT INTO signature (document_id, ordinal, kind, level, signer, serial, "
                  "signed_us, block_moved) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                  DB_BIND(DB_TEXT(c->id), DB_INT(ordinal), DB_TEXT(kind), DB_TEXT(level),
                          DB_TEXT(signer), DB_TEXT(js_text_or(s, "serial", "")), DB_INT(signed_us),
                          DB_INT(js_bool_or(s, "block_moved", false))),
                  err);
}

static enum err_code complete_seal(const struct completion *c, struct err *err)
{
    const char *sha256;
    enum err_code code = take_output(c, &sha256, err);
    if (!code)
        code = add_signature(c, err);
    if (!code)
        code = store_run_one(c->store, "document",
                             "UPDATE document SET signed_sha256 = ? WHERE id = ?",
                             DB_BIND(DB_TEXT(sha256), DB_TEXT(c->id)), err);
    if (!code)
        code = completion_move(c, "copied", "signed", "sign", err);
    return code ? code : document_supersede_old(c->store, c->id, c->by, err);
}

/* ---- extract, code, queue: no worker, the store does it ---- */

static enum err_code complete_extract(const struct completion *c, struct err *err)
{
    bool passed = false;
    enum err_code code = pass_on(c->store, c->id, c->by, &passed, err);
    return code || passed ? code : completion_move(c, "signed", "extracted", "confirm", err);
}

static enum err_code complete_code(const struct completion *c, struct err *err)
{
    enum err_code code = document_give_code(c->store, c->id, c->by, err);
    return code ? code : completion_move(c, "extracted", "coded", "code", err);
}

static enum err_code add_delivery(const struct completion *c, const char *target,
                                  const struct delivery_wish *wish, struct err *err)
{
    char id[ID_SIZE];
    int64_t now_us = sys_now_us();
    id_new(id);
    enum err_code code = db_run(
        c->store->db,
        "INSERT INTO delivery (id, document_id, target, state, state_us, created_us, urgent) "
        "SELECT ?1, d.id, ?3, 'queued', ?4, ?4, s.urgent FROM document d "
        "JOIN dossier s ON s.id = d.dossier_id WHERE d.id = ?2",
        DB_BIND(DB_TEXT(id), DB_TEXT(c->id), DB_TEXT(target), DB_INT(now_us)), err);
    if (!code)
        code = audit_write(c->store,
                           &(struct audit){.kind = "delivery",
                                           .id = id,
                                           .event = "create",
                                           .to = "queued",
                                           .detail = target,
                                           .by = c->by},
                           err);
    if (!code)
        code = handover_apply(c->store, id, wish, err);
    if (!code)
        store_touch(c->store, "delivery", id);
    return code;
}

/* What it replaced goes where this one is never to come. */
static enum err_code settle_replaced(const struct completion *c, struct err *err)
{
    AUTO(mem) char *older = NULL;
    enum err_code code = db_text(c->store->db, "SELECT replaces FROM document WHERE id = ?",
                                 DB_BIND(DB_TEXT(c->id)), &older, err);
    return code || !older ? code : withdraw_settle_document(c->store, older, c->by, err);
}

static enum err_code add_wanted(const struct completion *c, const char *target, struct err *err)
{
    struct delivery_wish wish;
    enum err_code code = handover_wish(c->store, c->id, target, &wish, err);
    return code || !wish.wanted ? code : add_delivery(c, target, &wish, err);
}

static enum err_code complete_queue(const struct completion *c, struct err *err)
{
    enum err_code code = record_store(c->store, c->id, err);
    for (size_t i = 0; !code && i < c->store->target_count; i++)
        code = add_wanted(c, c->store->targets[i], err);
    if (!code)
        code = delivery_wait_begin(c->store, c->id, err);
    if (!code)
        code = completion_move(c, "coded", "queued", "queue", err);
    return code ? code : settle_replaced(c, err);
}

/* ---- send, accept, reconcile ---- */

static enum err_code complete_send(const struct completion *c, struct err *err)
{
    const char *remote_name;
    enum err_code code = js_get_text(c->result, "remote_name", &remote_name, err);
    if (!code)
        code = store_run_one(
            c->store, "delivery",
            "UPDATE delivery SET remote_name = ?, ask_first = 0, said = NULL WHERE id = ?",
            DB_BIND(DB_TEXT(remote_name), DB_TEXT(c->id)), err);
    return code ? code : completion_move(c, "sending", "sent", "send", err);
}

static enum err_code complete_accept(const struct completion *c, struct err *err)
{
    enum err_code code = receipt_store(c, err);
    return code ? code : completion_move(c, "sent", "accepted", "accept", err);
}

/* ---- all ---- */

static const struct {
    const char *stage;
    enum err_code (*complete)(const struct completion *c, struct err *err);
} completers[] = {
    {"recognize", complete_recognize}, {"understand", complete_understand},
    {"compose", complete_compose},     {"seal", complete_seal},
    {"extract", complete_extract},     {"code", complete_code},
    {"queue", complete_queue},         {"send", complete_send},
    {"reserve", reserve_complete},     {"accept", complete_accept},
    {"reconcile", reconcile_complete}, {"withdraw", withdraw_complete},
    {"show", handover_complete},
};

static enum err_code run_stage(const struct completion *c, struct err *err)
{
    for (size_t i = 0; i < sizeof completers / sizeof *completers; i++) {
        if (strcmp(completers[i].stage, c->claim->stage) != 0)
            continue;
        enum err_code code = completers[i].complete(c, err);
        return code ? err_context(err, code, "%s", c->claim->stage) : ERR_OK;
    }
    return err_set(err, ERR_INTERNAL, "stage '%s' has no end", c->claim->stage);
}

enum err_code store_complete(struct store *store, const char *claim_id, const struct js *result,
                             const int *fds, size_t fd_count, struct principal by, struct err *err)
{
    AUTO(tx)
    struct tx tx = TX_INIT;
    struct claim claim = {0};
    bool ended = false;
    enum err_code code = claim_ended_as(store, claim_id, "complete", &ended, err);
    if (code || ended)
        return code;
    code = tx_begin(&tx, store->db, err);
    if (!code)
        code = claim_find(store, claim_id, &claim, err);
    struct completion c = {.store = store,
                           .claim = &claim,
                           .id = claim.subject_id,
                           .result = result,
                           .fds = fds,
                           .fd_count = fd_count,
                           .by = by};
    if (!code)
        code = run_stage(&c, err);
    if (!code)
        code = subject_set_wait(store, claim.machine, claim.subject_id, 0, 0, err);
    if (!code)
        code = claim_end(store, &claim, "complete", err);
    if (!code && claim.machine == MACHINE_delivery)
        code = withdraw_settle(store, claim.subject_id, by, err);
    if (!code)
        code = tx_commit(&tx, err);
    if (code)
        return code;
    store_touch(store, machine_name(claim.machine), claim.subject_id);
    job_discard_temps(store, &claim);
    return ERR_OK;
}
