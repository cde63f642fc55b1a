#include "drivers/holder.h"

#include "drivers/device_facts.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINK_MAX_BYTES 300
#define HOLDER_MAX_BYTES 64

static void close_folder(DIR **place)
{
    if (*place)
        closedir(*place);
}

#define OPEN_FOLDER __attribute__((cleanup(close_folder))) DIR *

static bool read_name(const char *pid, char out[32])
{
    char path[LINK_MAX_BYTES];
    snprintf(path, sizeof path, "/proc/%s/comm", pid);
    FILE *file = fopen(path, "re");
    bool got = file && fgets(out, 32, file);
    if (file)
        fclose(file);
    if (got)
        out[strcspn(out, "\n")] = '\0';
    return got;
}

static bool has_open(const char *pid, const char *wanted)
{
    char path[LINK_MAX_BYTES], link[LINK_MAX_BYTES];
    snprintf(path, sizeof path, "/proc/%s/fd", pid);
    OPEN_FOLDER folder = opendir(path);
    if (!folder)
        return false;
    for (struct dirent *entry; (entry = readdir(folder));) {
        ssize_t size = readlinkat(dirfd(folder), entry->d_name, link, sizeof link - 1);
        if (size <= 0)
            continue;
        link[size] = '\0';
        if (strcmp(link, wanted) == 0)
            return true;
    }
    return false;
}

static bool is_rival(const char *pid, const char *unused)
{
    /* as /proc has them: 15 characters at the most */
    static const char *const rivals[] = {"scanbd",   "scanbm",    "saned",     "simple-scan",
                                         "xsane",    "scanimage", "gscan2pdf", "skanlite",
                                         "skanpage", "naps2"};
    char name[32];
    (void)unused;
    if (!read_name(pid, name))
        return false;
    for (size_t i = 0; i < sizeof rivals / sizeof *rivals; i++)
        if (strcmp(name, rivals[i]) == 0)
            return true;
    return false;
}

/* The first other process that `fits`. */
static bool find_process(bool (*fits)(const char *pid, const char *wanted), const char *wanted,
                         char *out, size_t size)
{
    OPEN_FOLDER processes = opendir("/proc");
    if (!processes)
        return false;
    for (struct dirent *entry; (entry = readdir(processes));) {
        char name[32];
        bool other = isdigit((unsigned char)entry->d_name[0]) && atoi(entry->d_name) != getpid();
        if (!other || !fits(entry->d_name, wanted) || !read_name(entry->d_name, name))
            continue;
        snprintf(out, size, "%s (%s)", name, entry->d_name);
        return true;
    }
    return false;
}

bool holder_of_file(const char *path, char *out, size_t size)
{
    return find_process(has_open, path, out, size);
}

bool holder_rival(char *out, size_t size)
{
    return find_process(is_rival, NULL, out, size);
}

enum err_code holder_explain(const char *device_name, enum err_code code, struct err *err)
{
    struct device_facts facts = {0};
    char path[64], holder[HOLDER_MAX_BYTES];
    if (code != ERR_DEVICE_BUSY)
        return code;
    snprintf(facts.name, sizeof facts.name, "%s", device_name);
    device_facts_look_up(&facts);
    snprintf(path, sizeof path, "/dev/bus/usb/%03d/%03d", facts.usb.bus, facts.usb.address);
    bool held = facts.on_usb && holder_of_file(path, holder, sizeof holder);
    if (held)
        return err_context(err, code, "held by %s", holder);
    if (holder_rival(holder, sizeof holder))
        return err_context(err, code, "%s runs, which may have it", holder);
    return code;
}
