#ifndef SOHOA_CONFIG_H
#define SOHOA_CONFIG_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"
#include "daemon/pipeline/learn_when.h"
#include "daemon/pipeline/scan_limits.h"
#include "daemon/pipeline/schedule_rules.h"
#include "daemon/watch/limits.h"

/*
 * Every limit, timeout and default a site may change: one libconfuse file, and a few options of the
 * command line that go before it. Unknown options are BAD_CONFIG with file and line.
 */

struct config {
    char *state_dir;    /* database, images, sockets */
    char *socket_path;  /* of the command line and local programs */
    char *socket_group; /* whose members may use it as clerks; "" = only our own user and root */
    int port;           /* of the page on 127.0.0.1, 0 = any free */
    char *worker_dir;   /* worker programs, default: beside sohoad */
    char *web_dir;
    char *scanner;                 /* default device, "" = the first listed */
    char *copier;                  /* name on the copies, "" = the certificate's */
    char *signer_p12;              /* "" = none: documents wait for a signature */
    char *code_template;           /* of result codes, "" = the law's (queue/store/result_code.h) */
    char *component_code_template; /* of components of a case, "" = the default there */
    char *unknown_validity;     /* what is sent of a paper that does not say how long; "": null */
    bool codes_are_provisional; /* somebody else numbers: code_from = "server" */
    char *code_target;          /* who does then, a target; "": a person types it */
    char *lang; /* recognition models, "vie+eng"; their files were there when it was loaded */
    int ocr_workers;
    int upload_jobs;     /* records on their way at the same time */
    int page_seconds;    /* for the words of one page, then it is kept without them */
    int reserve_mb;      /* free space below which no new page is taken */
    int purge_after_days; /* contents go so long after every target had them; 0: never */
    int secret_wait_min; /* a page with a mark of secrecy is removed then unless answered */
    int upload_max_mb;   /* a file that a person hands over */
    int signer_idle_min; /* the signer locks itself after that, 0 = never */
    struct scan_limits scan_limits;
    struct learn_limits learn_limits; /* the section "learn" */
    struct schedule_limits schedule;  /* the section "schedule" */
    struct alarm_limits alarm;        /* the section "alarm" */
    struct js
        *buttons; /* [{"identity", "rules": [{"option", "kind", "value"}]}], drivers/buttons.h */
    struct js *targets; /* config_target_read */
    struct js *look_up; /* config_look_up_read */
    struct js *imports; /* [{"name", "path", "kind", "interval_s", "share", "feed_idle_s"}] */
};

struct config_options {
    const char *file; /* NULL: the default path, which may be missing */
    const char *state_dir;
    int port; /* -1: not given */
};

enum err_code config_load(const struct config_options *options, struct config *out,
                          struct err *err);
void config_done(struct config *config);

#endif
