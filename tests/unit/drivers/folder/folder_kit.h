#ifndef SOHOA_TESTS_FOLDER_KIT_H
#define SOHOA_TESTS_FOLDER_KIT_H

#include "drivers/folder/watched_folder.h"
#include "tests/harness/test.h"

#include <fcntl.h>
#include <sys/stat.h>

/* A watched folder with files in it, and how to look at it. */

#define SETTLE_MS 20

struct kit {
    char *path;
    struct watched_folder *folder;
};

static inline void kit_watch(struct kit *kit, struct folder_config config)
{
    struct err err = ERR_INIT;
    config.name = "counter";
    config.path = config.path ? config.path : kit->path;
    config.settle_ms = config.settle_ms ? config.settle_ms : SETTLE_MS;
    watched_folder_free(kit->folder);
    kit->folder = NULL;
    if (watched_folder_new(&config, &kit->folder, &err))
        fail_msg("%s", err.detail);
}

static inline int kit_make(void **state)
{
    struct kit *kit = calloc(1, sizeof *kit);
    kit->path = test_make_folder();
    kit_watch(kit, (struct folder_config){0});
    *state = kit;
    return 0;
}

static inline int kit_remove(void **state)
{
    struct kit *kit = *state;
    watched_folder_free(kit->folder);
    test_remove_folder(kit->path);
    free(kit);
    return 0;
}

/* Folders on the way are made. */
static inline void kit_put(const struct kit *kit, const char *name, const void *bytes, size_t size)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", kit->path, name);
    for (char *slash = path + strlen(kit->path) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = 0;
        mkdir(path, 0755);
        *slash = '/';
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, size), size);
    close(fd);
}

static inline void kit_put_text(const struct kit *kit, const char *name, const char *text)
{
    kit_put(kit, name, text, strlen(text));
}

static inline struct js *kit_look(const struct kit *kit, const char *cursor, int limit, bool hash)
{
    struct js *out = NULL;
    struct err err = ERR_INIT;
    struct look_options options = {.cursor = cursor, .limit = limit, .hash = hash};
    if (watched_folder_look(kit->folder, &options, &out, &err))
        fail_msg("%s: %s", err_name(err.code), err.detail);
    return out;
}

static inline void kit_settle(void)
{
    usleep((SETTLE_MS + 5) * 1000);
}

/* Two looks, the time between them; the second one's answer. */
static inline struct js *kit_look_settled(const struct kit *kit, bool hash)
{
    AUTO(js) struct js *first = kit_look(kit, NULL, FOLDER_LIMIT_MAX, false);
    kit_settle();
    return kit_look(kit, NULL, FOLDER_LIMIT_MAX, hash);
}

static inline const struct js *kit_find(const struct js *look, const char *path)
{
    const struct js *files = js_at(look, "files");
    for (size_t i = 0; i < js_count(files); i++)
        if (strcmp(js_text_or(js_item(files, i), "path", ""), path) == 0)
            return js_item(files, i);
    return NULL;
}

/* "stable", or what it waits for; "absent". */
static inline const char *kit_state(const struct js *look, const char *path)
{
    const struct js *file = kit_find(look, path);
    if (!file)
        return "absent";
    return js_bool_or(file, "stable", false) ? "stable" : js_text_or(file, "waits", "?");
}

#endif
