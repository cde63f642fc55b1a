#ifndef SOHOA_CLI_SCAN_FOLLOW_H
#define SOHOA_CLI_SCAN_FOLLOW_H

#include "daemon/cli/cli.h"

/*
 * A scan job from its start to its end, for a person or a script.
 *
 *   start ──▶ running ──▶ done                                      exit 0
 *              │  ▲ └───▶ cancelled (Ctrl-C), failed                exit 1
 *              │  └─────── Enter ◀── failed, can go on, terminal
 *              └ waits for the next page of a hands-free run: Enter, q; without terminal the
 *                command that does it is named
 */

/* Asks `method path` with `body` (taken over) for the job, follows it, shows how it ended. */
int scan_follow(const struct cli *cli, const char *method, const char *path, struct js *body);

/* Answers of the scan route and of the job routes both carry the job. */
const struct js *scan_job_of(const struct js *reply);
void scan_show_job(const struct js *reply);

#endif
