#include "daemon/pipeline/inputs.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define FOLDER_DEPTH_MAX 16

static const char *const image_suffixes[] = {".jpg", ".jpeg", ".png", ".tif", ".tiff",
                                             ".pnm", ".pgm",  ".ppm", ".pbm"};

static const char *suffix_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
    const char *base = slash ? slash + 1 : path;
    return dot && dot > base ? dot : "";
}

static bool is_image_name(const char *path)
{
    for (size_t i = 0; i < sizeof image_suffixes / sizeof *image_suffixes; i++)
        if (strcasecmp(suffix_of(path), image_suffixes[i]) == 0)
            return true;
    return false;
}

static bool is_pdf_name(const char *path)
{
    return strcasecmp(suffix_of(path), ".pdf") == 0;
}

void input_show_name(const char *name, char *out, size_t out_size)
{
    size_t used = 0;
    out[0] = 0;
    while (*name) {
        const char *start = name;
        int32_t point = text_next(&name);
        bool plain = point >= 0x20 && point != 0x7f && !(point >= 0x80 && point < 0xa0);
        size_t size = (size_t)(name - start), wanted = plain ? size : 4 * size;
        if (used + wanted >= out_size)
            return;
        for (size_t i = 0; i < size && !plain; i++)
            snprintf(out + used + 4 * i, 5, "\\x%02x", (unsigned char)start[i]);
        if (plain)
            memcpy(out + used, start, size);
        used += wanted;
        out[used] = 0;
    }
}

char *input_fold_name(const char *name)
{
    AUTO(mem) char *nfc = NULL;
    if (!text_is_utf8(name, strlen(name)))
        return mem_strdup(name);
    return text_nfc(name, strlen(name), &nfc, NULL) ? NULL : text_lower(nfc);
}

static enum err_code check_name(const char *name, struct err *err)
{
    char shown[256];
    if (text_is_utf8(name, strlen(name)))
        return ERR_OK;
    input_show_name(name, shown, sizeof shown);
    return err_set(err, ERR_FILE_NAME_BAD, "'%s'", shown);
}

enum err_code input_check_names(const struct input *input, struct err *err)
{
    enum err_code code = check_name(input->name, err);
    for (size_t i = 0; !code && i < input->file_count; i++) {
        const char *slash = strrchr(input->files[i], '/');
        code = check_name(slash ? slash + 1 : input->files[i], err);
    }
    return code;
}

/* "scans/tháng 3/p1.jpg" → "p1"; "scans/hồ sơ/" → "hồ sơ"; "." → the folder's own name */
static char *name_of(const char *given, bool is_file)
{
    AUTO(mem) char *real = is_file ? NULL : realpath(given, NULL);
    const char *path = real ? real : given;
    size_t end = strlen(path);
    while (end > 1 && path[end - 1] == '/')
        end--;
    if (is_file)
        end -= strlen(suffix_of(path));
    size_t start = end;
    while (start > 0 && path[start - 1] != '/')
        start--;
    return mem_strndup(path + start, end - start);
}

static void input_done(struct input *input)
{
    for (size_t i = 0; i < input->file_count; i++)
        mem_free(input->files[i]);
    mem_free(input->files);
    mem_free(input->name);
}

void inputs_done(struct inputs *inputs)
{
    for (size_t i = 0; i < inputs->count; i++)
        input_done(&inputs->item[i]);
    mem_free(inputs->item);
    for (size_t i = 0; i < inputs->note_count; i++)
        mem_free(inputs->notes[i]);
    mem_free(inputs->notes);
    *inputs = (struct inputs){0};
}

static struct input *add_input(struct inputs *inputs, const char *path, bool is_file)
{
    if (inputs->count == inputs->capacity) {
        size_t capacity = inputs->capacity ? inputs->capacity * 2 : 16;
        struct input *item = mem_resize(inputs->item, capacity * sizeof *item);
        if (!item)
            return NULL;
        inputs->item = item;
        inputs->capacity = capacity;
    }
    char *name = name_of(path, is_file);
    if (!name)
        return NULL;
    struct input *input = &inputs->item[inputs->count++];
    *input = (struct input){.name = name};
    return input;
}

static enum err_code add_file(struct input *input, const char *path, struct err *err)
{
    char **files = mem_resize(input->files, (input->file_count + 1) * sizeof *files);
    if (!files)
        return err_set(err, ERR_NO_MEMORY, "inputs");
    input->files = files;
    files[input->file_count] = mem_strdup(path);
    if (!files[input->file_count])
        return err_set(err, ERR_NO_MEMORY, "inputs");
    input->file_count++;
    return ERR_OK;
}

static enum err_code add_single(struct inputs *inputs, const char *path, struct err *err)
{
    struct input *input = add_input(inputs, path, true);
    if (!input)
        return err_set(err, ERR_NO_MEMORY, "inputs");
    input->is_pdf = is_pdf_name(path);
    return add_file(input, path, err);
}

static int by_natural_order(const void *a, const void *b)
{
    return text_natural_compare(*(char *const *)a, *(char *const *)b);
}

struct names {
    char **item;
    size_t count;
};

static void names_auto(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        mem_free(names->item[i]);
    mem_free(names->item);
}

static enum err_code list_folder(const char *path, struct names *out, struct err *err)
{
    DIR *folder = opendir(path);
    if (!folder)
        return err_set_errno(err, ERR_USAGE, errno, "open folder '%s'", path);
    enum err_code code = ERR_OK;
    for (struct dirent *entry; !code && (entry = readdir(folder));) {
        if (entry->d_name[0] == '.')
            continue;
        char **item = mem_resize(out->item, (out->count + 1) * sizeof *item);
        char *full = item ? mem_printf("%s/%s", path, entry->d_name) : NULL;
        if (item)
            out->item = item;
        if (full)
            out->item[out->count++] = full;
        else
            code = err_set(err, ERR_NO_MEMORY, "folder '%s'", path);
    }
    closedir(folder);
    if (out->count)
        qsort(out->item, out->count, sizeof *out->item, by_natural_order);
    return code;
}

/* Where the walk is: the folders it came through, the first argument last. */
struct level {
    const struct level *above;
    dev_t device;
    ino_t node;
};

struct walk {
    struct inputs *inputs;
    bool each;
    const char *out_dir;
};

static bool is_among(const struct level *level, const struct stat *info)
{
    for (; level; level = level->above)
        if (level->device == info->st_dev && level->node == info->st_ino)
            return true;
    return false;
}

static enum err_code add_note(struct inputs *inputs, const char *path, const char *what,
                              struct err *err)
{
    char shown[256];
    char **notes = mem_resize(inputs->notes, (inputs->note_count + 1) * sizeof *notes);
    if (notes)
        inputs->notes = notes;
    input_show_name(path, shown, sizeof shown);
    char *note = notes ? mem_printf("'%s' %s", shown, what) : NULL;
    if (!note)
        return err_set(err, ERR_NO_MEMORY, "inputs");
    notes[inputs->note_count++] = note;
    return ERR_OK;
}

static bool is_same_place(const char *path, const struct stat *info)
{
    struct stat other;
    return path && stat(path, &other) == 0 && other.st_dev == info->st_dev &&
           other.st_ino == info->st_ino;
}

/* *pages_at: the document of the folder's own images, made by the first of them. */
static enum err_code add_page(struct inputs *inputs, const char *folder, const char *path,
                              size_t *pages_at, struct err *err)
{
    if (*pages_at == SIZE_MAX) {
        if (!add_input(inputs, folder, false))
            return err_set(err, ERR_NO_MEMORY, "inputs");
        *pages_at = inputs->count - 1;
    }
    return add_file(&inputs->item[*pages_at], path, err);
}

static enum err_code add_folder(const struct walk *walk, const char *path, const struct stat *place,
                                const struct level *above, struct err *err);

static enum err_code add_sub_folder(const struct walk *walk, const char *path,
                                    const struct stat *place, const struct level *here,
                                    struct err *err)
{
    if (is_among(here, place))
        return add_note(walk->inputs, path, "leads back to a folder above it, passed over", err);
    return add_folder(walk, path, place, here, err);
}

static size_t depth_of(const struct level *level)
{
    size_t depth = 0;
    for (; level; level = level->above)
        depth++;
    return depth;
}

static enum err_code add_folder(const struct walk *walk, const char *path, const struct stat *place,
                                const struct level *above, struct err *err)
{
    AUTO(names) struct names names = {0};
    const struct level here = {above, place->st_dev, place->st_ino};
    if (depth_of(&here) > FOLDER_DEPTH_MAX)
        return err_set(err, ERR_USAGE, "folders nested deeper than %d at '%s'", FOLDER_DEPTH_MAX,
                       path);
    enum err_code code = list_folder(path, &names, err);
    size_t pages_at = SIZE_MAX;
    for (size_t i = 0; !code && i < names.count; i++) {
        const char *name = names.item[i];
        struct stat info;
        bool there = stat(name, &info) == 0;
        bool is_file = there && S_ISREG(info.st_mode);
        if (!there)
            code = add_note(walk->inputs, name, "cannot be looked at, passed over", err);
        else if (S_ISDIR(info.st_mode) && !is_same_place(walk->out_dir, &info))
            code = add_sub_folder(walk, name, &info, &here, err);
        else if (is_file && (is_pdf_name(name) || (walk->each && is_image_name(name))))
            code = add_single(walk->inputs, name, err);
        else if (is_file && is_image_name(name))
            code = add_page(walk->inputs, path, name, &pages_at, err);
        else
            walk->inputs->passed_over++;
    }
    return code;
}

struct folded {
    char *name;
    const struct input *input;
};

static int by_folded_name(const void *a, const void *b)
{
    return strcmp(((const struct folded *)a)->name, ((const struct folded *)b)->name);
}

static enum err_code find_equal_names(const struct folded *sorted, size_t count, struct err *err)
{
    for (size_t i = 1; i < count; i++)
        if (strcmp(sorted[i - 1].name, sorted[i].name) == 0)
            return err_set(err, ERR_USAGE, "'%s' and '%s' would both be written as '%s'",
                           sorted[i - 1].input->files[0], sorted[i].input->files[0],
                           sorted[i].input->name);
    return ERR_OK;
}

static enum err_code refuse_equal_names(const struct inputs *inputs, struct err *err)
{
    enum err_code code = ERR_OK;
    AUTO(mem) struct folded *sorted = mem_array(inputs->count + 1, sizeof *sorted);
    if (!sorted)
        return err_set(err, ERR_NO_MEMORY, "inputs");
    for (size_t i = 0; !code && i < inputs->count; i++) {
        sorted[i] = (struct folded){input_fold_name(inputs->item[i].name), &inputs->item[i]};
        code = sorted[i].name ? ERR_OK : err_set(err, ERR_NO_MEMORY, "inputs");
    }
    if (!code) {
        qsort(sorted, inputs->count, sizeof *sorted, by_folded_name);
        code = find_equal_names(sorted, inputs->count, err);
    }
    for (size_t i = 0; i < inputs->count; i++)
        mem_free(sorted[i].name);
    return code;
}

/* A scanned PDF and its result are two things: the first may not disappear under the second. */
static enum err_code refuse_overwriting(const struct inputs *inputs, const char *out_dir,
                                        struct err *err)
{
    for (size_t i = 0; i < inputs->count; i++) {
        const struct input *input = &inputs->item[i];
        struct stat info;
        AUTO(mem) char *result = mem_printf("%s/%s.pdf", out_dir, input->name);
        if (!result)
            return err_set(err, ERR_NO_MEMORY, "inputs");
        if (input->is_pdf && stat(input->files[0], &info) == 0 && is_same_place(result, &info))
            return err_set(err, ERR_USAGE, "'%s' would be replaced by its own result",
                           input->files[0]);
    }
    return ERR_OK;
}

static enum err_code add_argument(const struct walk *walk, const char *argument, struct err *err)
{
    struct stat info;
    size_t before = walk->inputs->count;
    if (stat(argument, &info) != 0)
        return err_set_errno(err, ERR_USAGE, errno, "'%s'", argument);
    bool is_folder = S_ISDIR(info.st_mode);
    if (!is_folder && !S_ISREG(info.st_mode))
        return err_set(err, ERR_USAGE, "'%s' is neither a file nor a folder", argument);
    if (is_folder && is_same_place(walk->out_dir, &info))
        return err_set(err, ERR_USAGE, "'%s' is the folder for the results", argument);
    enum err_code code = is_folder ? add_folder(walk, argument, &info, NULL, err)
                                   : add_single(walk->inputs, argument, err);
    if (!code && walk->inputs->count == before)
        code = err_set(err, ERR_USAGE, "no image or PDF in '%s'", argument);
    return code;
}

enum err_code inputs_find(const char *const *arguments, size_t count, bool each,
                          const char *out_dir, struct inputs *out, struct err *err)
{
    struct inputs inputs = {0};
    struct walk walk = {&inputs, each, out_dir};
    enum err_code code = ERR_OK;
    for (size_t i = 0; !code && i < count; i++)
        code = add_argument(&walk, arguments[i], err);
    if (!code)
        code = refuse_equal_names(&inputs, err);
    if (!code)
        code = refuse_overwriting(&inputs, out_dir, err);
    if (code) {
        inputs_done(&inputs);
        return code;
    }
    *out = inputs;
    return ERR_OK;
}
