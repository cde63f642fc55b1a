#ifndef SOHOA_STORE_REGISTER_H
#define SOHOA_STORE_REGISTER_H

#include "queue/store/store.h"

/*
 * Registers kept beside old scans (regulations 4.4): rows that say what the papers of an import
 * folder are. A fallible source: a row is joined to a paper by what both carry, and what it says
 * stands beside what was read. Where they differ a person is asked; nothing is filled in silently.
 *
 *   register_begin ─▶ register_add… ─▶ register_use ─▶ register_work… (papers, some at a time)
 *                                          paper was read ─▶ register_read ┘
 */

/* ---- import; a register that was not put to use is not there ---- */

struct register_import {
    const char *id; /* of the new version */
    const char *folder, *name, *file, *file_sha256;
    const struct js *map; /* heading → column key; kept for the folder's next file */
};
/* *out: {"already": the version in use is of this file, read this way: nothing was begun}. Again
 * is fine. DISK_FULL */
enum err_code register_begin(struct store *store, const struct register_import *import,
                             struct principal by, struct js **out, struct err *err);
/* Whole lines, as daemon/catalog/register_table.h writes them. Again is fine. NOT_FOUND,
 * STATE_CHANGED when it is in use, BAD_JSON. */
enum err_code register_add(struct store *store, const char *id, const char *lines, size_t size,
                           struct err *err);
/* From now on its rows are joined, in place of those of its predecessor. Again is fine. *out:
 * {"register": a version}. */
enum err_code register_use(struct store *store, const char *id, struct principal by,
                           struct js **out, struct err *err);
/* What was said of the folder's columns before: {"map"}. */
enum err_code register_map(struct store *store, const char *folder, struct js **out,
                           struct err *err);

/* ---- joining ---- */

enum err_code register_is_due(struct store *store, bool *out, struct err *err);
/* Joins some papers of a folder where that is to be done; *out_more: call again. */
enum err_code register_work(struct store *store, bool *out_more, struct err *err);
/* All papers of the folder anew; what people said stays. */
enum err_code register_again(struct store *store, const char *folder, struct principal by,
                             struct err *err);
/* A person: the paper is that row, or no row at all (id NULL); it stays until the machine may
 * decide again (register_let). NOT_FOUND; BAD_ARGUMENT no row of its folder; STATE_CHANGED another
 * paper was given that row by a person. */
enum err_code register_say(struct store *store, const char *document_id, const char *register_id,
                           int64_t line, struct principal by, struct err *err);
enum err_code register_let(struct store *store, const char *document_id, struct principal by,
                           struct err *err);

/* ---- for the store itself, in the caller's transaction ---- */

/* The paper was read: its number and day may be known now. */
enum err_code register_read(struct store *store, const char *document_id, struct err *err);
/* It is over (rejected, superseded): its row is free. */
enum err_code register_over(struct store *store, const char *document_id, struct err *err);
/* null where its folder has no register; else {"state": "alone" "joined" "question", "why",
 * "said_by", "row": {"register_id", "line", "file", "path"?, "values", "texts"} | null,
 * "candidates": [row…] of a question}. */
enum err_code register_view(struct store *store, const char *document_id, struct js **out,
                            struct err *err);

/* ---- what there is ---- */

/* {"registers": [{"id", "folder", "name", "file", "file_sha256", "state", "rows", "imported_us",
 * "imported_by"}…] newest first, "map", "joining": papers are still to be joined, "rows",
 * "documents", "joined", "rows_alone", "documents_alone", "questions", "double_rows",
 * "differing": papers, "differs": {field: papers}} */
enum err_code register_status(struct store *store, const char *folder, struct js **out,
                              struct err *err);

extern const char
    register_lists[]; /* "rows-alone documents-alone questions double-rows differing rows-purged" */

struct register_query {
    const char *folder, *list;
    int64_t limit, offset;
};
/* {"items": […], "more"}: rows as register_view has them ("purged": of a secret paper, nothing but
 * its "line"), or documents {"document_id",
 * "dossier_id", "state", "files": […], "why"}; differing: with "fields": [name…]. */
enum err_code register_list(struct store *store, const struct register_query *query,
                            struct js **out, struct err *err);

#endif
