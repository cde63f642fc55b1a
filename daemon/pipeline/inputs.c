#include "daemon/pipeline/inputs.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"

#include <dirent.h>
#include <errno.h>
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
    return dot && (!slash || dot > slash) ? dot : "";
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

/* "scans/tháng 3/p1.jpg" → "p1"; "scans/hồ sơ/" → "hồ sơ" */
static char *name_of(const char *path, bool is_file)
{
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

static enum err_code add_folder(struct inputs *inputs, const char *path, bool each, int depth,
                                struct err *err)
{
    AUTO(names) struct names names = {0};
    if (depth > FOLDER_DEPTH_MAX)
        return err_set(err, ERR_USAGE, "folders nested deeper than %d at '%s'", FOLDER_DEPTH_MAX,
                       path);
    enum err_code code = list_folder(path, &names, err);
    size_t pages_at = SIZE_MAX;
    for (size_t i = 0; !code && i < names.count; i++) {
        const char *name = names.item[i];
        struct stat info;
        if (stat(name, &info) != 0) {
            inputs->passed_over++;
        } else if (S_ISDIR(info.st_mode)) {
            code = add_folder(inputs, name, each, depth + 1, err);
        } else if (is_pdf_name(name) || (each && is_image_name(name))) {
            code = add_single(inputs, name, err);
        } else if (is_image_name(name)) {
            if (pages_at == SIZE_MAX) {
                pages_at = inputs->count;
                if (!add_input(inputs, path, false))
                    return err_set(err, ERR_NO_MEMORY, "inputs");
            }
            code = add_file(&inputs->item[pages_at], name, err);
        } else {
            inputs->passed_over++;
        }
    }
    return code;
}

static int by_name(const void *a, const void *b)
{
    return strcasecmp((*(const struct input *const *)a)->name,
                      (*(const struct input *const *)b)->name);
}

static enum err_code refuse_equal_names(const struct inputs *inputs, struct err *err)
{
    AUTO(mem) const struct input **sorted = mem_array(inputs->count + 1, sizeof *sorted);
    if (!sorted)
        return err_set(err, ERR_NO_MEMORY, "inputs");
    for (size_t i = 0; i < inputs->count; i++)
        sorted[i] = &inputs->item[i];
    qsort(sorted, inputs->count, sizeof *sorted, by_name);
    for (size_t i = 1; i < inputs->count; i++)
        if (strcasecmp(sorted[i - 1]->name, sorted[i]->name) == 0)
            return err_set(err, ERR_USAGE, "'%s' and '%s' would both be written as '%s'",
                           sorted[i - 1]->files[0], sorted[i]->files[0], sorted[i]->name);
    return ERR_OK;
}

enum err_code inputs_find(const char *const *arguments, size_t count, bool each, struct inputs *out,
                          struct err *err)
{
    struct inputs inputs = {0};
    enum err_code code = ERR_OK;
    for (size_t i = 0; !code && i < count; i++) {
        struct stat info;
        size_t before = inputs.count;
        if (stat(arguments[i], &info) != 0)
            code = err_set_errno(err, ERR_USAGE, errno, "'%s'", arguments[i]);
        else if (S_ISDIR(info.st_mode))
            code = add_folder(&inputs, arguments[i], each, 1, err);
        else
            code = add_single(&inputs, arguments[i], err);
        if (!code && inputs.count == before)
            code = err_set(err, ERR_USAGE, "no image or PDF in '%s'", arguments[i]);
    }
    if (!code)
        code = refuse_equal_names(&inputs, err);
    if (code) {
        inputs_done(&inputs);
        return code;
    }
    *out = inputs;
    return ERR_OK;
}
