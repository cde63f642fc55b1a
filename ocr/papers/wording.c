#include "ocr/papers/wording.h"

#include "daemon/base/file.h"
#include "daemon/base/text.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX_BYTES (4u << 20)
#define FILES_MAX 200
#define HELD_OUT_SHARE 4
#define HELD_OUT_MIN 4 /* a list shorter than that has nothing to spare */

struct entry {
    enum { ENTRY_LIST, ENTRY_BLOCK, ENTRY_PAPER } kind;
    struct wording_list list;
    struct wording_block block;
};

struct wording {
    char *texts[FILES_MAX]; /* files, parted in place; everything points into them */
    char *names[FILES_MAX];
    size_t file_count;
    struct entry *entries;
    size_t count, capacity;
    const char **papers;
};

void wording_free(struct wording *wording)
{
    if (!wording)
        return;
    for (size_t i = 0; i < wording->file_count; i++) {
        mem_free(wording->texts[i]);
        mem_free(wording->names[i]);
    }
    for (size_t i = 0; i < wording->count; i++) {
        mem_free(wording->entries[i].list.item);
        mem_free(wording->entries[i].block.line);
        mem_free(wording->entries[i].block.line_number);
    }
    mem_free(wording->entries);
    mem_free(wording->papers);
    mem_free(wording);
}

/* Room for one more in an array that doubles. */
static bool grow(void *array, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return true;
    size_t more = *capacity ? 2 * *capacity : 16;
    void *grown = mem_resize(*(void **)array, more * size);
    if (!grown)
        return false;
    *(void **)array = grown;
    *capacity = more;
    return true;
}

/* ---- one file -----------------------------------------------------------------------------------
 */

struct reading {
    struct wording *wording;
    const char *file;
    struct entry *open;       /* the header above, or NULL */
    size_t capacity, numbers; /* of its arrays */
};

static enum err_code begin(struct reading *r, int kind, char *name, int line, struct err *err)
{
    struct wording *w = r->wording;
    if (!*name)
        return err_set(err, ERR_TEMPLATE_BAD, "%s:%d: a name is missing", r->file, line);
    if (!grow(&w->entries, w->count, &w->capacity, sizeof *w->entries))
        return err_set(err, ERR_NO_MEMORY, "wording");
    if (kind == ENTRY_LIST && wording_list(w, name))
        return err_set(err, ERR_TEMPLATE_BAD, "%s:%d: list '%s' is there twice", r->file, line,
                       name);
    r->open = &w->entries[w->count++];
    *r->open = (struct entry){.kind = kind};
    r->open->list.name = r->open->block.name = name;
    r->open->block.file = r->file;
    r->capacity = r->numbers = 0;
    return ERR_OK;
}

static enum err_code add(struct reading *r, char *text, int line, struct err *err)
{
    if (!r->open)
        return err_set(err, ERR_TEMPLATE_BAD, "%s:%d: belongs to no list, block or paper", r->file,
                       line);
    struct wording_list *list = &r->open->list;
    struct wording_block *block = &r->open->block;
    if (r->open->kind == ENTRY_LIST) {
        if (!grow(&list->item, list->count, &r->capacity, sizeof *list->item))
            return err_set(err, ERR_NO_MEMORY, "wording");
        list->item[list->count++] = text;
        return ERR_OK;
    }
    if (!grow(&block->line, block->count, &r->capacity, sizeof *block->line) ||
        !grow(&block->line_number, block->count, &r->numbers, sizeof *block->line_number))
        return err_set(err, ERR_NO_MEMORY, "wording");
    block->line[block->count] = text;
    block->line_number[block->count++] = line;
    return ERR_OK;
}

static void trim_end(char *text)
{
    size_t size = strlen(text);
    while (size && (text[size - 1] == ' ' || text[size - 1] == '\t' || text[size - 1] == '\r'))
        text[--size] = 0;
}

static enum err_code read_line(struct reading *r, char *text, int line, struct err *err)
{
    static const struct {
        const char *word;
        int kind;
    } headers[] = {{"= ", ENTRY_LIST}, {"block ", ENTRY_BLOCK}, {"paper ", ENTRY_PAPER}};
    trim_end(text);
    if (!*text || *text == '#')
        return ERR_OK;
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        if (text_starts(text, headers[i].word))
            return begin(r, headers[i].kind, text + strlen(headers[i].word), line, err);
    return add(r, text, line, err);
}

static enum err_code read_text(struct wording *w, const char *name, const char *bytes, size_t size,
                               struct err *err)
{
    char *text = NULL;
    enum err_code code = text_nfc(bytes, size, &text, err);
    if (code)
        return err_context(err, code, "%s", name);
    char *kept = mem_strdup(name);
    w->texts[w->file_count] = text;
    w->names[w->file_count++] = kept;
    if (!kept)
        return err_set(err, ERR_NO_MEMORY, "wording");
    struct reading r = {.wording = w, .file = kept};
    int number = 1;
    for (char *line = text, *end; line && !code; line = end, number++) {
        end = strchr(line, '\n');
        if (end)
            *end++ = 0;
        code = read_line(&r, line, number, err);
    }
    return code;
}

static enum err_code read_file(struct wording *w, int folder, const char *name, struct err *err)
{
    AUTO(mem) char *bytes = NULL;
    size_t size = 0;
    enum err_code code = file_read(folder, name, FILE_MAX_BYTES, &bytes, &size, err);
    return code ? err_context(err, code, "%s", name) : read_text(w, name, bytes, size, err);
}

/* ---- all of them ---- */

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_paper_file(const struct dirent *entry)
{
    size_t size = strlen(entry->d_name);
    return size > 6 && strcmp(entry->d_name + size - 6, ".paper") == 0;
}

static enum err_code name_papers(struct wording *w, struct err *err)
{
    size_t count = 0;
    w->papers = mem_array(w->count + 1, sizeof *w->papers);
    if (!w->papers)
        return err_set(err, ERR_NO_MEMORY, "wording");
    for (size_t i = 0; i < w->count; i++) {
        const char *name = w->entries[i].block.name;
        size_t seen = 0;
        while (seen < count && strcmp(w->papers[seen], name) != 0)
            seen++;
        if (w->entries[i].kind == ENTRY_PAPER && seen == count)
            w->papers[count++] = name;
    }
    return ERR_OK;
}

enum err_code wording_load(const char *folder, struct wording **out, struct err *err)
{
    AUTO(wording) struct wording *w = mem_alloc(sizeof *w);
    AUTO(fd) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct dirent **found = NULL;
    int count = w && fd >= 0 ? scandir(folder, &found, is_paper_file, by_name) : -1;
    if (count < 0)
        return err_set(err, ERR_TEMPLATE_BAD, "folder '%s' cannot be read", folder);
    enum err_code code = ERR_OK;
    if (count > FILES_MAX)
        code = err_set(err, ERR_TEMPLATE_BAD, "more than %d files in '%s'", FILES_MAX, folder);
    for (int i = 0; i < count; i++) {
        if (!code)
            code = read_file(w, fd, found[i]->d_name, err);
        free(found[i]); /* scandir's own */
    }
    free(found);
    if (!code)
        code = name_papers(w, err);
    if (!code)
        *out = TAKE(w);
    return code;
}

enum err_code wording_read(const struct wording_text *text, size_t count, struct wording **out,
                           struct err *err)
{
    AUTO(wording) struct wording *w = mem_alloc(sizeof *w);
    enum err_code code = w ? ERR_OK : err_set(err, ERR_NO_MEMORY, "wording");
    if (!code && count > FILES_MAX)
        code = err_set(err, ERR_TEMPLATE_BAD, "more than %d files", FILES_MAX);
    for (size_t i = 0; i < count && !code; i++)
        code = read_text(w, text[i].name, (const char *)text[i].bytes, text[i].size, err);
    if (!code)
        code = name_papers(w, err);
    if (!code)
        *out = TAKE(w);
    return code;
}

/* ---- looking up ---- */

const struct wording_list *wording_list(const struct wording *wording, const char *name)
{
    for (size_t i = 0; i < wording->count; i++)
        if (wording->entries[i].kind == ENTRY_LIST &&
            strcmp(wording->entries[i].list.name, name) == 0)
            return &wording->entries[i].list;
    return NULL;
}

size_t wording_blocks(const struct wording *wording, const char *name, bool paper,
                      const struct wording_block *out[], size_t max)
{
    size_t count = 0;
    for (size_t i = 0; i < wording->count && count < max; i++)
        if (wording->entries[i].kind == (paper ? ENTRY_PAPER : ENTRY_BLOCK) &&
            strcmp(wording->entries[i].block.name, name) == 0)
            out[count++] = &wording->entries[i].block;
    return count;
}

const char *const *wording_papers(const struct wording *wording)
{
    return wording->papers;
}

bool wording_may_choose(const char *text, size_t count, enum wording_part part)
{
    if (part == WORDING_ALL || count < HELD_OUT_MIN)
        return true;
    uint64_t digest = 1469598103934665603u; /* FNV-1a */
    for (const char *c = text; *c; c++)
        digest = (digest ^ (unsigned char)*c) * 1099511628211u;
    digest = (digest ^ (digest >> 33)) * 0xff51afd7ed558ccdu; /* short texts differ in few bits */
    bool held_out = (digest >> 40) % HELD_OUT_SHARE == 0;
    return held_out == (part == WORDING_HELD_OUT);
}
