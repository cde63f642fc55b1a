#ifndef SOHOA_UPLOAD_STICK_H
#define SOHOA_UPLOAD_STICK_H

#include "daemon/base/id.h"
#include "daemon/base/js.h"
#include "queue/upload/target.h"

/*
 * Records on a USB stick, for a station or a warehouse that has a line:
 *
 *   sohoa-<stick id>/<code or "backlog">/<record id>.pdf, .json
 *   sohoa-<stick id>/manifest.json    whose they are, hashes and sizes; written last
 *   sohoa-<stick id>/receipts.json    what the receiving station got for them
 *
 * Every file is whole and flushed before it has its name, so a stick that is pulled out has no half
 * file; without a manifest it is no stick. Errors of all: TARGET_UNREACHABLE (pulled out),
 * TARGET_FULL, TARGET_READ_ONLY.
 */

struct stick;

void stick_free(struct stick *stick); /* NULL is fine */

/* A new one in that folder, which is there (BAD_ARGUMENT: not absolute). */
enum err_code stick_create(const char *folder, const char *id, struct stick **out, struct err *err);
/* The only one in that folder, or that folder itself. NOT_FOUND; CONFLICT: several, say which. */
enum err_code stick_open(const char *folder, struct stick **out, struct err *err);

/* Checks the descriptors against their hashes (BLOB_DAMAGED), as a target does. */
enum err_code stick_put(struct stick *stick, const struct target_record *record, struct err *err);
enum err_code stick_put_manifest(struct stick *stick, const struct js *manifest, struct err *err);
/* Replaces earlier ones. */
enum err_code stick_put_receipts(struct stick *stick, const struct js *receipts, struct err *err);

/* BAD_JSON for one that does not say what it should. */
enum err_code stick_read_manifest(struct stick *stick, struct js **out, struct err *err);
/* Files of a record of the manifest, not looked at yet. */
enum err_code stick_open_record(struct stick *stick, const char *record_id,
                                const char *dossier_code, int *out_pdf, int *out_json,
                                struct err *err);

#endif
