#include "tests/harness/disk_model.h"

#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECTOR 512u
#define NOBODY ((size_t)-1)

const struct disk_choice disk_choices[] = {
    {"only what was flushed", DISK_FLUSHED, DISK_FLUSHED, 0, 0, 0},
    {"everything", DISK_ALL, DISK_ALL, 0, 0, 0},
    {"data without names", DISK_FLUSHED, DISK_ALL, 0, 0, 0},
    {"names without data", DISK_ALL, DISK_FLUSHED, 0, 0, 0},
    {"names with zeros for data", DISK_ALL, DISK_ZEROS, 0, 0, 0},
    {"the newest write of each file", DISK_ALL, DISK_NEWEST, 0, 0, 0},
    {"first half of the last write", DISK_ALL, DISK_ALL, 1, 8, 0},
    {"second half of the last write", DISK_ALL, DISK_ALL, -1, 8, 0},
    {"some of it", DISK_CHANCE, DISK_CHANCE, 0, 0, 1},
    {0},
};

static void *grown(void *list, size_t count, size_t size)
{
    if (count & (count - 1) || (count && count < 8))
        return list;
    void *larger = reallocarray(list, count ? 2 * count : 8, size);
    if (!larger)
        err(1, "disk model");
    return larger;
}

/* ---- the log ---- */

static const uint8_t *find_record(const uint8_t *at, const uint8_t *end)
{
    const uint32_t magic = DISK_MAGIC; /* a process killed at its record leaves a piece of one */
    return memmem(at, (size_t)(end - at), &magic, sizeof magic);
}

void disk_log_load(const char *path, struct disk_log *out)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &info) != 0 || info.st_size == 0)
        errx(1, "no log '%s'", path);
    *out = (struct disk_log){.size = (size_t)info.st_size};
    out->bytes = mmap(NULL, out->size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (out->bytes == MAP_FAILED)
        err(1, "%s", path);
    const uint8_t *at = out->bytes, *end = at + out->size;
    while ((at = find_record(at, end)) && (size_t)(end - at) >= sizeof(struct disk_record)) {
        struct disk_event event;
        memcpy(&event.head, at, sizeof event.head);
        size_t names = (size_t)event.head.first_size + event.head.second_size;
        bool has_data = event.head.kind == DISK_WRITE || event.head.kind == DISK_HEAR ||
                        event.head.kind == DISK_SAY;
        size_t whole = sizeof event.head + names + (has_data ? event.head.size : 0);
        if ((size_t)(end - at) < whole)
            break;
        event.first = (const char *)at + sizeof event.head;
        event.second = event.first + event.head.first_size;
        event.data = (const uint8_t *)event.second + event.head.second_size;
        out->event = grown(out->event, out->count, sizeof event);
        out->event[out->count++] = event;
        at += whole;
    }
}

void disk_log_done(struct disk_log *log)
{
    munmap(log->bytes, log->size);
    free(log->event);
}

bool disk_event_changes(const struct disk_event *event)
{
    return event->head.kind < DISK_MAP;
}

/* ---- what there is ---- */

struct change {
    const struct disk_event *event;
    size_t number; /* of the event, from 1 */
};

struct entry {
    char *name;
    size_t node;
};

/* A folder's change: a name comes to stand for a node, or (NOBODY) for nothing. */
struct naming {
    char *name;
    size_t node;
    size_t number;
};

struct node {
    uint64_t inode;
    bool is_folder;
    size_t flushed_at; /* number of the last event that is flushed */
    /* file */
    uint8_t *bytes;
    size_t size;
    struct change *pending;
    size_t pending_count;
    /* folder */
    struct entry *entry;
    size_t entry_count;
    struct naming *naming;
    size_t naming_count;
};

struct disk {
    struct node *node; /* the first is the folder everything is in */
    size_t count;
    size_t events;
    const char *forget;
    bool forget_folders;
};

static size_t add_node(struct disk *disk, uint64_t inode, bool is_folder)
{
    disk->node = grown(disk->node, disk->count, sizeof *disk->node);
    disk->node[disk->count] = (struct node){.inode = inode, .is_folder = is_folder};
    return disk->count++;
}

/* Inodes are given again: the newest bearer. */
static size_t find_node(const struct disk *disk, uint64_t inode)
{
    for (size_t i = disk->count; i > 0; i--)
        if (disk->node[i - 1].inode == inode)
            return i - 1;
    return NOBODY;
}

struct disk *disk_new(const struct disk_log *log)
{
    struct disk *disk = calloc(1, sizeof *disk);
    size_t i = 0;
    while (i < log->count && log->event[i].head.kind != DISK_START)
        i++;
    if (!disk || i == log->count)
        errx(1, "no program began in this log");
    add_node(disk, log->event[i].head.inode, true);
    return disk;
}

void disk_free(struct disk *disk)
{
    for (size_t i = 0; i < disk->count; i++) {
        struct node *node = &disk->node[i];
        for (size_t k = 0; k < node->entry_count; k++)
            free(node->entry[k].name);
        for (size_t k = 0; k < node->naming_count; k++)
            free(node->naming[k].name);
        free(node->bytes);
        free(node->pending);
        free(node->entry);
        free(node->naming);
    }
    free(disk->node);
    free(disk);
}

/* ---- choices ---- */

static uint64_t mixed(uint64_t sum, uint64_t value)
{
    sum = (sum ^ value) * 0x9e3779b97f4a7c15u;
    return sum ^ sum >> 29;
}

static bool is_chosen(enum disk_part part, const struct disk_choice *choice, size_t number,
                      bool newest)
{
    switch (part) {
    case DISK_FLUSHED:
        return false;
    case DISK_NEWEST:
        return newest;
    case DISK_CHANCE:
        return mixed(mixed(choice->seed, number), number) & 1024;
    default:
        return true;
    }
}

static size_t newest_write(const struct disk *disk)
{
    size_t newest = 0;
    for (size_t i = 0; i < disk->count; i++)
        for (size_t k = 0; k < disk->node[i].pending_count; k++) {
            const struct change *change = &disk->node[i].pending[k];
            if (change->event->head.kind == DISK_WRITE && change->number > newest)
                newest = change->number;
        }
    return newest;
}

/* ---- files ---- */

static void resize(uint8_t **bytes, size_t *size, size_t wanted)
{
    if (wanted > *size) {
        uint8_t *larger = realloc(*bytes, wanted);
        if (!larger)
            err(1, "disk model");
        memset(larger + *size, 0, wanted - *size);
        *bytes = larger;
    }
    *size = wanted;
}

/* `from`..`to` of the written bytes; the file grows by the whole of it. */
static void apply_write(uint8_t **bytes, size_t *size, const struct disk_event *event, size_t from,
                        size_t to)
{
    size_t offset = event->head.offset, end = offset + event->head.size;
    if (end > *size)
        resize(bytes, size, end);
    memcpy(*bytes + offset + from, event->data + from, to - from);
}

static void apply_change(uint8_t **bytes, size_t *size, const struct disk_event *event)
{
    if (event->head.kind == DISK_WRITE)
        apply_write(bytes, size, event, 0, event->head.size);
    else
        resize(bytes, size, event->head.offset);
}

/* Sectors lie at multiples of 512 in the file. */
static void apply_torn(uint8_t **bytes, size_t *size, const struct disk_event *event,
                       const struct disk_choice *choice)
{
    size_t offset = event->head.offset;
    size_t cut = offset + event->head.size * (size_t)choice->sixteenths / 16;
    cut -= cut % SECTOR;
    cut = cut > offset ? cut - offset : 0;
    if (choice->torn > 0) {
        if (offset + cut > *size)
            resize(bytes, size, offset + cut);
        memcpy(*bytes + offset, event->data, cut);
    } else {
        apply_write(bytes, size, event, cut, event->head.size);
    }
}

static void content_of(const struct disk *disk, const struct node *node,
                       const struct disk_choice *choice, uint8_t **out_bytes, size_t *out_size)
{
    size_t torn = choice->torn ? newest_write(disk) : 0;
    uint8_t *bytes = malloc(node->size ? node->size : 1);
    size_t size = node->size;
    if (!bytes)
        err(1, "disk model");
    if (size)
        memcpy(bytes, node->bytes, size);
    for (size_t k = 0; k < node->pending_count; k++) {
        const struct change *change = &node->pending[k];
        const struct disk_event *event = change->event;
        bool newest = k + 1 == node->pending_count;
        if (!is_chosen(choice->data, choice, change->number, newest))
            continue;
        if (choice->data == DISK_ZEROS && event->head.kind == DISK_WRITE) {
            if (event->head.offset + event->head.size > size)
                resize(&bytes, &size, event->head.offset + event->head.size);
        } else if (torn && change->number == torn) {
            apply_torn(&bytes, &size, event, choice);
        } else {
            apply_change(&bytes, &size, event);
        }
    }
    *out_bytes = bytes;
    *out_size = size;
}

/* ---- folders ---- */

static void set_entry(struct entry **entry, size_t *count, const char *name, size_t node)
{
    size_t i = 0;
    while (i < *count && strcmp((*entry)[i].name, name) != 0)
        i++;
    if (node == NOBODY) {
        if (i == *count)
            return;
        free((*entry)[i].name);
        (*entry)[i] = (*entry)[--*count];
        return;
    }
    if (i == *count) {
        *entry = grown(*entry, *count, sizeof **entry);
        (*entry)[(*count)++] = (struct entry){.name = strdup(name)};
    }
    (*entry)[i].node = node;
}

static void entries_of(const struct node *node, const struct disk_choice *choice,
                       struct entry **out_entry, size_t *out_count)
{
    struct entry *entry = NULL;
    size_t count = 0;
    for (size_t i = 0; i < node->entry_count; i++) {
        entry = grown(entry, count, sizeof *entry);
        entry[count++] =
            (struct entry){.name = strdup(node->entry[i].name), .node = node->entry[i].node};
    }
    for (size_t i = 0; i < node->naming_count; i++) {
        const struct naming *naming = &node->naming[i];
        if (is_chosen(choice->names, choice, naming->number, i + 1 == node->naming_count))
            set_entry(&entry, &count, naming->name, naming->node);
    }
    *out_entry = entry;
    *out_count = count;
}

static void entries_done(struct entry *entry, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(entry[i].name);
    free(entry);
}

static void name_node(struct disk *disk, uint64_t folder, const char *name, size_t size,
                      size_t target)
{
    size_t at = find_node(disk, folder);
    if (at == NOBODY)
        return; /* not in the recorded folder */
    struct node *node = &disk->node[at];
    node->naming = grown(node->naming, node->naming_count, sizeof *node->naming);
    node->naming[node->naming_count++] =
        (struct naming){.name = strndup(name, size), .node = target, .number = disk->events};
}

/* What the name stands for just now. */
static size_t named(const struct disk *disk, uint64_t folder, const char *name, size_t size)
{
    static const struct disk_choice now = {"now", DISK_ALL, DISK_ALL, 0, 0, 0};
    size_t at = find_node(disk, folder), found = NOBODY, count;
    struct entry *entry;
    if (at == NOBODY)
        return NOBODY;
    entries_of(&disk->node[at], &now, &entry, &count);
    for (size_t i = 0; i < count; i++)
        if (strlen(entry[i].name) == size && memcmp(entry[i].name, name, size) == 0)
            found = entry[i].node;
    entries_done(entry, count);
    return found;
}

static bool find_path(const struct disk *disk, size_t at, uint64_t inode, char *path, size_t used)
{
    static const struct disk_choice now = {"now", DISK_ALL, DISK_ALL, 0, 0, 0};
    struct entry *entry;
    size_t count;
    bool found = disk->node[at].inode == inode;
    path[used] = 0;
    if (found || !disk->node[at].is_folder)
        return found;
    entries_of(&disk->node[at], &now, &entry, &count);
    for (size_t i = 0; i < count && !found; i++) {
        int size = snprintf(path + used, PATH_MAX - used, "/%s", entry[i].name);
        found = find_path(disk, entry[i].node, inode, path, used + (size_t)size);
    }
    entries_done(entry, count);
    return found;
}

const char *disk_path(const struct disk *disk, uint64_t inode)
{
    static char path[PATH_MAX];
    return find_path(disk, 0, inode, path, 0) ? path : "";
}

/* ---- what happens ---- */

void disk_forget_flushes(struct disk *disk, const char *pattern, bool folders)
{
    disk->forget = pattern;
    disk->forget_folders = folders;
}

static bool is_forgotten(const struct disk *disk, const struct node *node)
{
    return disk->forget && node->is_folder == disk->forget_folders &&
           strstr(disk_path(disk, node->inode), disk->forget);
}

static void flush(struct disk *disk, size_t at)
{
    if (at == NOBODY || is_forgotten(disk, &disk->node[at]))
        return;
    struct node *node = &disk->node[at];
    if (node->pending_count || node->naming_count)
        node->flushed_at = disk->events;
    for (size_t i = 0; i < node->pending_count; i++)
        apply_change(&node->bytes, &node->size, node->pending[i].event);
    for (size_t i = 0; i < node->naming_count; i++) {
        set_entry(&node->entry, &node->entry_count, node->naming[i].name, node->naming[i].node);
        free(node->naming[i].name);
    }
    node->pending_count = node->naming_count = 0;
}

static void change(struct disk *disk, const struct disk_event *event)
{
    size_t at = find_node(disk, event->head.inode);
    if (at == NOBODY)
        return;
    struct node *node = &disk->node[at];
    node->pending = grown(node->pending, node->pending_count, sizeof *node->pending);
    node->pending[node->pending_count++] = (struct change){event, disk->events};
}

void disk_apply(struct disk *disk, const struct disk_event *event)
{
    const struct disk_record *head = &event->head;
    disk->events++;
    switch ((enum disk_kind)head->kind) {
    case DISK_CREATE:
    case DISK_MAKE_FOLDER:
        name_node(disk, head->folder, event->first, head->first_size,
                  add_node(disk, head->inode, head->kind == DISK_MAKE_FOLDER));
        break;
    case DISK_WRITE:
    case DISK_TRUNCATE:
        change(disk, event);
        break;
    case DISK_FLUSH:
        flush(disk, find_node(disk, head->inode));
        break;
    case DISK_LINK:
        name_node(disk, head->folder, event->first, head->first_size, find_node(disk, head->inode));
        break;
    case DISK_UNLINK:
        name_node(disk, head->folder, event->first, head->first_size, NOBODY);
        break;
    case DISK_RENAME:
        name_node(disk, head->inode, event->second, head->second_size,
                  named(disk, head->folder, event->first, head->first_size));
        name_node(disk, head->folder, event->first, head->first_size, NOBODY);
        break;
    case DISK_MAP:
    case DISK_HEAR:
    case DISK_SAY:
    case DISK_START:
        break;
    }
}

uint64_t disk_signature(const struct disk *disk, const struct disk_choice *choice)
{
    uint64_t sum = 0;
    size_t torn = choice->torn ? newest_write(disk) : 0;
    for (size_t i = 0; i < disk->count; i++) {
        const struct node *node = &disk->node[i];
        sum = mixed(sum, node->flushed_at);
        for (size_t k = 0; k < node->pending_count; k++) {
            size_t number = node->pending[k].number;
            if (is_chosen(choice->data, choice, number, k + 1 == node->pending_count))
                sum = mixed(sum, number << 1 | (choice->data == DISK_ZEROS));
            if (number == torn)
                sum = mixed(sum, (uint64_t)(choice->torn * 16 + choice->sixteenths));
        }
        for (size_t k = 0; k < node->naming_count; k++)
            if (is_chosen(choice->names, choice, node->naming[k].number,
                          k + 1 == node->naming_count))
                sum = mixed(sum, node->naming[k].number << 1);
    }
    return sum;
}

/* ---- a state as files ---- */

static void build_file(const struct disk *disk, const struct node *node,
                       const struct disk_choice *choice, int folder_fd, const char *name)
{
    uint8_t *bytes;
    size_t size;
    content_of(disk, node, choice, &bytes, &size);
    int fd = openat(folder_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        err(1, "%s", name);
    for (size_t done = 0; done < size;) {
        ssize_t wrote = write(fd, bytes + done, size - done);
        if (wrote <= 0)
            err(1, "%s", name);
        done += (size_t)wrote;
    }
    close(fd);
    free(bytes);
}

static void build_folder(const struct disk *disk, const struct node *node,
                         const struct disk_choice *choice, int folder_fd)
{
    struct entry *entry;
    size_t count;
    entries_of(node, choice, &entry, &count);
    for (size_t i = 0; i < count; i++) {
        const struct node *child = &disk->node[entry[i].node];
        if (!child->is_folder) {
            build_file(disk, child, choice, folder_fd, entry[i].name);
            continue;
        }
        int fd = mkdirat(folder_fd, entry[i].name, 0700)
                     ? -1
                     : openat(folder_fd, entry[i].name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
            err(1, "%s", entry[i].name);
        build_folder(disk, child, choice, fd);
        close(fd);
    }
    entries_done(entry, count);
}

void disk_build(const struct disk *disk, const struct disk_choice *choice, const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        err(1, "%s", folder);
    build_folder(disk, &disk->node[0], choice, fd);
    close(fd);
}
