#ifndef SOHOA_TESTS_REGISTER_RIG_H
#define SOHOA_TESTS_REGISTER_RIG_H

#include "tests/unit/queue/store/import_place.h"

#include "queue/store/register.h"

/* A folder of files that were read, and a register beside it. */

/* Files of a register: their rows "path|number|date|rest of the values as JSON members". */
void register_put(struct rig *rig, const char *name, const char *const *rows, size_t count);
void register_work_all(struct rig *rig);
/* The paper of that file: laid, imported and read; then read as having that number and day (NULL:
 * not found), not surely. */
void register_lay(struct place *place, const char *path);
const char *register_paper(struct place *place, const char *path); /* its id; static text */
void register_read_as(struct place *place, const char *path, const char *number, const char *date);
/* "joined path 3", "question rows", "alone": static text. */
const char *register_link(struct place *place, const char *path);
int64_t register_count(struct rig *rig, const char *key);

#endif
