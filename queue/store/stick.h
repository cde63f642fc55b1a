#ifndef SOHOA_STORE_STICK_H
#define SOHOA_STORE_STICK_H

#include "queue/store/store.h"

/*
 * Records of a site without line go to their target as files on a stick (queue/upload/stick.h), and
 * its receipts come back the same way.
 *
 *   begin ──▶ add … add ──▶ written ──▶ receipts ──▶ returned
 *      └─ end: lost, or failed while it was written: all on it wait to be sent again
 *
 * A delivery on a stick is `sent` and waits for "stick": no line is tried for it meanwhile.
 */

/* *out: {"id", "target", …}. TARGET_UNKNOWN; CONFLICT while another is being written. */
enum err_code stick_begin(struct store *store, const char *target, struct principal by,
                          struct js **out, struct err *err);
/* The claimed delivery (stage "send") lies on the stick, whole and flushed. STATE_CHANGED */
enum err_code stick_add(struct store *store, const char *stick, const char *claim_id,
                        struct principal by, struct err *err);
/* What its manifest says: {"schema", "stick", "target", "records": [{"record_id", "dossier_code",
 * "pdf_sha256", "pdf_size", "json_sha256", "json_size"}…]} */
enum err_code stick_manifest(struct store *store, const char *stick, struct js **out,
                             struct err *err);
enum err_code stick_written(struct store *store, const char *stick, struct principal by,
                            struct err *err);
/* how: "lost", "failed". STATE_CHANGED when it has ended. */
enum err_code stick_end(struct store *store, const char *stick, const char *how,
                        struct principal by, struct err *err);
/* At the start of a daemon: those that were not written whole have failed. */
enum err_code stick_end_unwritten(struct store *store, struct principal by, struct err *err);

/* [{"record_id", "receipt": {…}} or {"record_id", "code"}…] of the station that took it. Hashes are
 * compared with what is here. {"accepted", "refused", "unknown"}: counts. NOT_FOUND: no such stick.
 */
enum err_code stick_receipts(struct store *store, const char *stick, const struct js *receipts,
                             struct principal by, struct js **out, struct err *err);

/* Newest first, with how many records are still on their way. */
enum err_code stick_list(struct store *store, int64_t limit, struct js **out, struct err *err);

#endif
