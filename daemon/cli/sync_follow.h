#ifndef SOHOA_CLI_SYNC_FOLLOW_H
#define SOHOA_CLI_SYNC_FOLLOW_H

#include "daemon/cli/cli.h"

/*
 * Waits until what a person began to send has gone, and shows how far it is: on a terminal one line
 * that is drawn anew (left, sent, on the way, bytes a second, records a minute, when it will be
 * done), else a plain line now and then. Ctrl-C ends the waiting and nothing else, and says so.
 * CLI_DONE: all went. CLI_FAILED: it ended before (interrupted, time is up, the line is down); what
 * is left, and why, is on stderr.
 */
int sync_follow(const struct cli *cli);

#endif
