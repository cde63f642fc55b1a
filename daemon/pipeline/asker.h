#ifndef SOHOA_PIPELINE_ASKER_H
#define SOHOA_PIPELINE_ASKER_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"

typedef struct sd_event sd_event;
struct store_client;

/*
 * Questions that people wait for, put to the sources of look-ups (queue/store/look_up_ask.h) by an
 * upload worker of their own, so that no record on its way is in front of them:
 *
 *   asked ──▶ who is next? ──▶ configure, look_up (deadline) ──▶ kept ──▶ who is next? … ──▶ done
 *
 * One dossier at a time, in the order they come; what repeats itself in the background gives way
 * to a person. A source that does not answer costs its deadline and nothing else: the others are
 * asked, and the one is remembered.
 */

struct asker;

struct asker_config {
    const char *worker_dir, *witnesses;
    const struct js *targets; /* as the upload worker's configure takes them; borrowed */
    const char *asker_id;     /* whose questions they are; "" = nobody is named */
    int timeout_ms;           /* of one source */
};

enum asker_why {
    ASK_PERSON, /* what was answered today stands */
    ASK_AGAIN,  /* a person asks whatever was answered */
    ASK_SCAN,   /* before paper moves: a source that just failed is not waited for again */
    ASK_CLOSE,  /* before a dossier closes: those whose papers are reused in it */
};

/* err NULL: everybody who was to be asked was; what came is in the store. */
typedef void asker_done_fn(void *payload, const struct err *err);

enum err_code asker_new(sd_event *loop, const struct asker_config *config,
                        struct store_client *store, struct asker **out, struct err *err);
/* Nobody is called back any more. */
void asker_free(struct asker *asker);

/* CANCELLED, TOO_MANY (from inside the call), errors of the store. */
void asker_ask(struct asker *asker, const char *dossier_id, enum asker_why why,
               const struct js *principal, asker_done_fn *done, void *payload);
/* What is asked about the dossier ends soon, with CANCELLED; false: nothing is. */
bool asker_cancel(struct asker *asker, const char *dossier_id);

/* The file of a paper in an answer: {"sha256", "size_bytes"}, null where there is none, or it
 * cannot be had now. */
typedef void asker_fetched_fn(void *payload, const struct js *file, const struct err *err);
void asker_fetch(struct asker *asker, const char *held_id, const struct js *principal,
                 asker_fetched_fn *done, void *payload);

/* Something waits for an answer that could not be had before (status due.look_ups). */
void asker_due(struct asker *asker);

unsigned asker_crash_count(const struct asker *asker);

#endif
