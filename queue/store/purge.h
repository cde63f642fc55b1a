#ifndef SOHOA_STORE_PURGE_H
#define SOHOA_STORE_PURGE_H

#include "queue/store/store.h"

/*
 * Contents removed for good: a secret paper, later what has been kept long enough.
 *
 *   purge_document, purge_page ──commit──▶ no row shows or names it, the hashes to remove are rows
 *   purge_finish: files overwritten and removed ─▶ temps ─▶ backups ─▶ free pages, log ─▶ done
 *
 * Begun is durable before the first file goes, so one that was begun is finished at the next start
 * whatever happened in between. What another page or document shows as well stays. Of a page or
 * document its emptied row stays, and a row of `purge`: which, when, who, why.
 *
 * Backups that were made before a migration (backup-v*.db) hold rows as they were then: one that
 * knows a purged page, or a row of a register about one, with its content is removed whole. Later ones are made from what is left.
 */

/* Inside the caller's transaction; again is fine. States are the caller's to set before. `reason`
 * is a code. NOT_FOUND */
enum err_code purge_page(struct store *store, const char *page_id, const char *reason,
                         struct principal by, struct err *err);
/* With all pages it has or had, what came with their files, and everything made of them. */
enum err_code purge_document(struct store *store, const char *document_id, const char *reason,
                             struct principal by, struct err *err);

/* Was one begun in a commit and not finished? */
bool purge_is_due(const struct store *store);
/* How many pages and documents that is, whoever began them. */
enum err_code purge_count_begun(struct store *store, int64_t *out, struct err *err);
/* Outside of transactions and groups. Fails as a whole: it is still due then. */
enum err_code purge_finish(struct store *store, struct err *err);

/* CONTENT_PURGED when that page or document was. */
enum err_code purge_check(struct store *store, const char *id, struct err *err);

#endif
