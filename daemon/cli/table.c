#include "daemon/cli/table.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"

#include <stdarg.h>
#include <stdint.h>
#include <string.h>

struct table {
    size_t columns;
    char **cell; /* row after row, headings first */
    size_t count, capacity;
    bool failed;
};

size_t table_text_width(const char *text)
{
    size_t width = 0;
    for (int32_t point; (point = text_next(&text)) != 0;)
        width += !(point >= 0x300 && point <= 0x36F);
    return width;
}

void table_cell(struct table *table, const char *text)
{
    if (table->count == table->capacity) {
        size_t capacity = table->capacity ? table->capacity * 2 : 64;
        char **cell = mem_resize(table->cell, capacity * sizeof *cell);
        if (!cell) {
            table->failed = true;
            return;
        }
        table->cell = cell;
        table->capacity = capacity;
    }
    char *copy = mem_strdup(text ? text : "");
    if (!copy) {
        table->failed = true;
        return;
    }
    text_printable(copy, copy, strlen(copy) + 1);
    table->cell[table->count++] = copy;
}

void table_cellf(struct table *table, const char *fmt, ...)
{
    char text[512];
    va_list list;
    va_start(list, fmt);
    vsnprintf(text, sizeof text, fmt, list);
    va_end(list);
    table_cell(table, text);
}

struct table *table_new(const char *const *headings)
{
    struct table *table = mem_alloc(sizeof *table);
    if (!table)
        return NULL;
    for (; headings[table->columns] && table->columns < TABLE_COLUMNS_MAX; table->columns++)
        table_cell(table, headings[table->columns]);
    return table;
}

void table_free(struct table *table)
{
    if (!table)
        return;
    for (size_t i = 0; i < table->count; i++)
        mem_free(table->cell[i]);
    mem_free(table->cell);
    mem_free(table);
}

bool table_print(const struct table *table, FILE *out)
{
    if (table->failed)
        return false;
    size_t width[TABLE_COLUMNS_MAX] = {0};
    for (size_t i = 0; i < table->count; i++) {
        size_t cell = table_text_width(table->cell[i]);
        size_t *column = &width[i % table->columns];
        *column = cell > *column ? cell : *column;
    }
    for (size_t i = 0; i < table->count; i++) {
        size_t column = i % table->columns;
        bool is_last = column + 1 == table->columns;
        size_t gap = is_last ? 0 : width[column] - table_text_width(table->cell[i]) + 2;
        fprintf(out, "%s%*s%s", table->cell[i], (int)gap, "", is_last ? "\n" : "");
    }
    return true;
}
