#ifndef SOHOA_TESTS_SCANNER_RIG_H
#define SOHOA_TESTS_SCANNER_RIG_H

#include "tests/harness/loop.h"

#include "daemon/ipc/store_client.h"
#include "daemon/pipeline/device_book.h"
#include "daemon/pipeline/scanners.h"

/* The scanners of a station over a scripted scanner (fake_scan_worker.c) and a store that only
 * notes what it is told (fake_store_worker.c), in one loop. */

struct scanner_rig {
    char *folder, *log_path;
    sd_event *loop;
    struct worker *store_worker;
    struct store_client *store;
    struct devices *devices;
    struct device_book *book;
    struct scan_limits limits;
    struct scanners *scanners;
    struct js *principal, *panels;
    /* the answer to scanner_start or scanner_show */
    bool answered;
    enum err_code code;
    struct js *ok;
    /* events */
    int progress, told_pages;
    char former[48]; /* who lost the scanner */
    int presses;
    struct js *press; /* the last */
};

/* Of each test; FAKE_… of the environment are unset, and set by a test before it asks. */
int rig_setup(void **state);
int rig_teardown(void **state);

/* One step of the loop; fails after 20 s without anything to do. */
void rig_turn(struct scanner_rig *f);
/* Until the log of the workers has that text, so many times. */
void rig_turn_until_logged(struct scanner_rig *f, const char *text);
void rig_turn_until_logged_times(struct scanner_rig *f, const char *text, int times);
void rig_wait_for_pages(struct scanner_rig *f, int pages);

/* Who asks from here on, a clerk; uid:1000 until then. */
void rig_be(struct scanner_rig *f, const char *id);
/* For scanners_ask and the like: what they answer is in code and ok. */
void rig_on_answer(void *payload, const struct js *ok, const struct err *err);
/* A request for that device and nothing else. */
struct js *rig_from(const char *device);
/* Asks for a scan and waits for the answer. */
enum err_code rig_start(struct scanner_rig *f, struct js *args);
/* {"job": …} of the job that was answered last; `cancel`: and cancels it. The caller's. */
struct js *rig_job(struct scanner_rig *f, bool cancel);
enum err_code rig_do_job(struct scanner_rig *f, enum job_verb verb);
/* Asks for the lease of "glass", or of another device. */
enum err_code rig_lease(struct scanner_rig *f, struct js *args);
enum err_code rig_lease_of(struct scanner_rig *f, const char *device, struct js *args);

/* Runs to the end of the job and of what the store is told after it. */
void rig_check_ends(struct scanner_rig *f, const char *state, int pages, const char *code);
void rig_check_lost_sheets(struct scanner_rig *f, int sheets, int lost_sheet, int lost_sheets);
/* The operations that worker was asked for, in order. */
void rig_check_asked(struct scanner_rig *f, const char *worker, const char *expected);
void rig_check_logged(struct scanner_rig *f, const char *text);
int rig_count_logged(struct scanner_rig *f, const char *text);
char *rig_log(struct scanner_rig *f); /* the caller's */

#endif
