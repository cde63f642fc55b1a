#ifndef SOHOA_TESTS_PEER_H
#define SOHOA_TESTS_PEER_H

#include "tests/flow/scan/scan_site.h"

/* Someone else's program beside the scan worker. */

/* Starts it with the folder `config` as SANE_CONFIG_DIR and the simulator's backend within reach;
 * output goes to the file "peer.log" of the site. It dies with the test. */
pid_t peer_start(const struct scan_site *site, const char *config, const char *const argv[]);
void peer_stop(pid_t pid);
/* Waits up to 10 s for the file; fails the test when it does not come. */
void peer_wait_file(const struct scan_site *site, const char *name);
/* Skips the test, or fails it where CI is set, unless a file fits the pattern. `what`: the missing
 * package. */
void peer_need(const char *pattern, const char *what);

#endif
