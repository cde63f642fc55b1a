#include "drivers/simulator/sim_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX_BYTES (1u << 20)

static void say(const char *fmt, va_list args)
{
    char line[SIM_LINE_MAX];
    vsnprintf(line, sizeof line, fmt, args);
    fprintf(stderr, "[sohoasim] %s\n", line);
}

void sim_say(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    say(fmt, args);
    va_end(args);
}

void sim_debug(const char *fmt, ...)
{
    if (!getenv("SANE_DEBUG_SOHOASIM"))
        return;
    va_list args;
    va_start(args, fmt);
    say(fmt, args);
    va_end(args);
}

struct sim_lines sim_lines_of(const char *text, size_t size)
{
    return (struct sim_lines){.at = text, .end = text + size};
}

bool sim_lines_next(struct sim_lines *lines, bool *out_bad)
{
    while (lines->at < lines->end) {
        const char *newline = memchr(lines->at, '\n', (size_t)(lines->end - lines->at));
        const char *from = lines->at, *to = newline ? newline : lines->end;
        lines->at = newline ? newline + 1 : lines->end;
        lines->number++;
        while (from < to && strchr(" \t\r", *from) && *from)
            from++;
        while (to > from && strchr(" \t\r", to[-1]) && to[-1])
            to--;
        size_t size = (size_t)(to - from);
        if (size == 0 || *from == '#')
            continue;
        *out_bad = size >= sizeof lines->line || memchr(from, 0, size);
        if (!*out_bad) {
            memcpy(lines->line, from, size);
            lines->line[size] = 0;
        }
        return true;
    }
    return false;
}

char *sim_read_file(const char *folder, const char *name, size_t *out_size)
{
    char path[2 * SIM_PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "re");
    if (!file)
        return NULL;
    char *text = malloc(FILE_MAX_BYTES);
    *out_size = text ? fread(text, 1, FILE_MAX_BYTES, file) : 0;
    fclose(file);
    return text;
}

bool sim_parse_int(const char *text, int min, int max, int *out)
{
    char *end;
    long number = strtol(text, &end, 10);
    if (end == text || *end || number < min || number > max)
        return false;
    *out = (int)number;
    return true;
}
