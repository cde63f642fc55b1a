#ifndef SOHOA_STORE_REMOTE_HELD_H
#define SOHOA_STORE_REMOTE_HELD_H

#include "queue/store/look_up.h"

/*
 * What others hold of an owner: the answers of the sources (store_options) to look-ups, kept for
 * people who look again while the line is down. Personal data: it stays in here, is bounded in
 * number and age, and goes with the last dossier that asked for it. The audit of a dossier has
 * each question with source and outcome, and nothing else of it.
 *
 * An answer is about the person whose identifier was asked for. An entry that names another
 * identifier is another person's: it is dropped unseen.
 */

#define ANSWERS_KEPT_US (INT64_C(7) * 24 * 3600 * 1000000)
#define ANSWERS_WAIT_US (INT64_C(3) * 24 * 3600 * 1000000)
#define ANSWER_FRESH_US (INT64_C(24) * 3600 * 1000000) /* older ones are asked for again */

/* How one question to one source ended. */
struct remote_answer {
    const char *source;
    const struct js *held; /* list of entries as a target gives them (queue/upload/target.h) */
    const char *error;     /* NULL: it was answered */
    bool refused;          /* not only out of reach */
    int64_t asked_us;      /* when */
};
/* Joins the caller's transaction. *out_dropped: entries of other persons. BAD_MESSAGE: no list, or
 * more than a person has. */
enum err_code remote_held_keep(struct store *store, const struct wanted_case *of,
                               const struct remote_answer *answer, int64_t *out_dropped,
                               struct err *err);

/* Each paper of answers that are not too old, those of a source together, with the entry as in
 * look_up.h, "held_id" and "answered_us" beside it. */
typedef enum err_code remote_held_fn(void *payload, const struct look_up_paper *paper,
                                     struct js *entry, struct err *err); /* entry is taken over */
enum err_code remote_held_each(struct store *store, const struct wanted_case *of,
                               remote_held_fn *fn, void *payload, struct err *err);

/* One of them, however old, and what was kept of it: "files", "issuer"… NOT_FOUND */
struct remote_paper {
    struct js *entry; /* as above */
    struct js *kept;
    char owner_id[32];
};
void remote_paper_done(struct remote_paper *paper);
static inline void remote_paper_auto(struct remote_paper *place)
{
    remote_paper_done(place);
}
enum err_code remote_held_get(struct store *store, const char *held_id, struct remote_paper *out,
                              struct err *err);
/* The entry of look_up.h for what was kept when it was reused. */
struct js *remote_held_entry(const struct js *kept, const char *source, const char *today);

/* How the question to each source stands: [{"name", "label", "outcome": "hit" "none" "offline"
 * "refused" or null (never asked), "asked_us", "answered_us" (of the answer at hand), "fresh",
 * "found", "error"}…] */
enum err_code remote_held_sources(struct store *store, const struct wanted_case *of,
                                  struct js **out, struct err *err);

bool remote_held_is_national(const struct store *store, const char *source);

/* Answers that are too old go. */
enum err_code remote_held_expire(struct store *store, struct err *err);
/* The dossier's papers are purged: what others answered about it goes, unless another open dossier
 * is about the same. Joins the caller's transaction. */
enum err_code remote_held_forget(struct store *store, const char *dossier_id, struct err *err);

#endif
