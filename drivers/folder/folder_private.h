#ifndef SOHOA_FOLDER_FOLDER_PRIVATE_H
#define SOHOA_FOLDER_FOLDER_PRIVATE_H

#include "drivers/folder/sightings.h"
#include "drivers/folder/watched_folder.h"

#include <stdbool.h>
#include <time.h>

/* Between watched_folder.c, look.c and take.c. */
struct watched_folder {
    char *name, *path;
    int settle_ms;
    uint64_t max_bytes;
    bool share;
    struct bounded_call call;
    struct sightings *sightings;
};

/* In the child. NOT_FOUND: not there, or not mounted. */
enum err_code folder_open(const struct watched_folder *folder, int *out_fd, struct err *err);
int64_t folder_time_ns(const struct timespec *when);

#endif
