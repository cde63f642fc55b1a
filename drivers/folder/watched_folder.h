#ifndef SOHOA_FOLDER_WATCHED_FOLDER_H
#define SOHOA_FOLDER_WATCHED_FOLDER_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"
#include "daemon/base/mem.h"
#include "drivers/folder/bounded_call.h"

#include <stddef.h>
#include <stdint.h>

/*
 * A folder that paper comes from as files: local, NFS or SMB. It is only ever read: originals are
 * opened O_RDONLY (and O_NOATIME where the owner allows), nothing is renamed, moved or deleted.
 * Every call that touches it runs in a child with a deadline (bounded_call.h). Details of errors
 * name the folder and never a file: file names hold names of people.
 */

enum folder_kind { FOLDER_WATCH, FOLDER_BACKLOG, FOLDER_SCAN_TO };

struct folder_config {
    const char *name, *path; /* path absolute */
    enum folder_kind kind;
    int settle_ms;      /* how long a file must stay the same; 0: 10 s, backlog 2 s */
    int deadline_ms;    /* without a sign of life; 0: 20 s */
    uint64_t max_bytes; /* of one file; 0: 1 GiB */
    bool share;         /* a network folder: an ordinary disk in its place counts as missing */
};

struct watched_folder;

/* "watch" "backlog" "scan-to-folder"; BAD_CONFIG otherwise. */
enum err_code folder_kind_from_name(const char *name, enum folder_kind *out, struct err *err);

/* BAD_CONFIG: no name, path not absolute. The folder itself is not looked at. */
enum err_code watched_folder_new(const struct folder_config *config, struct watched_folder **out,
                                 struct err *err);
void watched_folder_free(struct watched_folder *folder);
AUTO_DEFINE(watched_folder, struct watched_folder *, watched_folder_free);
const char *watched_folder_name(const struct watched_folder *folder);
/* Hooks for every child of it: progress, cancelling, what the child closes first. */
struct bounded_call *watched_folder_call(struct watched_folder *folder);

/*
 * The files after `cursor` (NULL: from the start) in natural order, at most `limit` (1 … 1000):
 *   {"files": [{"path", "size_bytes", "mtime_us", "stable", "kind", "sha256"?, "waits"?}],
 *    "cursor": text | null, "missing": bool,
 *    "passed_over": {"special", "links", "clutter", "deep", "closed", "names": [{"path", "why"}]}}
 * kind is FILE_… once stable, "unknown" before. waits: "settling" "temporary" "open" (somebody is
 * writing). passed_over counts, between the two cursors, devices and pipes, links that lead out,
 * leftovers of Windows, folders deeper than FOLDER_DEPTH_MAX, folders that may not be read; names
 * has the first FOLDER_PASSED_NAMES of them but for the leftovers.
 * With `hash`, stable files get a SHA-256 as far as half the deadline goes.
 * Memory depends on limit, not on the number of files. IO, TIMEOUT (share does not answer),
 * BAD_CONFIG (may not be read), BAD_ARGUMENT (cursor).
 */
#define FOLDER_LIMIT_MAX 1000
#define FOLDER_DEPTH_MAX 16
#define FOLDER_PASSED_NAMES 100
struct look_options {
    const char *cursor;
    int limit;
    bool hash;
};
enum err_code watched_folder_look(struct watched_folder *folder, const struct look_options *options,
                                  struct js **out, struct err *err);

/*
 * Copies one file to `to_fd` (writable, empty) and flushes it. What is expected is what a look
 * said: size and time of change, the hash where there was one (NULL: none). *out:
 *   {"sha256", "size_bytes", "kind", "pages": n | null, "facts": {…} | null}
 * facts as copy_exception.h says, of the first image; null for what is no image.
 * STATE_CHANGED (not the bytes that were looked at), NOT_FOUND (gone), FORBIDDEN (may not be read,
 * or a link that leads out), TOO_LARGE, IMAGE_EMPTY, and as above.
 */
struct take_expected {
    uint64_t size_bytes;
    int64_t mtime_us;
    const char *sha256;
};
enum err_code watched_folder_take(struct watched_folder *folder, const char *path,
                                  const struct take_expected *expected, int to_fd, struct js **out,
                                  struct err *err);

#endif
