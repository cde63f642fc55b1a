#include "daemon/model/import_papers.h"

#include "daemon/base/mem.h"

#include <ctype.h>
#include <string.h>

static const char *const names[] = {"file", "folder", "name", "split"};

const char *import_papers_name(enum import_papers papers)
{
    return names[papers];
}

bool import_papers_from_name(const char *name, enum import_papers *out)
{
    for (int papers = PAPERS_FILE; papers <= PAPERS_SPLIT; papers++)
        if (strcmp(names[papers], name) == 0) {
            *out = (enum import_papers)papers;
            return true;
        }
    return false;
}

static enum err_code unit_of_folder(const char *path, char **out, struct err *err)
{
    const char *slash = strrchr(path, '/');
    *out = slash ? mem_strndup(path, (size_t)(slash - path)) : NULL;
    return *out || !slash ? ERR_OK : err_set(err, ERR_NO_MEMORY, "import item");
}

/* "old/don 12.jpg" is of "old/don *.jpg"; no name of a file has a NUL, but one may have a star: the
 * number is left out as an empty part of the path, which no file's own path has. */
static enum err_code unit_of_name(const char *path, char **out, struct err *err)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.'), *end = dot && dot > name ? dot : name + strlen(name);
    const char *digits = end;
    while (digits > name && isdigit((unsigned char)digits[-1]))
        digits--;
    *out = NULL;
    if (digits == end)
        return ERR_OK;
    *out = mem_printf("%.*s//%s", (int)(digits - path), path, end);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "import item");
}

enum err_code import_papers_unit(enum import_papers papers, const char *path, char **out,
                                 struct err *err)
{
    *out = NULL;
    switch (papers) {
    case PAPERS_FILE:
    case PAPERS_FOLDER:
        return unit_of_folder(path, out, err);
    case PAPERS_NAME:
        return unit_of_name(path, out, err);
    default:
        return ERR_OK;
    }
}
