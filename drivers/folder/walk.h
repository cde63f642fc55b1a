#ifndef SOHOA_FOLDER_WALK_H
#define SOHOA_FOLDER_WALK_H

#include "daemon/base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* The first names after a cursor in a tree of any size: one pass, memory for `limit` names. */

enum walk_class { WALK_FILE, WALK_LINK, WALK_SPECIAL, WALK_DEEP, WALK_CLOSED };

struct walk_entry {
    char *path; /* relative, as bytes */
    enum walk_class class;
};

struct walk {
    struct walk_entry *entry; /* in file_path_compare's order */
    size_t count;
    bool more; /* there are entries after the last */
};

/* cursor NULL: from the start. Folders that vanish meanwhile are passed over. NO_MEMORY, TIMEOUT,
 * IO. walk_done also after an error. */
enum err_code walk_after(int dir_fd, const char *cursor, size_t limit, int depth_max,
                         struct walk *out, struct err *err);
void walk_done(struct walk *walk);

static inline void walk_auto(struct walk *place)
{
    walk_done(place);
}

#endif
