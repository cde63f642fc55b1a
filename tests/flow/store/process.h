#ifndef SOHOA_TESTS_STORE_PROCESS_H
#define SOHOA_TESTS_STORE_PROCESS_H

#include "tests/harness/test.h"

#include "daemon/base/id.h"
#include "daemon/ipc/ipc.h"

#include <sys/types.h>

/* A real sohoa-store-worker on a socketpair, spoken to as the daemon does. */

struct store_process {
    pid_t pid;
    int socket;
    uint64_t last_id;
};

/* `extra` are further arguments, NULL-ended; may be NULL. */
void process_start(struct store_process *p, const char *folder, const char *const *extra);
/* Closes the socket, waits; the exit status. */
int process_end(struct store_process *p);
void process_kill(struct store_process *p); /* SIGKILL, waits */

/* `args` is JSON text; a principal is put in. ok: the caller's; fds: those of the answer, may be
 * NULL. The error of a broken connection is BAD_MESSAGE or IO. */
enum err_code process_call(struct store_process *p, const char *op, const char *args,
                           const int *fds, size_t fd_count, struct js **out_ok, int *out_fds,
                           size_t out_size, struct err *err);
/* The two halves of it, for several requests under way at once: the id of the request, and what
 * answers next. */
enum err_code process_send(struct store_process *p, const char *op, const char *args,
                           const int *fds, size_t fd_count, uint64_t *out_id, struct err *err);
enum err_code process_receive(struct store_process *p, uint64_t *out_id, struct js **out_ok,
                              struct err *err);
/* Fails the test with an error; out_fd NULL: no descriptor wanted. */
struct js *process_ok(struct store_process *p, int *out_fd, const char *op, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void process_expect(struct store_process *p, enum err_code wanted, const char *op, const char *fmt,
                    ...) __attribute__((format(printf, 4, 5)));

/* A dossier with one document. */
struct process_paper {
    char dossier[ID_SIZE], document[ID_SIZE];
};
struct process_paper process_paper(struct store_process *p);
/* Begins, writes and commits one page; the id of an acknowledged one. */
/* The same without the commit: its arguments, and the page's id. */
#define PROCESS_ARGS_MAX 2000
enum err_code process_begin_page(struct store_process *p, const struct process_paper *paper,
                                 const char *content, char out_id[ID_SIZE],
                                 char out_args[PROCESS_ARGS_MAX], struct err *err);
enum err_code process_page(struct store_process *p, const struct process_paper *paper,
                           const char *content, char out_id[ID_SIZE], struct err *err);

#endif
