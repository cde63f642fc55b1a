#include "tests/bench/codes_symbol.h"

#include "daemon/base/buf.h"
#include "daemon/base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MAX 200
#define LINE_SIZE 2048

static const struct {
    const char *zint, *name;
} kinds[] = {
    [SYMBOL_QR] = {"QRCODE", "QR"},
    [SYMBOL_CODE128] = {"CODE128", "CODE128"},
    [SYMBOL_DATAMATRIX] = {"DATAMATRIX", "DATAMATRIX"},
};

const char *symbol_kind_name(enum symbol_kind kind)
{
    return kinds[kind].name;
}

static char *command_for(enum symbol_kind kind, const unsigned char *bytes, size_t size,
                         int correction, int eci)
{
    AUTO(buf) struct buf command;
    buf_init(&command, 1 << 16);
    buf_printf(&command, "zint -b %s --dump --binary --esc --notext", kinds[kind].zint);
    if (kind == SYMBOL_QR)
        buf_printf(&command, " --secure=%d", correction);
    if (kind == SYMBOL_DATAMATRIX)
        buf_text(&command, " --square");
    if (eci)
        buf_printf(&command, " --eci=%d", eci);
    buf_text(&command, " -d '");
    for (size_t i = 0; i < size; i++)
        buf_printf(&command, "\\x%02X", bytes[i]);
    buf_text(&command, "' 2>/dev/null");
    return buf_take(&command);
}

/* One row in hexadecimal digits and spaces; returns its bits. */
static int read_row(const char *line, bool *dark)
{
    int bits = 0;
    for (; *line; line++) {
        char digit[2] = {*line, 0}, *end;
        long value = strtol(digit, &end, 16);
        for (int bit = 3; end != digit && bit >= 0; bit--)
            dark[bits++] = value >> bit & 1;
    }
    return bits;
}

bool symbol_make(enum symbol_kind kind, const void *bytes, size_t size, int correction, int eci,
                 struct symbol *out)
{
    static bool row[ROWS_MAX][4 * LINE_SIZE];
    char line[LINE_SIZE];
    int rows = 0, width = 0;
    AUTO(mem) char *command = command_for(kind, bytes, size, correction, eci);
    FILE *zint = command ? popen(command, "r") : NULL;
    if (!zint)
        return false;
    while (rows < ROWS_MAX && fgets(line, sizeof line, zint)) {
        int bits = read_row(line, row[rows]);
        while (bits && !row[rows][bits - 1])
            bits--;
        width = bits > width ? bits : width;
        rows++;
    }
    if (pclose(zint) != 0 || rows == 0 || width == 0)
        return false;
    if (kind == SYMBOL_CODE128)
        rows = 1;
    *out = (struct symbol){width, rows, mem_array((size_t)width * rows, sizeof(bool))};
    for (int y = 0; out->dark && y < rows; y++)
        memcpy(out->dark + (size_t)y * width, row[y], (size_t)width * sizeof(bool));
    return out->dark != NULL;
}

void symbol_done(struct symbol *symbol)
{
    mem_free(symbol->dark);
    *symbol = (struct symbol){0};
}
