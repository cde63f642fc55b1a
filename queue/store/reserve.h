#ifndef SOHOA_STORE_RESERVE_H
#define SOHOA_STORE_RESERVE_H

#include "queue/store/completion.h"

/*
 * Result codes that somebody else gives: a document that bears a provisional one asks the
 * code target (store_options) for the real one. The provisional code is the key: however often it
 * is asked, the same code comes back. The document has it from then on; what waited for it is sent
 * with it. Targets that had the record before know it by the provisional code: a task asks a
 * person to tell them, one for each (task_kind.def, "code-told"). A code that came too late to be
 * used (the paper was withdrawn, or a person typed another one) is a task as well ("code-unused"):
 * no code is ever given twice, and whoever gave it has to know.
 */

/* Args of the job: {"target", "about": the record as far as known, "provisional_code"}. */
enum err_code reserve_job(struct store *store, const char *document_id, struct js **out,
                          struct err *err);
/* TARGET_BAD_REPLY: what came is no code, or another document's. */
enum err_code reserve_complete(const struct completion *c, struct err *err);

#endif
