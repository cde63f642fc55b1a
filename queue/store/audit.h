#ifndef SOHOA_STORE_AUDIT_H
#define SOHOA_STORE_AUDIT_H

#include "queue/store/store.h"

/* Who did what when: append-only (triggers refuse anything else). No field values, no names of
 * citizens: codes, counts, field names and the reasons people give. */

struct audit {
    const char *kind, *id, *event;
    const char *from, *to; /* states; NULL when none changed */
    const char *detail;    /* may be NULL; cut at AUDIT_DETAIL_MAX bytes */
    struct principal by;
};

#define AUDIT_DETAIL_MAX 500
#define AUDIT_READ "read" /* event of a row that says: somebody saw it */
#define AUDIT_READ_WINDOW_US (INT64_C(10) * 60 * 1000000)

/* Rows of the index audit_delivered (migration 0018): what became of deliveries, and when. */
#define AUDIT_DELIVERED(a)                                                                         \
    a ".kind = 'delivery' AND " a ".to_state IN ('accepted', 'reconciled', 'held', 'rejected', "   \
      "'failed', 'withdrawn')"

enum err_code audit_write(struct store *store, const struct audit *row, struct err *err);
/* A change that moved no state: a row, and listings hear of it. `kind` is a static text. */
enum err_code audit_change(struct store *store, const char *kind, const char *id, const char *event,
                           const char *detail, struct principal by, struct err *err);
/* Somebody saw the subject; `detail` (not NULL) says what of it. The event is AUDIT_READ, and there
 * is one row for each principal, subject and detail in AUDIT_READ_WINDOW_US: pages that refresh
 * themselves add none. */
enum err_code audit_read(struct store *store, const struct audit *row, struct err *err);
/* Rows of one subject, oldest first, at most `limit`; those of reads only when asked for. */
enum err_code audit_list(struct store *store, const char *id, bool reads, int64_t limit,
                         struct js **out, struct err *err);
/* The last `limit` of them, oldest first, without reads: a delivery may have been tried for weeks.
 */
enum err_code audit_last(struct store *store, const char *id, int64_t limit, struct js **out,
                         struct err *err);

#endif
