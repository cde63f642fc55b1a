#ifndef SOHOA_STORE_SECRET_H
#define SOHOA_STORE_SECRET_H

#include "queue/store/store.h"

/*
 * A page that carries the mark of a secret paper (R-03, regulations 2.1.3). Sohoa must not have it.
 *
 *                 ┌─ "secret", by a person ─────────────┐
 *   found: locked ┤                                     ├─▶ purged (purge.h), document rejected
 *                 ├─ nobody answers in time ────────────┘
 *                 └─ "not secret", with a reason ─▶ released, read like any other page
 *
 * While a mark is open the page is held in `captured` with SECRET_MARK: nothing of what was read is
 * stored, and the document it is in takes no page, shows nothing and changes in no way
 * (secret_check). Fed paper lies on the desk, so nothing is lost when time runs out; pages out of
 * files wait for an answer, since their only copy may be here.
 */

#define SECRET_MARK "SECRET_MARK" /* reason of the hold, and of the purge */
#define SECRET_WAIT_US (INT64_C(15) * 60000000)

/* What recognition calls the marks: "mat" "toi_mat" "tuyet_mat". */
bool secret_level_is_valid(const char *level);

/* Inside the caller's transaction: the page, still captured, is held and its document locked;
 * *out_locked false: a person has said before that it is none, and it goes on. */
enum err_code secret_found(struct store *store, const char *page_id, const char *level,
                           struct principal by, bool *out_locked, struct err *err);

/* A person looked. is_secret: all of the document is purged; else its reason is kept and the page
 * goes on. NOT_FOUND the page has no mark; STATE_CHANGED it was answered; BAD_ARGUMENT no reason.
 */
enum err_code secret_answer(struct store *store, const char *page_id, bool is_secret,
                            const char *reason, struct principal by, struct err *err);
/* A person found what the machine did not see: purged at once. ALREADY_SIGNED: a copy of it may
 * have left already. */
enum err_code secret_told(struct store *store, const char *page_id, struct principal by,
                          struct err *err);
/* Is there one that nobody answered in time? */
enum err_code secret_is_due(struct store *store, bool *out, struct err *err);
/* Those are purged. */
enum err_code secret_purge_due(struct store *store, struct principal by, int64_t *out_count,
                               struct err *err);

/* SECRET_LOCKED when that page or document is locked, CONTENT_PURGED when it was purged. Other ids
 * are fine. */
enum err_code secret_check(struct store *store, const char *id, struct err *err);
/* Sets "locked", "secret" (the mark of that page) and "purged" of a page's or document's view. */
enum err_code secret_show(struct store *store, const char *id, struct js *object, struct err *err);

#endif
