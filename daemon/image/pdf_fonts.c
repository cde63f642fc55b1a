#include "daemon/image/pdf_fonts.h"

#include "daemon/base/mem.h"
#include "daemon/image/pdf_tool.h"

#include <stdio.h>
#include <string.h>

void pdf_fonts_done(struct pdf_fonts *fonts)
{
    mem_free(fonts->table);
    *fonts = (struct pdf_fonts){0};
}

/* Text layers of recognised scans have no embedded font, or one without shapes; a page with shapes
 * of its own letters was made by a program, whatever pictures lie on it. */
static bool has_shapes(const char *row, size_t column)
{
    size_t length = strlen(row);
    bool embedded = column && length > column + 3 && memcmp(row + column, "yes", 3) == 0;
    return embedded && !strstr(row, "GlyphLess") && !strstr(row, "Invisible") &&
           !strstr(row, "HiddenHorzOCR");
}

/* The name is the first column; it ends where the header says "type", or later when it is long. */
static void keep_name(char *row, size_t column, struct pdf_fonts *out)
{
    if (!column || out->count == PDF_FONTS_MAX)
        return;
    if (strlen(row) > column && row[column - 1] == ' ')
        row[column - 1] = 0;
    row[strcspn(row, " ")] = 0;
    out->name[out->count++] = row;
}

static void read_table(struct pdf_fonts *out)
{
    const char *type = strstr(out->table, "type"), *embedded = strstr(out->table, " emb ");
    size_t type_column = type ? (size_t)(type - out->table) : 0;
    size_t embedded_column = embedded ? (size_t)(embedded + 1 - out->table) : 0;
    char *line = strchr(out->table, '\n');
    line = line ? strchr(line + 1, '\n') : NULL; /* the header's underline */
    while (line) {
        char *row = line + 1;
        line = strchr(row, '\n');
        if (!line)
            return;
        *line = 0;
        out->drawn = out->drawn || has_shapes(row, embedded_column);
        keep_name(row, type_column, out);
    }
}

enum err_code pdf_fonts_list(int fd, const char *folder, int first, int last, struct pdf_fonts *out,
                             struct err *err)
{
    char from[16], to[16];
    snprintf(from, sizeof from, "%d", first);
    snprintf(to, sizeof to, "%d", last);
    const char *argv[] = {"pdffonts", "-f", from, "-l", to, PDF_TOOL_INPUT, NULL};
    AUTO(mem) char *errors = NULL;
    *out = (struct pdf_fonts){0};
    enum err_code code = pdf_tool_run(argv, fd, folder, &out->table, &errors, err);
    if (!code)
        read_table(out);
    return code;
}
