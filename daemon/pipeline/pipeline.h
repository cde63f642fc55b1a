#ifndef SOHOA_PIPELINE_PIPELINE_H
#define SOHOA_PIPELINE_PIPELINE_H

#include "daemon/base/hash.h"
#include "daemon/base/id.h"
#include "daemon/pipeline/job.h"

#include <stdbool.h>

typedef struct sd_event sd_event;

/*
 * Moves pages, documents and deliveries from state to state. The table of stages is pipeline.c.
 * The pipeline keeps nothing that matters: it claims work from its source, shows it to a worker and
 * hands the answer back. Killed at any moment, the next one claims the same work again.
 */

struct pipeline;

/* The station's model of paper types, as a file. */
struct pipeline_model {
    int fd;
    char sha256[HASH_HEX_SIZE]; /* "": the one built with the programs */
    bool told;                  /* there was another: workers may have it */
};

/* The site's own templates in place of built-in ones, a list as JSON. */
struct pipeline_templates {
    int fd;
    char version[ID_SIZE]; /* of the catalogue; "": the built-in ones only */
    bool told;             /* as above */
};

struct pipeline_config {
    const char *worker_dir;
    int ocr_workers, upload_workers;
    const char *lang;      /* recognition model ("vie+eng"); borrowed, NULL = the worker's own */
    const char *witnesses; /* folder where the station remembers the targets' marks; borrowed */
    int recognise_ms; /* for the words of one page, then it is kept without them; 0 = 3 minutes */
    int still_ms;     /* a remote step in which no byte moves ends after that; 0 = 10 minutes */
    const struct pipeline_model *model;         /* the pipeline's own: pipeline_use_model */
    const struct pipeline_templates *templates; /* likewise: pipeline_use_templates */
    struct js *targets; /* upload worker's configure args.targets; borrowed, NULL = none */
    /* Asked before each signature: may what this principal compared be signed now? NULL = yes. */
    enum err_code (*may_sign)(void *payload, const char *copied_by, struct err *err);
    void *may_sign_payload;
    /* Bytes of a remote job have moved; total 0: not known. NULL: nobody wants to know. */
    void (*moved)(void *payload, const struct job *job, int64_t moved_bytes, int64_t total_bytes);
    void *moved_payload;
};

/* A job ended (err NULL: stored). For the log, progress and tests. */
typedef void pipeline_ended_fn(void *payload, const struct job *job, const struct err *err);

/* `source` is copied. Nothing runs before the first pipeline_kick. */
enum err_code pipeline_new(sd_event *loop, const struct pipeline_config *config,
                           const struct job_source *source, pipeline_ended_fn *ended, void *payload,
                           struct pipeline **out, struct err *err);
void pipeline_free(struct pipeline *pipeline);

/* For papers that are understood from now on. fd is taken over; sha256 NULL: the one built with the
 * programs. */
void pipeline_use_model(struct pipeline *pipeline, int fd, const char *sha256);

/* The same of templates; version "": the built-in ones only. */
void pipeline_use_templates(struct pipeline *pipeline, int fd, const char *version);

/* There may be work: look. Cheap; call it after every change. */
void pipeline_kick(struct pipeline *pipeline);
/* The same after a change in the store ([{"kind", "state"}], store_client.h): only where it may have
 * made work. A delivery makes some for the stage of its state; any other subject may for all. */
void pipeline_kick_for(struct pipeline *pipeline, const struct js *changed);
/* No new claims; running work goes on. pipeline_is_idle tells when it has ended. */
void pipeline_pause(struct pipeline *pipeline);
bool pipeline_is_idle(const struct pipeline *pipeline);

struct worker;
/* The seal worker's session belongs to whoever unlocks it: a request to it (unlock, lock) goes
 * through here so that it does not meet a running signature. CONFLICT while one runs. NULL: not
 * available. */
struct worker *pipeline_seal_worker(struct pipeline *pipeline);

/* Deaths of workers since start, all kinds. */
unsigned pipeline_crash_count(const struct pipeline *pipeline);

#endif
