#ifndef SOHOA_PIPELINE_SCANNER_H
#define SOHOA_PIPELINE_SCANNER_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"

#include <stdbool.h>

typedef struct sd_event sd_event;

/*
 * Paper to captured pages: drives the scan worker and the store for one scan job after the other.
 *
 *   start ──▶ open ──▶ start batch ──▶ page_begin ──▶ next ──▶ page_commit ─┐ more paper
 *                                          ▲────────────────────────────────┘
 *   end of the pile, one flatbed page, an error or a cancel ──▶ finish ──▶ done | failed |
 * cancelled
 *
 * A page counts (event "job", API) only after page_commit answered. What a job knows is memory
 * only: after a restart the pages are in the store and paper moves again only when a clerk asks.
 */

struct scanner;
struct devices;
struct store_client;

struct scanner_config {
    const char *worker_dir;
    struct devices *devices;    /* borrowed */
    const char *default_device; /* "" = the first listed */
};

/* name "progress" or "job" */
typedef void scanner_event_fn(void *payload, const char *name, const struct js *data);
/* ok borrowed, NULL with an error */
typedef void scanner_done_fn(void *payload, const struct js *ok, const struct err *err);

enum err_code scanner_new(sd_event *loop, const struct scanner_config *config,
                          struct store_client *store, scanner_event_fn *event, void *event_payload,
                          struct scanner **out, struct err *err);
void scanner_free(struct scanner *scanner);

/* Options of one device; with `test` a small area is scanned and thrown away. SCAN_RUNNING while a job
 * runs. */
void scanner_show(struct scanner *scanner, const char *device, bool test, scanner_done_fn *done,
                  void *payload);

/* args: device?, source?, mode?, resolution_dpi?, document_id? (else a new one), finish?. Answers
 * {"job": …} as soon as the document is known; the job goes on. args is taken over; principal is
 * borrowed. SCAN_RUNNING while another job runs. */
void scanner_start(struct scanner *scanner, const char *dossier_id, struct js *args,
                   const struct js *principal, scanner_done_fn *done, void *payload);

/* {"job": …} of one of the last jobs; *out is the caller's. NOT_FOUND else. */
enum err_code scanner_job(struct scanner *scanner, const char *job_id, bool cancel, struct js **out,
                          struct err *err);
/* The running job as in "job", JSON null without one; the caller's. */
struct js *scanner_show_job(const struct scanner *scanner);
/* A job is bringing pages into that document. */
bool scanner_fills(const struct scanner *scanner, const char *document_id);
bool scanner_is_busy(const struct scanner *scanner);
unsigned scanner_crash_count(const struct scanner *scanner);

#endif
