#ifndef SOHOA_PIPELINE_SCANNER_INSIDE_H
#define SOHOA_PIPELINE_SCANNER_INSIDE_H

#include "daemon/ipc/store_client.h"
#include "daemon/pipeline/scanner.h"
#include "daemon/workers/supervisor.h"

typedef struct sd_event_source sd_event_source;

/* Shared by scanner.c (the device: questions, lease, buttons, idle) and scan_run.c (the job). */

/* The job that runs. */
struct run {
    struct scan_job *job; /* NULL: none */
    struct js *settings;  /* for the worker's `start` */
    scanner_done_fn *accepted;
    void *accepted_payload;
    /* the page that comes */
    char page_id[ID_SIZE];
    char *blob;
    int preview_fd;
    struct js *preview; /* last event's: width, rows, channels, rows_expected */
    /* the batch */
    bool feeder, duplex;
    int batch_pages, sheet_base;
    bool rows_came; /* of the page that comes */
    int sheet;      /* of the page that comes or came last */
    bool is_back;
    bool more_paper;
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
    bool has_button; /* as the open device said */
    bool asking;     /* a question is under way */
    bool polling;    /* the buttons are being read; when_free goes on then */
    void (*when_free)(void *);
    void *when_free_payload;
    struct lease lease;
    struct js *on_button;
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

#endif
