#ifndef SOHOA_PIPELINE_SCANNER_H
#define SOHOA_PIPELINE_SCANNER_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"
#include "daemon/pipeline/lease.h"
#include "daemon/pipeline/scan_job.h"
#include "daemon/pipeline/scan_limits.h"

#include <stdbool.h>

typedef struct sd_event sd_event;

/*
 * One scanner: paper to captured pages, one job after the other.
 *
 *   start ──▶ open ──▶ start batch ──▶ page_begin ──▶ next ──▶ page_commit ─┐ more paper
 *               │ busy: again        ▲     ▲                                │
 *               └────────────────────┘     └────────────────────────────────┘
 *   end of the pile, one flatbed page, an error or a cancel ──▶ finish ──▶ done | failed |
 * cancelled failed ──continue──▶ open …     same job, same document; the lost sheet is fed again
 *
 * A page counts (event "job", API) only after page_commit answered. Paper moves only because a
 * person asked: a key, the machine's button, or a hands-free run somebody started.
 */

struct scanner;
struct device_book;
struct device_ref;
struct store_client;

struct scanner_config {
    const char *worker_dir;
    const struct scan_limits *limits; /* borrowed */
    struct device_book *book;         /* borrowed; where a device is found under a new name */
    struct scan_jobs *jobs;           /* borrowed; shared by all scanners */
    const struct js *panels; /* borrowed: [{"identity": pattern, "rules": see drivers/buttons.h}] */
    const int *pages_open;   /* borrowed: of clerks */
};

/* name "progress", "job" or "button" */
typedef void scanner_event_fn(void *payload, const char *name, const struct js *data);
/* ok borrowed, NULL with an error */
typedef void scanner_done_fn(void *payload, const struct js *ok, const struct err *err);

/* Everything of `device` that is needed is copied. */
enum err_code scanner_new(sd_event *loop, const struct scanner_config *config,
                          struct store_client *store, const struct device_ref *device,
                          scanner_event_fn *event, void *event_payload, struct scanner **out,
                          struct err *err);
void scanner_free(struct scanner *scanner);
const char *scanner_key(const struct scanner *scanner);
/* SANE called it so when it was last found. */
bool scanner_is_called(const struct scanner *scanner, const char *name);
/* It was found again, maybe under another name; what is open stays open. */
void scanner_meet(struct scanner *scanner, const struct device_ref *device);

/* What is asked of one device while no job runs. SCAN_RUNNING else. */
enum scanner_question {
    SCANNER_SHOW,  /* its options */
    SCANNER_TEST,  /* a small area of the glass is scanned and thrown away */
    SCANNER_RESET, /* brought back from a state it hangs in */
};
void scanner_ask(struct scanner *scanner, enum scanner_question question, scanner_done_fn *done,
                 void *payload);

/*
 * request (taken over): source, mode, resolution_dpi, paper, area_mm, options over `profile` (see
 * scan_wish.h); document_id (else a new one), finish; sheets expected; position, replaces, part_of,
 * part_kind of the pages; backs "reversed" or "same": these are the back sides of the document's
 * pages; hands_free (interval_s, turn_second, confirm_first): page after page from the glass.
 * Answers {"job": …} as soon as the document is known; the job goes on. SCAN_RUNNING,
 * DEVICE_LEASED, SETTINGS_NOT_LEGAL…
 */
void scanner_start(struct scanner *scanner, const char *dossier_id, struct js *request,
                   const struct js *profile, const struct js *principal, scanner_done_fn *done,
                   void *payload);
/* The rest of a failed job's paper. CONFLICT when it cannot go on. */
enum err_code scanner_continue(struct scanner *scanner, struct scan_job *job,
                               const struct js *profile, const struct js *principal,
                               struct err *err);
void scanner_cancel(struct scanner *scanner);
/* A hands-free run: the next page now, or that was the last. CONFLICT when none waits. */
enum err_code scanner_run_on(struct scanner *scanner, bool last, struct err *err);
/* A run that was begun with confirm_first: its first page belongs there, time and buttons bring the
 * next ones from here on. CONFLICT when nothing is asked. */
enum err_code scanner_confirm(struct scanner *scanner, struct err *err);

const struct scan_job *scanner_job(const struct scanner *scanner); /* NULL: none runs */
bool scanner_was_open(const struct scanner *scanner);              /* ever: it is there */
bool scanner_is_busy(const struct scanner *scanner);
unsigned scanner_crash_count(const struct scanner *scanner);

/* Rows of the page that runs from row `from` on, as a memfd of the caller's; NOT_FOUND while there
 * are none. {"width","channels","from","rows","rows_expected"} */
enum err_code scanner_preview(const struct scanner *scanner, int64_t from, int *out_fd,
                              struct js **out, struct err *err);

/* Who has it. What the machine's button scans into meanwhile: {"dossier_id", "document_id"?}, NULL
 * = nothing (taken over). A press is told as event "button" {"device", "label", "button", "owner",
 * "action"}; owner and action null: it was pressed for nobody. */
struct lease *scanner_lease(struct scanner *scanner);
void scanner_on_button(struct scanner *scanner, struct js *action);
/* A page of a clerk was opened, a scanner plugged in: it is listened to again where it should be
 * (scan_limits.h). One that was never opened only with BUTTONS_ALWAYS. */
void scanner_watch(struct scanner *scanner);
/* {"key","lease","job","buttons"}; NULL: out of memory */
struct js *scanner_to_js(const struct scanner *scanner);

#endif
