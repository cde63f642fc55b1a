#include "drivers/folder/file_name.h"

#include "daemon/base/buf.h"
#include "daemon/base/mem.h"
#include "daemon/base/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static bool is_nfc(const char *bytes, size_t size)
{
    AUTO(mem) char *normal = NULL;
    return text_nfc(bytes, size, &normal, NULL) == ERR_OK && strlen(normal) == size &&
           memcmp(normal, bytes, size) == 0;
}

static void append_part(struct buf *out, const char *part, size_t size)
{
    bool plain = is_nfc(part, size);
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)part[i];
        if (byte < 0x20 || byte == 0x7f || byte == '%' || (byte > 0x7f && !plain))
            buf_printf(out, "%%%02X", byte);
        else
            buf_append(out, part + i, 1);
    }
}

enum err_code file_path_to_text(const char *path, char **out, struct err *err)
{
    AUTO(buf) struct buf text;
    buf_init(&text, 3 * FILE_PATH_MAX);
    buf_text(&text, "");
    while (*path) {
        size_t size = strcspn(path, "/");
        append_part(&text, path, size);
        path += size;
        if (*path) {
            buf_text(&text, "/");
            path++;
        }
    }
    char *made = buf_take(&text);
    if (!made)
        return err_set(err, ERR_NO_MEMORY, "file name");
    *out = made;
    return ERR_OK;
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789ABCDEF";
    const char *place = c ? strchr(digits, c) : NULL;
    return place ? (int)(place - digits) : -1;
}

static bool is_part(const char *part, size_t size)
{
    return size > 0 && !(size == 1 && part[0] == '.') && !(size == 2 && memcmp(part, "..", 2) == 0);
}

static bool is_path(const char *path)
{
    for (;;) {
        size_t size = strcspn(path, "/");
        if (!is_part(path, size))
            return false;
        if (!path[size])
            return true;
        path += size + 1;
    }
}

enum err_code file_path_from_text(const char *text, char **out, struct err *err)
{
    AUTO(mem) char *path = mem_alloc(strlen(text) + 1);
    if (!path)
        return err_set(err, ERR_NO_MEMORY, "file name");
    size_t used = 0;
    for (; *text; text++) {
        char byte = *text;
        if (byte == '%') {
            int high = hex_digit(text[1]), low = high < 0 ? -1 : hex_digit(text[2]);
            if (low < 0 || (high | low) == 0)
                return err_set(err, ERR_BAD_ARGUMENT, "a file name with a bad escape");
            byte = (char)(high << 4 | low);
            text += 2;
        }
        path[used++] = byte;
    }
    if (used >= FILE_PATH_MAX || !is_path(path))
        return err_set(err, ERR_BAD_ARGUMENT, "not a path inside a folder");
    *out = TAKE(path);
    return ERR_OK;
}

/* The first parts that differ, as texts of their own. */
static int compare_parts(const char *a, const char *b)
{
    char part_a[256], part_b[256];
    size_t size_a = strcspn(a, "/"), size_b = strcspn(b, "/");
    if (size_a >= sizeof part_a || size_b >= sizeof part_b)
        return strcmp(a, b);
    memcpy(part_a, a, size_a);
    memcpy(part_b, b, size_b);
    part_a[size_a] = part_b[size_b] = 0;
    return text_natural_compare(part_a, part_b);
}

int file_path_compare(const char *a, const char *b)
{
    size_t same = 0, start = 0;
    for (; a[same] && a[same] == b[same]; same++)
        if (a[same] == '/')
            start = same + 1;
    if (a[same] == b[same])
        return 0;
    int order = compare_parts(a + start, b + start);
    return order ? order : strlen(a) < strlen(b) ? -1 : 1;
}

bool file_path_is_in(const char *path, const char *folder)
{
    size_t size = strlen(folder);
    return strncmp(path, folder, size) == 0 && path[size] == '/';
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

bool file_name_is_temporary(const char *path)
{
    static const char *const endings[] = {".part", ".partial",  ".tmp",      ".temp",
                                          "~",     ".download", ".filepart", ".crdownload"};
    const char *name = last_part(path);
    size_t size = strlen(name);
    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        size_t end = strlen(endings[i]);
        if (size > end && strcasecmp(name + size - end, endings[i]) == 0)
            return true;
    }
    return name[0] == '.' || strncmp(name, "~$", 2) == 0;
}

bool file_name_is_clutter(const char *path)
{
    static const char *const names[] = {"Thumbs.db", "desktop.ini", ".DS_Store"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (strcasecmp(last_part(path), names[i]) == 0)
            return true;
    return false;
}
