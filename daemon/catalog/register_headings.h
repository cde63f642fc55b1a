#ifndef SOHOA_CATALOG_REGISTER_HEADINGS_H
#define SOHOA_CATALOG_REGISTER_HEADINGS_H

#include "daemon/base/js.h"
#include "daemon/catalog/file_rows.h"
#include "daemon/model/register_column.h"

#include <stdbool.h>

/*
 * Which column of a register is which. A heading is told by what a person said of it, else by what
 * was said of the folder's register before, else by its words. Two rows of headings (a group's name
 * above its columns) are one: the lower one names what stands below a group.
 */

#define REGISTER_WIDTH_MAX 200

struct register_heading {
    char *text, *key; /* as it stands there; in the form of catalog_heading */
    int column;       /* enum register_column; REGISTER_UNKNOWN */
    const char *by;   /* "map" "kept" "words" or ""; static */
    bool twice;       /* another one has that column */
};

struct register_headings {
    struct register_heading item[REGISTER_WIDTH_MAX];
    size_t count;
    int place[REGISTER_COLUMN_COUNT]; /* in the row; -1: no such column */
};

/* {heading: column key} each, or NULL. */
struct register_maps {
    const struct js *said, *kept;
};

/* The row as headings; where one of its cells is empty, `above` (may be NULL) has the heading.
 * NO_MEMORY */
enum err_code register_headings_read(const struct catalog_cells *cells,
                                     const struct register_headings *above,
                                     const struct register_maps *maps,
                                     struct register_headings *out, struct err *err);
void register_headings_done(struct register_headings *headings);
/* Two columns are known, and one of them can join a row to a paper. */
bool register_headings_fit(const struct register_headings *headings);
/* Below `headings` stands a row that names more of its columns: none of those known has a cell in
 * it. */
bool register_headings_go_on(const struct register_headings *headings,
                             const struct catalog_cells *cells, const struct register_maps *maps);
/* [{"heading", "key", "field": column key | null, "by", "twice"?}…] */
struct js *register_headings_to_js(const struct register_headings *headings);

#endif
