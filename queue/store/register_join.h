#ifndef SOHOA_STORE_REGISTER_JOIN_H
#define SOHOA_STORE_REGISTER_JOIN_H

#include "queue/store/inside.h"
#include "queue/store/register.h"

/* For the other register*.c of this folder. */

#define REGISTER_VERSIONS                                                                          \
    "SELECT id, folder, name, file, file_sha256, state, rows, imported_us, imported_by "           \
    "FROM register "
struct js *register_version_to_js(struct query *q);

/* register_folder.join_from: first what papers are joined by is noted of all, then each is joined:
 * 'k' or 'm', then the id of the last one done. */
#define REGISTER_JOIN_ALL "k"
#define REGISTER_MATCH_ALL "m"

/* Papers that are still ours to join; for statements with the document's alias. */
#define REGISTER_ALIVE(d) d ".state NOT IN ('rejected', 'failed', 'superseded', 'withdrawn')"

/* A new version is about to take its predecessor's place: what people said of rows of that one is
 * said of the row of the same number or file; where there is none, or several, it is a question. */
enum err_code register_carry_said(struct store *store, const char *id, struct err *err);

/* The rows a paper may be, the best first; at most `limit`: [{"register_id", "line"}…]. */
enum err_code register_candidates(struct store *store, const char *document_id, struct js **out,
                                  struct err *err);

/* Fields of the paper and what its row says (none: nothing): register_fields.c. */
enum err_code register_apply(struct store *store, const char *document_id, struct err *err);
/* A row as people see it. */
enum err_code register_row_to_js(struct store *store, const char *register_id, int64_t line,
                                 struct js **out, struct err *err);

#endif
