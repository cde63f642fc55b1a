#ifndef SOHOA_STORE_HANDOVER_H
#define SOHOA_STORE_HANDOVER_H

#include "queue/store/store.h"

/*
 * Which records go to the owner's warehouse, and when the citizen may see them there (regulations
 * 1.7, 2.5, 4.2). A target of role "owner" takes what has a real result code and an agency's
 * signature; a code that is still provisional is waited for. A signature is an agency's when the
 * file came signed, that signature fits its bytes, and it was made with one of the certificates
 * that store_options name: names in certificates can be claimed by anybody, what a key signed
 * cannot.
 *
 * What the citizen handed in is never held back; anything else goes by the target's setting.
 */
enum handover { HANDOVER_NONE, HANDOVER_HIDDEN, HANDOVER_HELD };

struct target_rule {
    const char *name;
    bool is_owner;
    enum handover handover;
};

/* "owner,held:NAME"; system or owner, none, hidden or held. false: not that. The name is borrowed
 * from the text. */
bool target_rule_from_text(const char *text, struct target_rule *out);

struct delivery_wish {
    bool wanted;           /* false: none for this target */
    const char *waits_for; /* NULL, "code", "handover" */
    bool hidden;
};

/* ---- inside the caller's transaction ---- */

/* What a document that is queued now has to do with that target. */
enum err_code handover_wish(struct store *store, const char *document_id, const char *target,
                            struct delivery_wish *out, struct err *err);
/* Gives a delivery that was just made its wish; a hidden one has its own record. */
enum err_code handover_apply(struct store *store, const char *delivery_id,
                             const struct delivery_wish *wish, struct err *err);
/* The document has its real code: deliveries that waited for it have it in their own record, and
 * wait for it no longer. */
enum err_code handover_code_is_real(struct store *store, const char *document_id,
                                    struct principal by, struct err *err);
/* Records of deliveries' own that no target has had yet, written anew. */
enum err_code handover_rewrite_records(struct store *store, const char *document_id,
                                       struct err *err);

/* Sets "handed_over": {"us", "by"} or null, "waits_for_handover": deliveries that wait for it or
 * are hidden until then. */
enum err_code handover_show(struct store *store, const char *dossier_id, struct js *dossier,
                            struct err *err);

/* Of stage "show": args of the job, and its end. */
enum err_code handover_job(struct store *store, const char *delivery_id, struct js **out,
                           struct err *err);
struct completion;
enum err_code handover_complete(const struct completion *c, struct err *err);

/* ---- */

/* The result was handed over: what waited for that is sent, what is hidden is shown. Again is fine,
 * a closed dossier, too. NOT_FOUND */
enum err_code dossier_handed_over(struct store *store, const char *dossier_id, struct principal by,
                                  struct err *err);

#endif
