#ifndef SOHOA_STORE_WANTED_H
#define SOHOA_STORE_WANTED_H

#include "daemon/base/id.h"
#include "daemon/model/procedure_code.h"
#include "queue/store/store.h"

/*
 * Which papers a procedure wants, by the rules of the day of reception: components and
 * outputs from the catalogue rule-sets, results (group e) from the catalogue procedures. What is in
 * no catalogue blocks nobody: the list is shorter, "gap" is true, and the gap is noted for IT
 * staff.
 */

struct wanted_of {
    const char *procedure;     /* its short code */
    const char *received;      /* day */
    const char *rules_version; /* NULL, "" or without this procedure: what holds on that day */
    bool online;               /* filed online: some rules exempt what comes with it */
};

/* {"procedure": {"code", "name" or null}, "received_on", "rule_set": {"id", "instruments"},
 * "rules_version" or null, "gap", "papers": [{"stage": component.h, "code", "name", "type" or null,
 * "group", "duty": "mandatory" "on_demand" "never", "never": why or null ("shown", "secret",
 * "exempt": by the rules of that day, "online", "rules": by a row of its own), "instrument"?}…]} */
enum err_code wanted_papers(struct store *store, const struct wanted_of *of, struct js **out,
                            struct err *err);

/* The document type whose name the paper's name begins with, the longest of them: "Tờ khai đăng ký
 * khai sinh" is a declaration. NULL: none. */
const char *wanted_type_of_name(const char *name);

/* Rows of the catalogue about a procedure: as it was on the day of reception, for it may have been
 * abolished since; else, or without a day (NULL), as it is today. None: it knows nothing of it. */
enum err_code wanted_procedure(struct store *store, const char *procedure, const char *received,
                               struct js **out, struct err *err);

/* What a dossier is about, "" where nobody has said. */
struct wanted_case {
    char id[ID_SIZE], code[64], procedure[PROCEDURE_CODE_SIZE], received[11];
    char rules_version[ID_SIZE], channel[8], owner_id[32], owner_old_id[10];
    bool closed;
};
/* NOT_FOUND */
enum err_code wanted_case_get(struct store *store, const char *id, struct wanted_case *out,
                              struct err *err);

/* The same list for a dossier, each paper with its "documents" (ids); "others": documents that are
 * none of them. Without a procedure "procedure" is null and all documents are others. */
enum err_code wanted_placed(struct store *store, const char *id, struct js **out, struct err *err);

/* wanted_placed, and what is done about each paper:
 *   "state"    "have", "missing", "awaited" (a result), "on_demand" or "never"
 *   "earlier"  documents of the same case under an earlier dossier [{"document_id", "dossier_id",
 *              "result_code"}…]
 *   "held"     look_up.h: what the owner has that fits, fit to be used first
 *   "hit"      the paper was scanned before anybody could be asked, and is held: look_up_hit.h
 *   "reuse"    reuse.h, or null;  "demand": demand.h, or null;  "reasons": scan_gate.h
 *   "gate"     what a scan for it has to bring: null, "reason", "demand", or "closed": there is
 * none "asks"     the same about documents that are there without it, or null and for the whole
 * list "look_up": {"asked": ["local", …], "at_us", "answers", "sources": remote_held.h}, null where
 * owner or procedure are not known. */
enum err_code wanted_of_dossier(struct store *store, const char *id, struct js **out,
                                struct err *err);

#endif
