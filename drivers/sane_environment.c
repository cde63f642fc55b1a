#include "drivers/sane_environment.h"

#include "daemon/base/file.h"
#include "daemon/base/mem.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYSTEM_FOLDER "/etc/sane.d"
#define FOLDER_PREFIX "sohoa-sane-"
#define LIST_MAX_BYTES 65536

static char private_folder[256]; /* empty: none */
static bool is_settled;

/* ---- language ----------------------------------------------------------------------------------
 */

/* Some vendor backends call setlocale and translate the values of their options, which the tables
 * of source_names.c know in English only; a decimal comma breaks their configuration files. */
static void keep_untranslated(void)
{
    const char *all = getenv("LC_ALL");
    if (all && *all)
        setenv("LANG", all, 1);
    unsetenv("LC_ALL");
    unsetenv("LANGUAGE");
    setenv("LC_MESSAGES", "C", 1);
    setenv("LC_NUMERIC", "C", 1);
}

/* ---- the private folder ------------------------------------------------------------------------
 */

static int count_names(const char *list)
{
    int names = 0;
    for (const char *line = list; *line;) {
        line += strspn(line, " \t\r\n");
        names += *line && *line != '#';
        line += strcspn(line, "\n");
    }
    return names;
}

/* The caller has chosen already: the first folder's list holds one name. */
static bool folder_names_one_backend(const char *folders)
{
    char path[512];
    AUTO(mem) char *list = NULL;
    size_t size;
    int length = snprintf(path, sizeof path, "%.*s/dll.conf", (int)strcspn(folders, ":"), folders);
    if (length >= (int)sizeof path || file_read(AT_FDCWD, path, LIST_MAX_BYTES, &list, &size, NULL))
        return false;
    return count_names(list) == 1;
}

static void remove_folder(const char *folder)
{
    static const char *const parts[] = {"/dll.conf", "/dll.d", ""};
    char path[sizeof private_folder + 16];
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (snprintf(path, sizeof path, "%s%s", folder, parts[i]) < (int)sizeof path)
            remove(path);
}

static const char *temp_folder(void)
{
    const char *named = getenv("TMPDIR");
    return named && *named ? named : "/tmp";
}

/* Workers are killed when a backend hangs: what they left has the number of a process that is gone.
 */
static void sweep(void)
{
    DIR *folder = opendir(temp_folder());
    if (!folder)
        return;
    for (struct dirent *entry; (entry = readdir(folder));) {
        int pid = 0;
        char path[sizeof private_folder];
        if (sscanf(entry->d_name, FOLDER_PREFIX "%d-", &pid) == 1 && pid > 0 && kill(pid, 0) != 0 &&
            errno == ESRCH &&
            snprintf(path, sizeof path, "%s/%s", temp_folder(), entry->d_name) < (int)sizeof path)
            remove_folder(path);
    }
    closedir(folder);
}

static void settle(void)
{
    const char *folders = getenv("SANE_CONFIG_DIR");
    is_settled = true;
    if (folders && *folders && folder_names_one_backend(folders))
        return;
    if (!folders || !*folders)
        folders = SYSTEM_FOLDER;
    AUTO(mem) char *behind = mem_strdup(folders);
    sweep();
    if (!behind ||
        snprintf(private_folder, sizeof private_folder, "%s/" FOLDER_PREFIX "%d-XXXXXX",
                 temp_folder(), (int)getpid()) >= (int)sizeof private_folder ||
        !mkdtemp(private_folder)) {
        private_folder[0] = 0;
        return;
    }
    AUTO(mem) char *all = mem_printf("%s:%s", private_folder, behind);
    if (all)
        setenv("SANE_CONFIG_DIR", all, 1);
}

static bool is_backend_name(const char *name)
{
    const char *at = name;
    while (isalnum((unsigned char)*at) || *at == '_' || *at == '-')
        at++;
    return at > name && !*at;
}

/* An empty dll.d hides the system's, where packages add backends of their own. */
static void write_list(const char *backend)
{
    char path[sizeof private_folder + 16];
    snprintf(path, sizeof path, "%s/dll.d", private_folder);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/dll.conf", private_folder);
    FILE *list = fopen(path, "we");
    if (!list)
        return;
    fprintf(list, "%s\n", backend);
    fclose(list);
}

void sane_environment_prepare(const char *backend)
{
    keep_untranslated();
    if (!is_settled)
        settle();
    if (!*private_folder)
        return;
    remove_folder(private_folder);
    mkdir(private_folder, 0700);
    if (backend && is_backend_name(backend))
        write_list(backend);
}

void sane_environment_clean(void)
{
    if (*private_folder)
        remove_folder(private_folder);
}
