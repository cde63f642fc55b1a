#ifndef SOHOA_TESTS_DISK_MODEL_H
#define SOHOA_TESTS_DISK_MODEL_H

#include "tests/harness/disk_log.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What a disk may hold after a power cut, told from a log of disk_recorder.so.
 *
 * A flush of a file makes its bytes last, a flush of a folder its names; nothing else does. What
 * was not flushed may be there or not, each for itself: bytes without the name, the name without
 * bytes or with zeros, a later write without an earlier one, the last write up to some sector. This
 * is as strict as POSIX; real file systems keep more. A move into another folder may leave both
 * names.
 *
 * Memory and files that fail end the program: this is for tests.
 */

/* ---- the log ---- */

struct disk_event {
    struct disk_record head;
    const char *first, *second; /* not ended by a zero */
    const uint8_t *data;
};

struct disk_log {
    struct disk_event *event;
    size_t count;
    void *bytes;
    size_t size;
};

void disk_log_load(const char *path, struct disk_log *out);
void disk_log_done(struct disk_log *log);
bool disk_event_changes(const struct disk_event *event); /* the disk, not only what is said */

/* ---- the disk ---- */

enum disk_part { DISK_FLUSHED, DISK_ALL, DISK_ZEROS, DISK_NEWEST, DISK_CHANCE };

/* Which of what was not flushed is there. */
struct disk_choice {
    const char *name;
    enum disk_part names, data;
    int torn; /* of the newest write that was not flushed: its first (1) or last (-1) `sixteenths`
               */
    int sixteenths;
    uint32_t seed; /* of DISK_CHANCE */
};

extern const struct disk_choice disk_choices[]; /* ends with a NULL name */

struct disk;

/* The recorded folder, empty and flushed. */
struct disk *disk_new(const struct disk_log *log);
void disk_free(struct disk *disk);
void disk_apply(struct disk *disk, const struct disk_event *event);

/* Equal numbers: the same state. */
uint64_t disk_signature(const struct disk *disk, const struct disk_choice *choice);
/* Makes the state as files under `folder`, which is there and empty. */
void disk_build(const struct disk *disk, const struct disk_choice *choice, const char *folder);
/* Path of a file in the folder: "" when it has no name there (any more). Static text. */
const char *disk_path(const struct disk *disk, uint64_t inode);

/*
 * A mutation, to see a check fail: flushes of files, or of folders, whose path contains `pattern`
 * come to nothing from now on.
 */
void disk_forget_flushes(struct disk *disk, const char *pattern, bool folders);

#endif
