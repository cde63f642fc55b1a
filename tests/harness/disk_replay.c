#include "tests/harness/disk_model.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/*
 * disk_replay LOG                            what a recorded run did
 * disk_replay LOG CUT CHOICE NUMBER FOLDER   makes FOLDER: the disk when the power went before
 * event CUT; CHOICE is a name of disk_choices, NUMBER its seed or the sixteenths of a torn write
 */

static void list(const struct disk_log *log)
{
    static const char *const names[] = {"?",     "create", "mkdir",  "write",  "truncate",
                                        "flush", "link",   "unlink", "rename", "map",
                                        "hear",  "say",    "start"};
    struct disk *disk = disk_new(log);
    for (size_t i = 0; i < log->count; i++) {
        const struct disk_event *event = &log->event[i];
        const struct disk_record *head = &event->head;
        const char *kind = head->kind <= DISK_START ? names[head->kind] : names[0];
        bool folder = head->kind == DISK_UNLINK || head->kind == DISK_RENAME;
        if (disk_event_changes(event))
            disk_apply(disk, event);
        bool talk = head->kind == DISK_HEAR || head->kind == DISK_SAY;
        printf("%zu %s/%u %s %s %.*s %.*s offset %llu size %u %.*s\n", i, head->program, head->pid,
               kind, talk ? "" : disk_path(disk, folder ? head->folder : head->inode),
               head->first_size, event->first, head->second_size, event->second,
               (unsigned long long)head->offset, head->size,
               talk ? (int)(head->size < 100 ? head->size : 100) : 0, (const char *)event->data);
    }
    disk_free(disk);
}

static struct disk_choice choice_named(const char *name, const char *number)
{
    for (const struct disk_choice *choice = disk_choices; choice->name; choice++)
        if (strcmp(choice->name, name) == 0) {
            struct disk_choice one = *choice;
            if (one.torn)
                one.sixteenths = atoi(number);
            else if (one.seed)
                one.seed = (uint32_t)atoi(number);
            return one;
        }
    errx(2, "no choice '%s'", name);
}

int main(int argc, char **argv)
{
    struct disk_log log;
    if (argc != 2 && argc != 6)
        errx(2, "usage: disk_replay LOG [CUT CHOICE NUMBER FOLDER]");
    disk_log_load(argv[1], &log);
    if (argc == 2) {
        list(&log);
    } else {
        struct disk_choice choice = choice_named(argv[3], argv[4]);
        struct disk *disk = disk_new(&log);
        for (size_t i = 0; i < log.count && i < strtoull(argv[2], NULL, 10); i++)
            disk_apply(disk, &log.event[i]);
        if (mkdir(argv[5], 0700) != 0)
            err(1, "%s", argv[5]);
        disk_build(disk, &choice, argv[5]);
        disk_free(disk);
    }
    disk_log_done(&log);
    return 0;
}
