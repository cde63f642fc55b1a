#ifndef SOHOA_FOLDER_SIGHTINGS_H
#define SOHOA_FOLDER_SIGHTINGS_H

#include "daemon/base/err.h"
#include "drivers/folder/file_kind.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * How long each file of a folder has been the same: a file counts as whole when size, time of
 * change and time of attribute change did not move between two looks at least settle_ms apart.
 * Inode numbers are left out, because some network folders invent them anew at each look.
 *
 * At most SIGHTINGS_MAX are kept. When it is full, those already called settled go first (they are
 * in their owner's books by then); as long as there is none, a new file waits for a later look.
 */

#define SIGHTINGS_MAX 65536

struct sighting {
    uint64_t key; /* of the path, never 0 */
    uint64_t size_bytes;
    int64_t mtime_ns, ctime_ns;
    int64_t since_us;    /* monotonic, first seen like this */
    enum file_kind kind; /* FILE_UNKNOWN until looked into */
    bool settled;
    bool hashed;
    char sha256[65];
};

struct sightings;

struct sightings *sightings_new(void); /* NULL: no memory */
void sightings_free(struct sightings *sightings);
size_t sightings_count(const struct sightings *sightings);

uint64_t sighting_key(const char *path);
/* The file as it was seen before, if it still is the same; NULL otherwise. Borrowed until the next
 * sightings_note. */
struct sighting *sightings_find(struct sightings *sightings, const struct sighting *now);
/* Remembers `now` (a changed file starts anew). NULL: no room. */
struct sighting *sightings_note(struct sightings *sightings, const struct sighting *now);

#endif
