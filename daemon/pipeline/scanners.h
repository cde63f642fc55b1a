#ifndef SOHOA_PIPELINE_SCANNERS_H
#define SOHOA_PIPELINE_SCANNERS_H

#include "daemon/pipeline/scanner.h"

/*
 * All scanners of the station: finds the one that is meant, starts its object when it is first
 * used, and knows which of them runs which job.
 */

struct scanners;

struct scanners_config {
    const char *worker_dir;
    const struct scan_limits *limits; /* borrowed */
    struct device_book *book;         /* borrowed */
    const char *default_device;       /* label, identity or SANE name; "" = the first listed */
    const struct js *panels;          /* borrowed, may be NULL; see scanner.h */
};

/* Events "progress", "job", "button", "lease" of every scanner go to `event`. */
enum err_code scanners_new(sd_event *loop, const struct scanners_config *config,
                           struct store_client *store, scanner_event_fn *event, void *event_payload,
                           struct scanners **out, struct err *err);
void scanners_free(struct scanners *scanners);
/* So many pages of clerks are open now, or devices came: buttons are listened to as
 * scan_limits.buttons says. */
void scanners_watch(struct scanners *scanners, int pages_open);

/* As scanner_start, with request.device and request.profile. */
void scanners_start(struct scanners *scanners, const char *dossier_id, struct js *request,
                    const struct js *principal, scanner_done_fn *done, void *payload);
/* `principal` (borrowed): SCANNER_TEST and SCANNER_RESET are DEVICE_LEASED for all but IT staff
 * while another person has the scanner. */
void scanners_ask(struct scanners *scanners, const char *device, enum scanner_question question,
                  const struct js *principal, scanner_done_fn *done, void *payload);

enum job_verb { JOB_SHOW, JOB_CANCEL, JOB_CONTINUE, JOB_NEXT, JOB_CONFIRM, JOB_FINISH };
/* {"job": …}; *out is the caller's. NOT_FOUND for a job this daemon does not know, CONFLICT when it
 * cannot do that now; DEVICE_LEASED when anybody but the person it runs for, whoever has the
 * scanner by now, or IT staff steers it. */
enum err_code scanners_job(struct scanners *scanners, const char *job_id, enum job_verb verb,
                           const struct js *principal, struct js **out, struct err *err);
enum err_code scanners_preview(const struct scanners *scanners, const char *job_id, int64_t from,
                               int *out_fd, struct js **out, struct err *err);

/* args (taken over): {} takes the scanner; {"take": true} also from somebody who has not used it
 * for a while (lease_idle_ms); {"to"} hands it over, "" = lets it go; {"dossier_id",
 * "document_id"?} what its button scans into meanwhile. IT staff may take it from anybody. Answers
 * {"lease": …}. A scanner that goes from one person to another is told as event "lease" {"device",
 * "former", "lease"} and noted in the store. */
void scanners_lease(struct scanners *scanners, const char *device, struct js *args,
                    const struct js *principal, scanner_done_fn *done, void *payload);

/* A device of that key answered here, maybe one that no list shows. */
bool scanners_opened(const struct scanners *scanners, const char *key);
bool scanners_are_busy(const struct scanners *scanners);
/* A job is bringing pages into that document. */
bool scanners_fill(const struct scanners *scanners, const char *document_id);
/* The job that runs (the oldest scanner's where several do), JSON null without one. */
struct js *scanners_running_job(const struct scanners *scanners);
struct js *scanners_to_js(const struct scanners *scanners); /* [scanner_to_js…] */
unsigned scanners_crash_count(const struct scanners *scanners);

#endif
