#ifndef SOHOA_PIPELINE_DEVICE_BOOK_H
#define SOHOA_PIPELINE_DEVICE_BOOK_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"

#include <stdbool.h>

/*
 * Which scanners this station knows: those SANE lists now, joined by identity with what people
 * settled (label, profile), which is in the store and outlives plugs, ports and restarts.
 *
 *   look (worker `list`) ─┐
 *                         ├─▶ book ──▶ list for people · a scanner by label, identity or SANE name
 *   settings (store) ─────┘
 */

struct device_book;
struct devices;
struct store_client;

enum err_code device_book_new(struct devices *devices, struct store_client *store,
                              struct device_book **out, struct err *err);
void device_book_free(struct device_book *book);

/* A device as a job needs it. Borrowed for the call. */
struct device_ref {
    const char *key;            /* identity, or the SANE name where SANE gives none */
    const char *name;           /* what SANE calls it now */
    const char *vendor, *model; /* "" where SANE does not list it */
};

typedef void device_book_found_fn(void *payload, const struct device_ref *found,
                                  const struct err *err);
typedef void device_book_done_fn(void *payload, const struct js *ok, const struct err *err);

/* Labels and profiles anew from the store: at the start and after a change. */
void device_book_load(struct device_book *book);

/* After a look: {"devices":[{as SANE's list, "label","profile","present"}]}; those with a label
 * that are not there now come last with "present" false. */
void device_book_list(struct device_book *book, device_book_done_fn *done, void *payload);

/* `wanted`: label, identity or SANE name; "" = the first there is. From the last look when there
 * was one that found it and `again` is false (a device that is not where it was is looked for
 * `again`). A name nobody lists is taken as SANE name (backends that do not list); one that has a
 * label or profile and is not there even after another look is UNKNOWN_DEVICE, nothing at all
 * NO_SCANNER. */
void device_book_find(struct device_book *book, const char *wanted, bool again,
                      device_book_found_fn *found, void *payload);

/* The device that somebody settles something about: one that SANE lists or that was settled before,
 * there now or not. UNKNOWN_DEVICE: nobody ever saw it. */
void device_book_find_seen(struct device_book *book, const char *wanted,
                           device_book_found_fn *found, void *payload);

/* {"profiles":[{"name","settings","locked"}]}; NULL: out of memory. */
struct js *device_book_profiles(const struct device_book *book);
/* What the store answers to a change; the book is as the store from here on. */
void device_book_take(struct device_book *book, const struct js *settings);

/* The named profile, and the one of a device: {"name","settings","locked"}; NULL when there is
 * none. Borrowed until the next load. */
const struct js *device_book_profile(const struct device_book *book, const char *name);
const struct js *device_book_profile_of(const struct device_book *book, const char *key);
/* NULL: it has none. Borrowed likewise. */
const char *device_book_label_of(const struct device_book *book, const char *key);

/* The devices of the last look, for the call. */
typedef void device_book_each_fn(void *payload, const struct device_ref *device);
void device_book_each(const struct device_book *book, device_book_each_fn *each, void *payload);

#endif
