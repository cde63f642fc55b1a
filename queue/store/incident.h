#ifndef SOHOA_STORE_INCIDENT_H
#define SOHOA_STORE_INCIDENT_H

#include "queue/store/store.h"

/*
 * Personal data reached somebody it is not about: the case is marked, for good unless the
 * withdrawal that said so is undone. Who is to be told, and until when, the page and the report say
 * (regulations 9.7: 72 hours).
 */

#define INCIDENT_NOTICE_US (INT64_C(72) * 3600 * 1000000)

/* Inside the caller's transaction. */
enum err_code incident_note(struct store *store, const char *dossier_id, const char *document_id,
                            struct principal by, struct err *err);
enum err_code incident_undo(struct store *store, const char *document_id, struct principal by,
                            struct err *err);

/* Sets "incidents" of a dossier: [{"id", "kind", "document_id", "noted_us", "noted_by",
 * "notify_before_us"}…], oldest first, undone ones left out. */
enum err_code incident_show(struct store *store, const char *dossier_id, struct js *dossier,
                            struct err *err);

/* Those noted on the days `from` to `to` (2026-01-31, both among them): as above, each with
 * "dossier_id", "dossier_code", "owner_id", "result_code", "reason" and the "targets" that had the
 * record: [{"target", "state"}…]. */
enum err_code incident_list(struct store *store, const char *from, const char *to, struct js **out,
                            struct err *err);

#endif
