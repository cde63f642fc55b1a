#ifndef SOHOA_TESTS_SCAN_SITE_H
#define SOHOA_TESTS_SCAN_SITE_H

#include "daemon/ipc/ipc.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A folder with a private SANE configuration, paper for the simulator and a place for page files;
 * and the real scan worker on the other end of a socket pair. */

struct scan_site {
    char dir[64];
    char config[96]; /* SANE_CONFIG_DIR */
    char papers[96]; /* the simulator's folder and state */
    bool own_backend;
};

void site_open(struct scan_site *site, const char *backend); /* the one in dll.conf */
void site_close(struct scan_site *site);
/* The simulator under one more SANE name, for workers that start after it. */
void site_alias(const struct scan_site *site, const char *name);
/* Writes a file under site->dir ("papers/pile.txt"). */
void site_put(const struct scan_site *site, const char *name, const char *text);
bool site_has(const struct scan_site *site, const char *name);
void site_path(const struct scan_site *site, const char *name, char *out, size_t size);

/* Paper whose pixels anyone can compute: PPM (channels 3) or PGM (1), no resolution in the file. */
void site_paper(const struct scan_site *site, const char *name, int width, int height, int channels,
                int seed);
uint8_t site_sample(int x, int y, int channel, int seed);

/* Runs a shell command with the site's SANE environment, in site->dir; its exit status. stdout and
 * stderr go to the file "out". */
int site_run(const struct scan_site *site, const char *command);
/* Contents of a file of the site, NUL-terminated, caller frees with mem_free. */
char *site_read(const struct scan_site *site, const char *name);

struct scan_worker {
    pid_t pid;
    int socket;
    uint64_t next_id;
    int progress_events;
    int last_lines, last_expected;
    int preview_rows, preview_width, preview_channels, preview_expected; /* -9: not told */
    char calls[16384]; /* SANE calls of the last request: "open> open< " */
    void (*on_progress)(struct scan_worker *worker);
};

void worker_spawn(struct scan_worker *worker, const struct scan_site *site);
/* Request and reply; *out_ok is the caller's, NULL with an error. WORKER_DIED when the worker ends.
 */
enum err_code worker_ask(struct scan_worker *worker, const char *op, struct js *args, int fd,
                         struct js **out_ok, struct err *err);
enum err_code worker_ask_fds(struct scan_worker *worker, const char *op, struct js *args,
                             const int *fds, size_t fd_count, struct js **out_ok, struct err *err);
/* The request only, no reply; false: the worker is gone. */
bool worker_send(struct scan_worker *worker, const char *op, struct js *args, int fd);
/* Closes the socket and waits; the exit status, or minus the signal. */
int worker_end(struct scan_worker *worker);
void worker_kill(struct scan_worker *worker, int signal);

/* `next` into a fresh file of the site ("page3.tif"). */
enum err_code worker_next(struct scan_worker *worker, const struct scan_site *site,
                          const char *name, struct js **out_ok, struct err *err);
int site_page_fd(const struct scan_site *site, const char *name);

#endif
