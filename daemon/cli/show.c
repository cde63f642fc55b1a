#include "daemon/cli/show.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"
#include "daemon/base/when.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOW_DEPTH_MAX 4

static void give_up(void)
{
    fputs("sohoa: NO_MEMORY: answer\n", stderr);
    exit(CLI_FAILED);
}

struct table *show_table(const char *heading, ...)
{
    const char *headings[TABLE_COLUMNS_MAX + 1] = {heading};
    va_list list;
    va_start(list, heading);
    for (size_t i = 1; i < TABLE_COLUMNS_MAX && headings[i - 1]; i++)
        headings[i] = va_arg(list, const char *);
    va_end(list);
    struct table *table = table_new(headings);
    if (!table)
        give_up();
    return table;
}

void show_table_end(struct table *table)
{
    if (!table_print(table, stdout))
        give_up();
    table_free(table);
}

struct cli_text show_scalar(const struct js *value)
{
    struct cli_text out = {0};
    if (!value || js_is_null(value) || js_is_object(value) || js_is_array(value))
        return out;
    if (js_is_text(value)) {
        snprintf(out.text, sizeof out.text, "%s", js_text_or(value, "", ""));
        text_printable(out.text, out.text, sizeof out.text);
        return out;
    }
    AUTO(mem)
    char *dump = js_dump(value);
    snprintf(out.text, sizeof out.text, "%s", dump ? dump : "");
    return out;
}

static void show_list(const char *name, const struct js *list)
{
    if (js_count(list) == 0 || js_is_object(js_item(list, 0)) || js_is_array(js_item(list, 0)))
        return;
    printf("%s:", name);
    for (size_t i = 0; i < js_count(list); i++)
        printf("%s %s", i ? "," : "", show_scalar(js_item(list, i)).text);
    putchar('\n');
}

static void show_object(const char *prefix, const struct js *object, int depth)
{
    for (void *it = js_iter(object); it; it = js_iter_next(object, it)) {
        const struct js *value = js_iter_value(it);
        char name[160];
        snprintf(name, sizeof name, "%s%s%s", prefix, *prefix ? "." : "", js_iter_key(it));
        text_printable(name, name, sizeof name);
        size_t size = strlen(name);
        bool is_time = size > 3 && strcmp(name + size - 3, "_us") == 0;
        if (js_is_object(value) && depth < SHOW_DEPTH_MAX)
            show_object(name, value, depth + 1);
        else if (js_is_array(value))
            show_list(name, value);
        else if (is_time)
            printf("%.*s: %s\n", (int)size - 3, name, cli_when(object, js_iter_key(it)).text);
        else
            printf("%s: %s\n", name, show_scalar(value).text);
    }
}

void show_values(const struct js *object)
{
    show_object("", object, 0);
}

void show_sheets(const struct js *reply)
{
    const struct js *names = js_at(reply, "sheet_names");
    if (js_count(names) < 2)
        return;
    fputs("sheets:", stdout);
    for (size_t i = 0; i < js_count(names); i++)
        printf("%s %zu %s", i ? "," : "", i + 1, show_scalar(js_item(names, i)).text);
    puts("; --sheet says which is read");
}
