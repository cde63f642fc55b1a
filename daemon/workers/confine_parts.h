#ifndef SOHOA_WORKERS_CONFINE_PARTS_H
#define SOHOA_WORKERS_CONFINE_PARTS_H

#include <stdbool.h>

/* What daemon/workers/confine.c puts together; nobody else includes this. */

/* One row: what a worker program needs of the machine. Lists end with NULL, NULL is an empty one.
 * Paths that do not exist are left out. */
struct confine_profile {
    const char *program;
    const char *const *reads;        /* files and folders, beside what every program reads */
    const char *const *named_reads;  /* environment variables that name more: "FOLDER:FOLDER" */
    const char *const *writes;       /* folders to read and write, beside the caller's */
    const char *const *named_writes; /* environment variables that name more of them */
    const char *const *runs;         /* programs it may start, or folders of them; NULL: none */
    bool temp;                       /* temporary files: $TMPDIR, else /dev/shm and /tmp */
    bool network;                    /* sockets other than those it was given */
};

/* confine_profiles.c: the row of that name, NULL when there is none; what every program reads
 * (libraries, fonts, models, time zone, its own state in /proc) and the devices it writes. */
const struct confine_profile *confine_profile_find(const char *program);
extern const char *const confine_common_reads[];
extern const char *const confine_common_devices[];

/* confine_calls.c, confine_files.c: put up that fence. 0, or the errno that kept it from standing:
 * ENOSYS when the kernel has none. The process must have PR_SET_NO_NEW_PRIVS. */
int confine_load_calls(const struct confine_profile *profile);
int confine_load_files(const struct confine_profile *profile, const char *const folders[]);

#endif
