#include "daemon/base/hash.h"
#include "daemon/base/sys.h"
#include "drivers/folder/file_name.h"
#include "drivers/folder/file_open.h"
#include "drivers/folder/folder_private.h"
#include "drivers/folder/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HASH_BLOCK (256 << 10)

/* Why an entry is no file to import. */
enum passed {
    PASSED_SPECIAL,
    PASSED_LINKS,
    PASSED_CLUTTER,
    PASSED_DEEP,
    PASSED_CLOSED,
    PASSED_COUNT
};
static const char *const passed_reasons[PASSED_COUNT] = {"special", "links", "clutter", "deep",
                                                         "closed"};

struct looking {
    struct watched_folder *folder;
    const char *cursor; /* bytes */
    int limit;
    bool hash;
    int64_t now_us, hash_until_us;
    int root;
    struct js *files;
    int passed[PASSED_COUNT];
    struct js *passed_names;
};

/* One file as the child saw it. */
struct seen {
    const char *path;
    struct stat info;
    int fd; /* -1: not opened */
    bool unreadable;
};

static struct sighting sighting_of(const struct looking *looking, const struct seen *seen)
{
    return (struct sighting){
        .key = sighting_key(seen->path),
        .size_bytes = (uint64_t)seen->info.st_size,
        .mtime_ns = folder_time_ns(&seen->info.st_mtim),
        .ctime_ns = folder_time_ns(&seen->info.st_ctim),
        .since_us = looking->now_us,
    };
}

static enum err_code open_seen(struct looking *looking, struct seen *seen)
{
    struct stat info;
    enum err_code code = file_open_below(looking->root, seen->path, &seen->fd, &info, NULL);
    if (!code)
        seen->info = info;
    seen->unreadable = code == ERR_FORBIDDEN || code == ERR_IO;
    return code;
}

/* False: changed, unreadable, or out of time. */
static bool hash_seen(const struct looking *looking, const struct seen *seen,
                      char out[HASH_HEX_SIZE])
{
    struct hash *hash = hash_new();
    AUTO(mem) char *block = mem_alloc(HASH_BLOCK);
    struct stat after;
    off_t done = 0;
    ssize_t got = hash && block ? 1 : -1;
    while (got > 0 && done <= seen->info.st_size && sys_monotonic_us() < looking->hash_until_us) {
        got = pread(seen->fd, block, HASH_BLOCK, done);
        if (got > 0) {
            hash_update(hash, block, (size_t)got);
            done += got;
            bounded_progress(got);
        }
    }
    bool whole = got == 0 && done == seen->info.st_size && fstat(seen->fd, &after) == 0 &&
                 folder_time_ns(&after.st_mtim) == folder_time_ns(&seen->info.st_mtim);
    if (whole)
        hash_finish(hash, out);
    hash_free(hash);
    return whole;
}

struct verdict {
    const char *waits; /* NULL: stable */
    enum file_kind kind;
    char sha256[HASH_HEX_SIZE];
};

static void judge(struct looking *looking, struct seen *seen, struct verdict *out)
{
    struct sighting now = sighting_of(looking, seen);
    const struct sighting *before = sightings_find(looking->folder->sightings, &now);
    out->waits = "settling";
    if (!before || looking->now_us - before->since_us < (int64_t)looking->folder->settle_ms * 1000)
        return;
    out->waits = NULL;
    out->kind = before->kind;
    bool wants_hash = looking->hash && !before->hashed;
    if (before->hashed)
        memcpy(out->sha256, before->sha256, sizeof out->sha256);
    if (before->kind != FILE_UNKNOWN && !wants_hash)
        return;
    if (seen->fd < 0)
        open_seen(looking, seen);
    if (seen->fd < 0) {
        out->kind = FILE_UNREADABLE;
        out->waits = seen->unreadable ? NULL : "settling";
        return;
    }
    if (file_is_being_written(seen->fd)) {
        out->waits = "open";
        out->kind = FILE_UNKNOWN;
        return;
    }
    if (out->kind == FILE_UNKNOWN)
        out->kind = file_kind_of(seen->fd);
    if (wants_hash && !hash_seen(looking, seen, out->sha256))
        out->sha256[0] = 0;
}

static enum err_code add_file(struct looking *looking, const struct seen *seen,
                              const struct verdict *verdict, struct err *err)
{
    AUTO(mem) char *text = NULL;
    enum err_code code = file_path_to_text(seen->path, &text, err);
    if (code)
        return code;
    struct js *file = js_pack(
        "{s:s, s:I, s:I, s:I, s:s}", "path", text, "size_bytes", (long long)seen->info.st_size,
        "mtime_ns", (long long)folder_time_ns(&seen->info.st_mtim), "ctime_ns",
        (long long)folder_time_ns(&seen->info.st_ctim), "kind", file_kind_name(verdict->kind));
    bool ok = file != NULL;
    if (verdict->waits)
        ok = ok && js_set(file, "waits", js_text(verdict->waits));
    if (verdict->sha256[0])
        ok = ok && js_set(file, "sha256", js_text(verdict->sha256));
    if (!ok)
        js_free(TAKE(file));
    return js_push(looking->files, file) ? ERR_OK : err_set(err, ERR_NO_MEMORY, "list of files");
}

/* Nobody has to know the names of what Windows leaves lying. */
static enum err_code pass_over(struct looking *looking, const struct walk_entry *entry,
                               enum passed reason, struct err *err)
{
    AUTO(mem) char *text = NULL;
    looking->passed[reason]++;
    if (reason == PASSED_CLUTTER || js_count(looking->passed_names) >= FOLDER_PASSED_NAMES)
        return ERR_OK;
    enum err_code code = file_path_to_text(entry->path, &text, err);
    if (code)
        return code;
    struct js *name = js_pack("{s:s, s:s}", "path", text, "why", passed_reasons[reason]);
    return js_push(looking->passed_names, name) ? ERR_OK
                                                : err_set(err, ERR_NO_MEMORY, "list of files");
}

static enum err_code look_at(struct looking *looking, const struct walk_entry *entry,
                             struct err *err)
{
    struct seen seen = {.path = entry->path, .fd = -1};
    struct verdict verdict = {0};
    bounded_progress(0);
    if (file_name_is_clutter(entry->path))
        return pass_over(looking, entry, PASSED_CLUTTER, err);
    if (entry->class == WALK_LINK && open_seen(looking, &seen))
        return pass_over(looking, entry, PASSED_LINKS, err);
    if (seen.fd < 0 && fstatat(looking->root, entry->path, &seen.info, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT || errno == ENOTDIR
                   ? ERR_OK
                   : file_error(errno, ERR_IO, "looking at a file", err);
    if (!S_ISREG(seen.info.st_mode))
        return pass_over(looking, entry, PASSED_SPECIAL, err);
    if (file_name_is_temporary(entry->path))
        verdict.waits = "temporary";
    else
        judge(looking, &seen, &verdict);
    fd_close(seen.fd);
    return add_file(looking, &seen, &verdict, err);
}

static enum err_code look_at_entry(struct looking *looking, const struct walk_entry *entry,
                                   struct err *err)
{
    switch (entry->class) {
    case WALK_SPECIAL:
        return pass_over(looking, entry, PASSED_SPECIAL, err);
    case WALK_DEEP:
        return pass_over(looking, entry, PASSED_DEEP, err);
    case WALK_CLOSED:
        return pass_over(looking, entry, PASSED_CLOSED, err);
    default:
        return look_at(looking, entry, err);
    }
}

static enum err_code look_in_child(void *work, struct js **out, struct err *err)
{
    struct looking *looking = work;
    AUTO(walk) struct walk walk = {0};
    AUTO(js) struct js *files = looking->files = js_array();
    AUTO(js) struct js *passed = looking->passed_names = js_array();
    AUTO(fd) int root = -1;
    enum err_code code = folder_open(looking->folder, &root, err);
    if (code == ERR_NOT_FOUND) {
        *out = js_pack("{s:b}", "missing", 1);
        return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "answer");
    }
    looking->root = root;
    if (!code)
        code =
            walk_after(root, looking->cursor, (size_t)looking->limit, FOLDER_DEPTH_MAX, &walk, err);
    for (size_t i = 0; i < walk.count && !code; i++)
        code = look_at_entry(looking, &walk.entry[i], err);
    if (code)
        return code;
    AUTO(mem) char *cursor = NULL;
    if (walk.more)
        code = file_path_to_text(walk.entry[walk.count - 1].path, &cursor, err);
    if (code)
        return code;
    AUTO(js) struct js *passed_over = js_pack("{s:O}", "names", passed);
    bool fits = passed_over != NULL;
    for (int reason = 0; reason < PASSED_COUNT; reason++)
        fits = fits && js_set(passed_over, passed_reasons[reason], js_int(looking->passed[reason]));
    if (fits)
        *out = js_pack("{s:O, s:s?, s:b, s:O}", "files", files, "cursor", cursor, "missing", 0,
                       "passed_over", passed_over);
    return fits && *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "answer");
}

/* --- in the parent --------------------------------------------------------------------------- */

/* The table the child saw was a copy: the same is noted here. */
static enum err_code note_file(struct watched_folder *folder, const struct js *file, int64_t now_us,
                               struct err *err)
{
    AUTO(mem) char *path = NULL;
    enum err_code code = file_path_from_text(js_text_or(file, "path", ""), &path, err);
    if (code)
        return code;
    struct sighting now = {
        .key = sighting_key(path),
        .size_bytes = (uint64_t)js_int_or(file, "size_bytes", 0),
        .mtime_ns = js_int_or(file, "mtime_ns", 0),
        .ctime_ns = js_int_or(file, "ctime_ns", 0),
        .since_us = now_us,
    };
    const char *waits = js_text_or(file, "waits", ""), *sha256 = js_text_or(file, "sha256", "");
    struct sighting *kept =
        strcmp(waits, "temporary") == 0 ? NULL : sightings_note(folder->sightings, &now);
    if (!kept || *waits)
        return ERR_OK;
    kept->settled = true;
    kept->kind = file_kind_from_name(js_text_or(file, "kind", ""));
    kept->hashed = hash_is_hex(sha256);
    if (kept->hashed)
        memcpy(kept->sha256, sha256, sizeof kept->sha256);
    return ERR_OK;
}

static struct js *public_file(const struct js *file)
{
    AUTO(js) struct js *out = js_copy(file);
    bool stable = !js_has(file, "waits");
    if (!out || !js_remove(out, "ctime_ns") || !js_remove(out, "mtime_ns") ||
        !js_set(out, "mtime_us", js_int(js_int_or(file, "mtime_ns", 0) / 1000)) ||
        !js_set(out, "stable", js_bool(stable)))
        return NULL;
    return TAKE(out);
}

static enum err_code take_look(struct watched_folder *folder, const struct js *seen, int64_t now_us,
                               struct js **out, struct err *err)
{
    AUTO(js) struct js *files = js_array();
    const struct js *list = js_at(seen, "files");
    for (size_t i = 0; i < js_count(list); i++) {
        enum err_code code = note_file(folder, js_item(list, i), now_us, err);
        if (code)
            return code;
        if (!js_push(files, public_file(js_item(list, i))))
            return err_set(err, ERR_NO_MEMORY, "list of files");
    }
    struct js *answer = js_copy(seen);
    if (!js_set(answer, "files", js_ref(files)) ||
        (!js_at(seen, "cursor") && !js_set(answer, "cursor", js_null()))) {
        js_free(answer);
        return err_set(err, ERR_NO_MEMORY, "list of files");
    }
    *out = answer;
    return ERR_OK;
}

enum err_code watched_folder_look(struct watched_folder *folder, const struct look_options *options,
                                  struct js **out, struct err *err)
{
    AUTO(mem) char *cursor = NULL;
    AUTO(js) struct js *seen = NULL;
    enum err_code code = ERR_OK;
    if (options->limit < 1 || options->limit > FOLDER_LIMIT_MAX)
        code = err_set(err, ERR_BAD_ARGUMENT, "limit is not 1 to %d", FOLDER_LIMIT_MAX);
    if (!code && options->cursor)
        code = file_path_from_text(options->cursor, &cursor, err);
    if (code)
        return code;
    int64_t now_us = sys_monotonic_us();
    struct looking looking = {
        .folder = folder,
        .cursor = cursor,
        .limit = options->limit,
        .hash = options->hash,
        .now_us = now_us,
        .hash_until_us = now_us + (int64_t)folder->call.deadline_ms * 500,
    };
    code = bounded_call(&folder->call, look_in_child, &looking, &seen, err);
    if (!code)
        code = take_look(folder, seen, now_us, out, err);
    return code ? err_context(err, code, "folder '%s'", folder->name) : ERR_OK;
}
