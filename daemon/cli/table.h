#ifndef SOHOA_CLI_TABLE_H
#define SOHOA_CLI_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Text in columns, as wide as the widest cell. Cells are outside text: they are made printable. */

#define TABLE_COLUMNS_MAX 10

struct table;

/* Headings end with NULL. NULL when out of memory. */
struct table *table_new(const char *const *headings);
void table_free(struct table *table);
/* Adds one cell, left to right, row after row; NULL text is an empty cell. */
void table_cell(struct table *table, const char *text);
void table_cellf(struct table *table, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* false: memory ran out on the way, nothing is printed. */
bool table_print(const struct table *table, FILE *out);

/* Columns a terminal needs for NFC text: combining marks take none, wide East Asian is not ours. */
size_t table_text_width(const char *text);

#endif
