#ifndef SOHOA_PIPELINE_SCANNER_INSIDE_H
#define SOHOA_PIPELINE_SCANNER_INSIDE_H

#include "daemon/ipc/store_client.h"
#include "daemon/pipeline/scanner.h"
#include "daemon/workers/supervisor.h"

typedef struct sd_event_source sd_event_source;

/* Shared by scanner.c (the device: questions, lease, buttons, idle), scan_run.c (the job) and
 * scan_pages.c (its pages). */

/* A page on its way from the glass into the store. */
struct run_page {
    enum { PAGE_NONE, PAGE_ASKED, PAGE_PLACED, PAGE_READING, PAGE_READ, PAGE_COMMITTED } step;
    char id[ID_SIZE];
    char *blob; /* NULL: the store has not given its place yet */
    int file;   /* its place, until the worker has it */
    int preview_fd;
    struct js *progress; /* last event's data */
    struct js *facts;    /* the worker's answer, once it is read */
    int sheet;
    bool is_back;
};

#define RUN_PAGE_NONE ((struct run_page){.file = -1, .preview_fd = -1})

/* The job that runs. */
struct run {
    struct scan_job *job; /* NULL: none */
    struct js *settings;  /* for the worker's `start` */
    struct js *profile;   /* its settings; NULL: none */
    scanner_done_fn *accepted;
    void *accepted_payload;
    struct lease former; /* before this job: whose it is again when the job is refused */
    /* the pages: one comes while the one before is committed, and the next has its place already */
    struct run_page place, coming, leaving;
    bool wants_page;
    struct err end; /* why no more come */
    bool rows_came; /* of the page that comes */
    /* the batch */
    bool feeder, duplex;
    bool empty_doubtful;           /* this device says "feeder empty" too early at times */
    double glass_x_mm, glass_y_mm; /* where its images begin, without a feeder */
    int batch_pages, sheet_base;   /* safe pages; sheets of the job before it */
    int sheet;                     /* of the page that was read last */
    bool sheet_is_half;            /* its back has not been read */
    int moved_sheet;               /* the last that left the feeder, read or not */
    bool cancelled, waiting_for_key;
    bool made_document; /* by this job, for it */
    bool looked_again;  /* for the device under another name */
    int64_t busy_since_us;
    int busy_waits;
    sd_event_source *later;
};

struct scanner {
    sd_event *loop;
    struct scanner_config config;
    struct store_client *store;
    scanner_event_fn *event;
    void *event_payload;
    char *key;
    struct js *names; /* for the worker's `open`: {"device","vendor","model"} */
    struct worker *worker;
    bool open;       /* the worker holds the device */
    bool was_open;   /* ever: it is known whether it has buttons */
    bool has_button; /* as the open device said */
    bool asking;     /* a question is under way */
    bool polling;    /* the buttons are being read; when_free goes on then */
    void (*when_free)(void *);
    void *when_free_payload;
    struct lease lease;
    int64_t deaf_until_us; /* it could not be opened to be listened to; monotonic */
    struct js *on_button;
    char button_owner[LEASE_OWNER_SIZE]; /* whose wish on_button is */
    sd_event_source *idle, *poll;
    struct run run;
};

/* scanner.c */
enum err_code scanner_request(struct scanner *scanner, const char *op, struct js *args,
                              const int *fds, size_t fd_count, worker_done_fn *done,
                              worker_event_fn *on_event, void *payload, struct err *err);
/* An event of the worker that announces a call into SANE: the deadline is that call's now. */
bool scanner_heard_call(struct scanner *scanner, const char *event, const struct js *data);
/* `next` once the worker is not busy with a look at the buttons: now, or soon. One at a time. */
void scanner_when_free(struct scanner *scanner, void (*next)(void *), void *payload);
void scanner_opened(struct scanner *scanner, const struct js *ok);
void scanner_forget_device(struct scanner *scanner); /* its process ends, too */
void scanner_rest(struct scanner *scanner);          /* nothing runs: idle and poll timers */
void scanner_listen(struct scanner *scanner);        /* to the buttons, in a while */
void scanner_wake(struct scanner *scanner);          /* something runs: no timers */

/* scan_run.c */
void scan_run_tell(struct scanner *scanner, const struct scan_job *job);
/* The batch is over: err NULL = the pile is through. */
void scan_run_finish(struct scanner *scanner, const struct err *err);
/* A busy or cold device is asked again in a while; false: not for this error, or not any more. */
bool scan_run_retry(struct scanner *scanner, const struct err *err);
/* A hands-free run: until the key, the button or the time brings the next page. */
void scan_run_wait_for_key(struct scanner *scanner);

/* scan_pages.c: the next page of the batch, and those behind it; ends in scan_run_finish,
 * scan_run_retry or scan_run_wait_for_key */
void scan_pages_next(struct scanner *scanner);
void scan_pages_heard(void *payload, struct ipc_message *message, const char *event,
                      const struct js *data);
void scan_pages_forget(struct run *run); /* whatever of them is in memory */

#endif
