#include "queue/store/store.h"

#include "daemon/base/file.h"
#include "daemon/base/sys.h"
#include "queue/store/check.h"
#include "queue/store/claim.h"
#include "queue/store/damage.h"
#include "queue/store/import.h"
#include "queue/store/inside.h"
#include "queue/store/migrate.h"
#include "queue/store/purge.h"
#include "queue/store/restored.h"
#include "queue/store/remote_held.h"
#include "queue/store/result_code.h"
#include "queue/store/secret.h"
#include "queue/store/task.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LOCK_RETRY_MS 20

/* ---- the folder's lock ---- */

static enum err_code in_use(int fd, const char *folder, struct err *err)
{
    char pid[16] = "";
    ssize_t got = pread(fd, pid, sizeof pid - 1, 0);
    pid[got > 0 ? strspn(pid, "0123456789") : 0] = 0;
    return err_set(err, ERR_STORE_IN_USE, "'%s' is in use by process %s: one Sohoa per folder",
                   folder, *pid ? pid : "?");
}

static enum err_code take_lock(const char *folder, int wait_ms, int *out_fd, struct err *err)
{
    AUTO(mem)
    char *path = mem_printf("%s/lock", folder);
    if (!path)
        return err_set(err, ERR_NO_MEMORY, "lock");
    AUTO(fd)
    int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set_errno(err, ERR_IO, errno, "open '%s'", path);
    int64_t deadline_us = sys_monotonic_us() + (int64_t)wait_ms * 1000;
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return err_set_errno(err, ERR_IO, errno, "lock '%s'", path);
        if (sys_monotonic_us() >= deadline_us)
            return in_use(fd, folder, err);
        nanosleep(&(struct timespec){0, LOCK_RETRY_MS * 1000000}, NULL);
    }
    char pid[16]; /* tells people who it is; a full disk must not keep the store shut */
    int size = snprintf(pid, sizeof pid, "%-8d\n", (int)getpid());
    if (pwrite(fd, pid, (size_t)size, 0) != size)
        (void)ftruncate(fd, 0);
    *out_fd = TAKE_FD(fd);
    return ERR_OK;
}

/* ---- the database ---- */

static enum err_code set_pragmas(struct db *db, struct err *err)
{
    AUTO(mem)
    char *mode = NULL;
    enum err_code code = db_text(db, "PRAGMA journal_mode = WAL", DB_BIND_NONE, &mode, err);
    if (!code && (!mode || strcmp(mode, "wal") != 0))
        return err_set(err, ERR_IO, "this file system cannot keep a write-ahead log");
    if (code)
        return code;
    return db_script(db,
                     "PRAGMA synchronous = FULL;"
                     "PRAGMA secure_delete = ON;"
                     "PRAGMA cell_size_check = ON;"
                     "PRAGMA temp_store = MEMORY;" /* what a savepoint may take back, too */
                     "PRAGMA foreign_keys = ON",
                     err);
}

/* An empty file is no database yet: all that a crash at the very first start leaves. */
static bool has_content(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && info.st_size > 0;
}

/* Before the folder for blobs is made: a store that was in use has one. */
static enum err_code check_blobs_there(struct db *db, const char *folder, struct err *err)
{
    int64_t version, named = 0;
    if (blobs_there(folder))
        return ERR_OK;
    enum err_code code = migrate_version(db, &version, err);
    if (!code && version > 0)
        code = db_number(db, "SELECT EXISTS (SELECT 1 FROM blob)", DB_BIND_NONE, 0, &named, err);
    return code || !named ? code : store_blobs_gone(folder, err);
}

static enum err_code open_existing(struct store *store, const char *path, const char *folder,
                                   struct err *err)
{
    enum err_code code = db_open(path, false, &store->db, err);
    if (!code)
        code = store_check_opening(store->db, folder, &store->checked, err);
    if (!code)
        code = check_blobs_there(store->db, folder, err);
    return code ? code : blobs_open(folder, &store->blobs, err);
}

static enum err_code open_new(struct store *store, const char *path, const char *folder,
                              struct err *err)
{
    enum err_code code = blobs_open(folder, &store->blobs, err);
    store->checked = true;
    if (!code && blobs_any(store->blobs))
        code = store_damaged(folder, "is missing or empty although its blobs are there", err);
    return code ? code : db_open(path, true, &store->db, err);
}

static enum err_code open_database(struct store *store, const char *folder, struct err *err)
{
    AUTO(mem)
    char *path = mem_printf("%s/store.db", folder);
    if (!path)
        return err_set(err, ERR_NO_MEMORY, "open store");
    enum err_code code = has_content(path) ? open_existing(store, path, folder, err)
                                           : open_new(store, path, folder, err);
    if (!code) /* before the journal mode: the first write of an empty file fixes its auto_vacuum */
        code = migrate_run(store->db, folder, store_migrations, store_migration_count, err);
    if (!code)
        code = set_pragmas(store->db, err);
    if (!code)
        code = file_flush_folder(AT_FDCWD, path, err);
    return code;
}

/* ---- open, close ---- */

static enum err_code copy_targets(struct store *store, const struct store_options *options,
                                  struct err *err)
{
    store->targets = mem_array(options->target_count + 1, sizeof *store->targets);
    for (size_t i = 0; store->targets && i < options->target_count; i++) {
        store->targets[i] = mem_strdup(options->targets[i]);
        if (!store->targets[i])
            break;
        store->target_count++;
    }
    if (!store->targets || store->target_count != options->target_count)
        return err_set(err, ERR_NO_MEMORY, "open store");
    return ERR_OK;
}

static enum err_code copy_rules(struct store *store, const struct store_options *options,
                                struct err *err)
{
    store->rules = mem_array(options->rule_count + 1, sizeof *store->rules);
    store->agencies = mem_array(options->agency_count + 1, sizeof *store->agencies);
    bool ok = store->rules && store->agencies;
    for (size_t i = 0; ok && i < options->rule_count; i++) {
        store->rules[i] = options->rules[i];
        store->rules[i].name = mem_strdup(options->rules[i].name);
        ok = store->rules[store->rule_count++].name;
    }
    for (size_t i = 0; ok && i < options->agency_count; i++)
        ok = (store->agencies[store->agency_count++] = mem_strdup(options->agencies[i]));
    return ok ? ERR_OK : err_set(err, ERR_NO_MEMORY, "open store");
}

static enum err_code copy_sources(struct store *store, const struct store_options *options,
                                  struct err *err)
{
    store->sources = mem_array(options->source_count + 1, sizeof *store->sources);
    for (size_t i = 0; store->sources && i < options->source_count; i++) {
        const struct look_up_source *from = &options->sources[i];
        struct look_up_source *to = &store->sources[store->source_count++];
        *to = (struct look_up_source){mem_strdup(from->name), mem_strdup(from->label),
                                      from->national};
        if (!to->name || !to->label)
            return err_set(err, ERR_NO_MEMORY, "open store");
    }
    store->answers_kept_us = options->answers_kept_us ? options->answers_kept_us : ANSWERS_KEPT_US;
    store->answers_wait_us = options->answers_wait_us ? options->answers_wait_us : ANSWERS_WAIT_US;
    if (options->code_target && !(store->code_target = mem_strdup(options->code_target)))
        return err_set(err, ERR_NO_MEMORY, "open store");
    return store->sources ? ERR_OK : err_set(err, ERR_NO_MEMORY, "open store");
}

static enum err_code fill(struct store *store, const struct store_options *options, struct err *err)
{
    const char *form = options->code_template ? options->code_template : CODE_TEMPLATE_DEFAULT;
    store->reserve_bytes = options->reserve_bytes;
    const char *component_form = options->component_code_template ? options->component_code_template
                                                                  : COMPONENT_CODE_TEMPLATE_DEFAULT;
    store->codes_are_provisional = options->codes_are_provisional;
    store->secret_wait_us = options->secret_wait_us ? options->secret_wait_us : SECRET_WAIT_US;
    store->folder = mem_strdup(options->folder);
    store->code_template = mem_strdup(form);
    store->component_code_template = mem_strdup(component_form);
    store->unknown_validity =
        mem_strdup(options->unknown_validity ? options->unknown_validity : "unknown");
    if (!store->folder || !store->code_template || !store->component_code_template ||
        !store->unknown_validity)
        return err_set(err, ERR_NO_MEMORY, "open store");
    id_new(store->boot);
    enum err_code code = result_code_check_template(form, err);
    if (!code)
        code = result_code_check_template(component_form, err);
    if (!code)
        code = copy_targets(store, options, err);
    if (!code)
        code = copy_rules(store, options, err);
    if (!code)
        code = copy_sources(store, options, err);
    if (!code)
        code = file_make_folders(options->folder, 0700, err);
    if (!code)
        code = take_lock(options->folder, options->lock_wait_ms, &store->lock_fd, err);
    if (!code)
        code = open_database(store, options->folder, err);
    if (code)
        return code;
    code = claim_forget_newest(store, err);
    if (!code) /* begun before the last end; while it does not succeed it stays due */
        (void)purge_finish(store, NULL);
    if (!code)
        code = restored_check(store, options->moved, err);
    return code == ERR_DISK_FULL ? ERR_OK : code; /* readable all the same; its lease will end */
}

static void release(struct store *store, bool keep_file_as_is)
{
    if (!store)
        return;
    db_close(store->db, keep_file_as_is);
    blobs_close(store->blobs);
    fd_close(store->lock_fd);
    for (size_t i = 0; i < store->target_count; i++)
        mem_free(store->targets[i]);
    mem_free(store->targets);
    for (size_t i = 0; i < store->rule_count; i++)
        mem_free((char *)store->rules[i].name);
    mem_free(store->rules);
    for (size_t i = 0; i < store->agency_count; i++)
        mem_free(store->agencies[i]);
    mem_free(store->agencies);
    mem_free(store->folder);
    mem_free(store->code_template);
    mem_free(store->component_code_template);
    for (size_t i = 0; i < store->source_count; i++) {
        mem_free((char *)store->sources[i].name);
        mem_free((char *)store->sources[i].label);
    }
    mem_free(store->sources);
    mem_free(store->code_target);
    mem_free(store->unknown_validity);
    mem_free(store->changes);
    mem_free(store->group_temps);
    mem_free(store);
}

enum err_code store_open(const struct store_options *options, struct store **out, struct err *err)
{
    struct store *store = mem_alloc(sizeof *store);
    if (!store)
        return err_set(err, ERR_NO_MEMORY, "open store");
    store->lock_fd = -1;
    enum err_code code = fill(store, options, err);
    if (code) {
        release(store, true);
        return code;
    }
    *out = store;
    return ERR_OK;
}

void store_close(struct store *store)
{
    if (store)
        restored_closed(store);
    release(store, false);
}

bool store_is_checked(const struct store *store)
{
    return store->checked;
}

const char *store_boot(const struct store *store)
{
    return store->boot;
}

int64_t store_version(const struct store *store)
{
    (void)store;
    return (int64_t)store_migration_count;
}

enum err_code store_check_room(struct store *store, struct err *err)
{
    uint64_t free_bytes;
    enum err_code code = blobs_free_bytes(store->blobs, &free_bytes, err);
    if (!code && free_bytes < store->reserve_bytes)
        return err_set(err, ERR_DISK_FULL, "%llu MB free, %llu MB are kept in reserve",
                       (unsigned long long)(free_bytes >> 20),
                       (unsigned long long)(store->reserve_bytes >> 20));
    return code;
}

/* ---- what changed ---- */

void store_touch(struct store *store, const char *kind, const char *id)
{
    for (size_t i = 0; i < store->change_count; i++)
        if (store->changes[i].kind == kind && strcmp(store->changes[i].id, id) == 0)
            return;
    if (store->change_count == CHANGES_MAX)
        return;
    if (store->change_count == store->change_capacity) {
        size_t capacity = store->change_capacity ? store->change_capacity * 2 : 16;
        struct change *changes = mem_resize(store->changes, capacity * sizeof *changes);
        if (!changes)
            return; /* a listener misses an event; nothing else depends on it */
        store->changes = changes;
        store->change_capacity = capacity;
    }
    struct change *change = &store->changes[store->change_count++];
    change->kind = kind;
    snprintf(change->id, sizeof change->id, "%s", id);
}

/* A file: its folder, and the dossier it goes into as soon as that is known. */
static struct js *import_change_to_js(struct store *store, const char *id)
{
    AUTO(js) struct js *item = NULL;
    if (import_item(store, id, &item, NULL))
        return NULL;
    return js_pack("{s:s, s:s, s:s, s:s, s:s?, s:s?}", "kind", "import", "id", id, "state",
                   js_text_or(item, "state", ""), "folder", js_text_or(item, "folder", ""),
                   "dossier_id", js_text_or(item, "dossier_id", NULL), "document_id",
                   js_text_or(item, "document_id", NULL));
}

static struct js *task_change_to_js(struct store *store, const char *id)
{
    AUTO(js) struct js *task = NULL;
    if (task_show(store, id, &task, NULL))
        return NULL;
    return js_pack("{s:s, s:s, s:s, s:s?, s:s?}", "kind", "task", "id", id, "state",
                   js_has(task, "closed_us") ? "closed" : "open", "dossier_id",
                   js_text_or(task, "dossier_id", NULL), "document_id",
                   js_text_or(task, "document_id", NULL));
}

static struct js *change_to_js(struct store *store, const struct change *change)
{
    enum machine machine;
    struct subject subject;
    if (machine_from_name(change->kind, &machine)) {
        if (subject_get(store, machine, change->id, &subject, NULL))
            return NULL;
        return js_pack("{s:s, s:s, s:s, s:s}", "kind", change->kind, "id", change->id, "state",
                       subject.state, "dossier_id", subject.dossier_id);
    }
    if (strcmp(change->kind, "task") == 0)
        return task_change_to_js(store, change->id);
    if (strcmp(change->kind, "import") == 0)
        return import_change_to_js(store, change->id);
    int64_t closed;
    if (db_number(store->db, "SELECT closed_us IS NOT NULL FROM dossier WHERE id = ?",
                  DB_BIND(DB_TEXT(change->id)), 0, &closed, NULL))
        return NULL;
    return js_pack("{s:s, s:s, s:s, s:s}", "kind", change->kind, "id", change->id, "state",
                   closed ? "closed" : "open", "dossier_id", change->id);
}

struct js *store_take_changes(struct store *store)
{
    AUTO(js)
    struct js *list = js_array();
    for (size_t i = 0; i < store->change_count; i++)
        if (!js_push(list, change_to_js(store, &store->changes[i])))
            return NULL;
    store->change_count = 0;
    return TAKE(list);
}

void store_forget_changes(struct store *store)
{
    store->change_count = 0;
}

/* ---- groups ---- */

/* Out of memory a temp stays behind, until the next sweep. */
static void remember_temp(struct store *store, const char *temp, bool kept)
{
    if (store->group_temp_count == store->group_temp_capacity) {
        size_t capacity = store->group_temp_capacity ? store->group_temp_capacity * 2 : 16;
        struct group_temp *temps = mem_resize(store->group_temps, capacity * sizeof *temps);
        if (!temps)
            return;
        store->group_temps = temps;
        store->group_temp_capacity = capacity;
    }
    struct group_temp *last = &store->group_temps[store->group_temp_count++];
    last->kept = kept;
    snprintf(last->name, sizeof last->name, "%s", temp);
}

void store_discard_temp(struct store *store, const char *temp)
{
    if (store->group[0])
        remember_temp(store, temp, false);
    else
        blob_discard(store->blobs, temp);
}

bool store_temp_is_over(const struct store *store, const char *temp)
{
    for (size_t i = 0; i < store->group_temp_count; i++)
        if (!store->group_temps[i].kept && strcmp(store->group_temps[i].name, temp) == 0)
            return true;
    return false;
}

void store_keep_temp(struct store *store, const char *temp)
{
    if (store->group[0])
        remember_temp(store, temp, true);
}

enum err_code store_group_begin(struct store *store, struct err *err)
{
    enum err_code code = db_group_begin(store->db, err);
    if (!code)
        id_new(store->group);
    return code;
}

enum err_code store_group_commit(struct store *store, struct err *err)
{
    enum err_code code = db_group_commit(store->db, err);
    for (size_t i = 0; i < store->group_temp_count; i++)
        if (store->group_temps[i].kept == (code != ERR_OK))
            blob_discard(store->blobs, store->group_temps[i].name);
    store->group_temp_count = 0;
    store->group[0] = 0;
    return code;
}

enum err_code store_run_one(struct store *store, const char *what, const char *sql,
                            const struct db_value *values, size_t count, struct err *err)
{
    enum err_code code = db_run(store->db, sql, values, count, err);
    if (!code && db_changes(store->db) != 1)
        return err_set(err, ERR_NOT_FOUND, "no such %s", what);
    return code;
}
