#ifndef SOHOA_STORE_CATALOG_H
#define SOHOA_STORE_CATALOG_H

#include "daemon/base/id.h"
#include "daemon/model/catalog_kind.h"
#include "queue/store/store.h"

/*
 * Catalogues: dated versions of code lists. The version that holds on a day is the newest by
 * its date of effect, a site's own before those that came with the product; a day before the first
 * version gets the first. Days are "2025-07-01", Vietnam time. Versions are never changed or
 * removed: a dossier's rules can be looked up for ever.
 */

/* Who imported what came with the product. */
#define CATALOG_PACKAGE "package"

struct catalog_import {
    const struct catalog_kind *kind;
    const char *valid_from;
    const char *source; /* NULL: not said */
    const char *file, *file_sha256;
    const struct js *rows; /* as daemon/catalog/catalog_read.h has them */
    bool dry_run;
    bool insist; /* whatever is doubtful about it */
};

/* {"version": {…} or null, "already", "compared": catalog_compare.h}. The same rows for the same
 * day again are "already" there. CATALOG_DOUBTFUL: hardly the list that was meant. */
enum err_code catalog_import(struct store *store, const struct catalog_import *import,
                             struct principal by, struct js **out, struct err *err);

/* The lists that come with the product, those that are not there yet; a store that takes no more
 * rows works without them. */
void catalog_ship(struct store *store);

/* [{"id", "kind", "valid_from", "source", "file", "sha256", "rows", "imported_us", "imported_by",
 * "active"}…], newest first; kind NULL: all. */
enum err_code catalog_versions(struct store *store, const char *kind, struct js **out,
                               struct err *err);

/* "" when the catalogue has no version. */
enum err_code catalog_version_on(struct store *store, const char *kind, const char *day,
                                 char out[ID_SIZE], struct err *err);

void catalog_today(char out[11]);

/* The rows of a code that hold on that day, as they were imported. day NULL: today. */
enum err_code catalog_by_code(struct store *store, const struct catalog_kind *kind,
                              const char *code, const char *day, struct js **out, struct err *err);
/* ?1 the version, ?2 the code. By its index: without statistics SQLite thinks that reading the
 * whole version is as quick, and an import that compares 100,000 rows would stop the store for
 * hours. */
#define CATALOG_ROWS_OF_CODE                                                                       \
    "FROM catalog_row INDEXED BY catalog_row_code WHERE version_id = ?1 AND code = ?2"

/* Rows of one version, whatever holds today. */
enum err_code catalog_of_version(struct store *store, const char *version, const char *code,
                                 const char *day, struct js **out, struct err *err);

/* All rows of one version, in order; "" gives none. */
enum err_code catalog_all(struct store *store, const char *version, struct js **out,
                          struct err *err);

/* Rows that have a word beginning with each word asked for, or whose code begins with it, best
 * first; without accents the same. *out_empty: the catalogue has no version. */
#define CATALOG_FOUND_MAX 50
enum err_code catalog_search(struct store *store, const struct catalog_kind *kind,
                             const char *words, size_t limit, bool *out_empty, struct js **out,
                             struct err *err);

/* Of a folded name, without "tinh" or "thanh pho" before it. */
const char *catalog_bare_province(const char *folded);
/* The successor of a province of before 2025 by its name, "Tỉnh" or "Thành phố" before it or not:
 * {"name", "code", "agency_code"?}; null when it is in no catalogue. */
enum err_code catalog_successor(struct store *store, const char *province, struct js **out,
                                struct err *err);

/* {"versions": how many, "findings": [{"kind", "version", "code"?, "why"}…], "finding_count"} */
enum err_code catalog_verify(struct store *store, struct js **out, struct err *err);

/* Somebody looked for what is in no catalogue; a store that takes no more rows is no reason to stop
 * anybody. code "": the catalogue is empty. */
void catalog_note_gap(struct store *store, const char *kind, const char *code);
/* [{"kind", "code", "times", "first_us", "last_us"}…] that are still gaps, newest first. */
enum err_code catalog_gaps(struct store *store, struct js **out, struct err *err);

#endif
