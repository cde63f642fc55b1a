#ifndef SOHOA_TESTS_IMPORT_PLACE_H
#define SOHOA_TESTS_IMPORT_PLACE_H

#include "tests/unit/queue/store/rig.h"

/* A folder whose files come and go, and the import worker that would report and take them. */

#define PLACE_FOLDER "old"
#define PLACE_FILES_MAX 24
#define PLACE_CONTENTS 9

/* Content 0 is no paper, 1 is encrypted, 2 waits for a person, 3 is a PDF of three pages; 4 and up
 * are images. */
struct lying {
    char path[40];
    int content, mtime;
};

struct place {
    struct rig *rig;
    enum import_papers papers;
    struct lying files[PLACE_FILES_MAX];
    size_t count;
    int64_t sweep;
    int clock;
    int broken_page; /* of any file; 0: none. It then waits. */
};

void place_lay(struct place *place, const char *path, int content);
void place_remove(struct place *place, size_t i);
void place_rename(struct place *place, size_t i, const char *path);
/* The whole folder is seen, every file whole. */
void place_sweep(struct place *place);

/* One step of the importer. False: nothing is to be done. `killed`: sohoad ends before it could
 * tell the store. */
bool place_work(struct place *place, bool killed);
void place_work_all(struct place *place);
void place_import(struct place *place); /* both */

int64_t place_balance(struct place *place, const char *key);
void place_check_balance(struct place *place);
/* Of the item at that path now: static text until the next call. */
const char *place_item(struct place *place, const char *path, const char *column);

#endif
