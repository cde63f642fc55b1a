#ifndef SOHOA_STORE_TEMPS_H
#define SOHOA_STORE_TEMPS_H

#include "queue/store/store.h"

/*
 * Temps that nobody can finish any more. Whoever was given one ends it (commit, complete, abort);
 * what is left was begun by a process that has died:
 *
 * - sohoad died: temps_of_dead_owner; a page's temp may stand for a sheet in motion, so people are
 *   asked.
 * - The store worker died: temps_sweep; sohoad names those it holds, of the others it never heard.
 *
 * What a live claim writes into stays either way.
 */

/* Notes what each of them means, in the caller's transaction; *out_names is for temps_discard once
 * that is committed. */
enum err_code temps_of_dead_owner(struct store *store, struct principal by, struct js **out_names,
                                  struct err *err);
/* Takes the names over; NULL is fine. */
void temps_discard(struct store *store, struct js *names);

/* Removes all but those held (an array of names). A document that lost its last page while such a
 * temp stood for one more is rejected now. */
enum err_code temps_sweep(struct store *store, const struct js *held, struct principal by,
                          int64_t *out_count, struct err *err);

#endif
