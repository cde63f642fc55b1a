#include "daemon/workers/scan_folders.h"

#include "daemon/base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USUAL_CONFIGURATION "/etc/sane.d"
#define LINE_MAX_BYTES 4200

static void add(struct scan_folders *folders, char *path)
{
    for (size_t i = 0; path && i < SCAN_FOLDERS_MAX; i++) {
        if (!folders->path[i]) {
            folders->path[i] = path;
            return;
        }
    }
    mem_free(path);
}

static void add_simulated(struct scan_folders *folders, const char *configuration)
{
    AUTO(mem) char *name = mem_printf("%s/sohoasim.conf", configuration);
    FILE *file = name ? fopen(name, "re") : NULL;
    if (!file)
        return;
    char line[LINE_MAX_BYTES];
    while (fgets(line, sizeof line, file)) {
        char *rest, *key = strtok_r(line, " \t\r\n", &rest);
        if (!key || (strcmp(key, "folder") != 0 && strcmp(key, "state") != 0))
            continue;
        rest += strspn(rest, " \t");
        size_t size = strlen(rest);
        while (size > 0 && strchr(" \t\r\n", rest[size - 1]))
            size--;
        add(folders, mem_printf("%.*s", (int)size, rest));
    }
    fclose(file);
}

void scan_folders_find(struct scan_folders *out)
{
    *out = (struct scan_folders){0};
    const char *home = getenv("HOME");
    if (home && *home)
        add(out, mem_printf("%s/.sane", home));
    const char *named = getenv("SANE_CONFIG_DIR");
    AUTO(mem) char *list = mem_strdup(named ? named : USUAL_CONFIGURATION);
    char *rest = list;
    for (char *folder; (folder = strsep(&rest, ":"));)
        if (*folder)
            add_simulated(out, folder);
}

void scan_folders_done(struct scan_folders *folders)
{
    for (size_t i = 0; i < SCAN_FOLDERS_MAX; i++)
        mem_free(folders->path[i]);
    *folders = (struct scan_folders){0};
}
