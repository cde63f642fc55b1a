#ifndef SOHOA_STORE_RESTORED_H
#define SOHOA_STORE_RESTORED_H

#include "queue/store/store.h"
#include "queue/store/task_action.h"

#include <stdbool.h>

/*
 * A store put back from a backup is older than what it has sent. Then every delivery that is not
 * final asks at its target before anything is sent, nothing is given a result code until every
 * target was compared, and codes that targets show meanwhile count as given. The task "restored"
 * tells people.
 *
 * It is found at opening: the database keeps number and birth time of its own file and a counter of
 * openings and closings, the counter lies beside it in `opened`, too. A copied file is another
 * file; an old one written over the new one has an old counter. A whole disk put back as an image
 * cannot be told: then a person says it (`sohoa sync restored`).
 */

/* At opening, outside of transactions. `moved`: the folder was moved on purpose. A disk that is
 * full or read-only is no reason not to open. */
enum err_code restored_check(struct store *store, bool moved, struct err *err);
/* At closing, for the counter. */
void restored_closed(struct store *store);

/* A person says so. {"deliveries": how many will ask first} */
enum err_code restored_by_person(struct store *store, struct principal by, struct js **out,
                                 struct err *err);

bool restored_holds_codes(struct store *store); /* no result code may be given now */

/* A run after a restore has ended: when every target had one, codes are given again. */
enum err_code restored_looked(struct store *store, struct principal by, struct err *err);
/* A target shows a record that is not in this store, with that code. */
enum err_code restored_learn_code(struct store *store, const char *result_code,
                                  const char *record_id, const char *remote_name,
                                  const char *target, struct principal by, bool *out_new,
                                  struct err *err);

task_action_fn restored_go_on; /* a person does not want to wait for that */

#endif
