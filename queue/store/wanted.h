#ifndef SOHOA_STORE_WANTED_H
#define SOHOA_STORE_WANTED_H

#include "queue/store/store.h"

/*
 * Which papers a procedure wants, by the rules of the day of reception: components from the
 * catalogue rule-sets, results (group e) from the catalogue procedures. What is in no catalogue
 * blocks nobody: the list is shorter, "gap" is true, and the gap is noted for IT staff.
 */

struct wanted_of {
    const char *procedure;     /* its short code */
    const char *received;      /* day */
    const char *rules_version; /* NULL, "" or without this procedure: what holds on that day */
};

/* {"procedure": {"code", "name" or null}, "received_on", "rule_set": {"id", "instruments"},
 * "rules_version" or null, "gap", "papers": [{"stage": "component" or "result", "code", "name",
 * "type" or null, "group", "duty": "mandatory" "on_demand" "never", "instrument"?}…]} */
enum err_code wanted_papers(struct store *store, const struct wanted_of *of, struct js **out,
                            struct err *err);

/* The same for a dossier, each paper with its "documents" (ids) and its "state": "have", "missing",
 * "awaited" (a result), "on_demand" or "never"; "others": documents that are none of them. Without
 * a procedure "procedure" is null and all documents are others. A document is told by its name
 * where that is the paper's, else by its type. NOT_FOUND */
enum err_code wanted_of_dossier(struct store *store, const char *id, struct js **out,
                                struct err *err);

#endif
