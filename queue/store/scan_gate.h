#ifndef SOHOA_STORE_SCAN_GATE_H
#define SOHOA_STORE_SCAN_GATE_H

#include "queue/store/component.h"

/*
 * The gate before a scan (R-01, R-03; regulations 1.2, 2.1.3, 3.6): whoever says which wanted paper
 * comes has to say why, where it is held already or need not be digitized, and that the citizen
 * asked, where it is digitized on demand only. What is only to be shown or secret passes never.
 * Nobody has to say which paper comes: free papers are not stopped.
 */

struct scan_for {
    const char *stage;  /* NULL: the first that has the code; of none of them: nobody says */
    const char *code;   /* NULL: nothing said; "": none of the wanted papers */
    const char *reason; /* of daemon/model/scan_reasons.def; NULL */
    const char *note;   /* in words, wanted for "other"; NULL */
    const char *holder; /* agency or database that holds the data; NULL: as the look-up says */
    const char *separators, *split; /* how the pile is parted (parting.h); NULL: nothing said */
};

/* A document for that paper, nothing scanned yet: the document, its paper, the reason and what was
 * found, in one transaction. PAPER_UNKNOWN, PAPER_HELD, PAPER_NOT_DIGITIZED, PAPER_ON_DEMAND,
 * PAPER_SHOWN_ONLY, PAPER_SECRET (each noted in the audit of the dossier), BAD_ARGUMENT,
 * STATE_CHANGED, NOT_FOUND. out_id: ID_SIZE bytes. */
enum err_code scan_gate_begin(struct store *store, const char *dossier_id,
                              const struct scan_for *wish, struct principal by, char *out_id,
                              struct err *err);
/* The same about a document that is there; STATE_CHANGED from its result code on. */
enum err_code scan_gate_say(struct store *store, const char *document_id,
                            const struct scan_for *wish, struct principal by, struct err *err);

/* Inside the caller's transaction: a person's words why it is sent although somebody holds it, who
 * could not be asked before it was scanned. PAPER_UNKNOWN, NOT_FOUND */
enum err_code scan_gate_reason_since(struct store *store, const char *document_id, const char *note,
                                     struct principal by, struct err *err);

/* Adds to each paper "reasons": [{"document_id", "reason", "note", "holder", "given_us",
 * "given_by"}…] of documents it has, "gate" and "asks" (wanted.h). */
enum err_code scan_gate_add(struct store *store, const char *dossier_id, const struct js *papers,
                            struct err *err);

/* Data that exists but could not be used (regulations 3.6), for its holders to mend: [{"reason",
 * "procedure_code", "procedure" or null, "stage", "paper_code", "paper", "holder" or null, "count",
 * "dossiers": [code or id…]}…] of the last reason given for a document, on these
 * days, inclusive. Nothing about people. */
enum err_code scan_gate_unusable(struct store *store, const char *first, const char *last,
                                 struct js **out, struct err *err);

#endif
