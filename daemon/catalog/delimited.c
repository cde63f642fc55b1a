#include "daemon/catalog/delimited.h"

#include <string.h>

static bool at_line_end(const struct delimited *reader, const char *at)
{
    return at == reader->end || *at == '\n' || *at == '\r';
}

static void pass_line_end(struct delimited *reader)
{
    if (reader->bytes == reader->end)
        return;
    bool both =
        reader->bytes[0] == '\r' && reader->bytes + 1 < reader->end && reader->bytes[1] == '\n';
    reader->bytes += both ? 2 : 1;
    reader->line++;
}

static void pass_line(struct delimited *reader)
{
    while (!at_line_end(reader, reader->bytes))
        reader->bytes++;
    pass_line_end(reader);
}

static bool begins(const struct delimited *reader, const char *prefix)
{
    size_t size = strlen(prefix);
    return (size_t)(reader->end - reader->bytes) >= size &&
           memcmp(reader->bytes, prefix, size) == 0;
}

static char most_frequent(const struct delimited *reader)
{
    static const char signs[] = "\t;,";
    size_t count[3] = {0};
    bool quoted = false;
    for (const char *at = reader->bytes; at < reader->end; at++) {
        if (*at == '"')
            quoted = !quoted;
        else if (!quoted && (*at == '\n' || *at == '\r') && count[0] + count[1] + count[2])
            break; /* a title without any stands above the table */
        const char *sign = quoted || !*at ? NULL : strchr(signs, *at);
        if (sign)
            count[sign - signs]++;
    }
    size_t best = 0;
    for (size_t i = 1; i < 3; i++)
        if (count[i] > count[best])
            best = i;
    return signs[best];
}

void delimited_begin(struct delimited *reader, const char *bytes, size_t size)
{
    *reader = (struct delimited){.bytes = bytes, .end = bytes + size, .line = 1};
    if (begins(reader, "\xef\xbb\xbf"))
        reader->bytes += 3;
    if (begins(reader, "sep=") && reader->end - reader->bytes > 5 &&
        at_line_end(reader, reader->bytes + 5)) {
        reader->sign = reader->bytes[4];
        pass_line(reader);
        return;
    }
    reader->sign = most_frequent(reader);
}

/* In TSV a quote that does not close its cell is a character. */
static bool is_quoted(const struct delimited *reader)
{
    if (reader->bytes == reader->end || *reader->bytes != '"')
        return false;
    if (reader->sign != '\t')
        return true;
    for (const char *at = reader->bytes + 1; !at_line_end(reader, at) && *at != '\t'; at++)
        if (*at == '"' && (at_line_end(reader, at + 1) || at[1] == '\t'))
            return true;
    return false;
}

static const char *read_quoted(struct delimited *reader, struct buf *out)
{
    reader->bytes++;
    for (; reader->bytes < reader->end; reader->bytes++) {
        char c = *reader->bytes;
        if (c == '"') {
            bool twice = reader->bytes + 1 < reader->end && reader->bytes[1] == '"';
            reader->bytes++;
            if (!twice)
                return at_line_end(reader, reader->bytes) || *reader->bytes == reader->sign
                           ? NULL
                           : "text behind a closing quote";
        } else if (c == '\n') {
            reader->line++;
        }
        buf_append(out, &c, 1);
    }
    return "a quote that is never closed";
}

static void read_plain(struct delimited *reader, struct buf *out)
{
    const char *from = reader->bytes;
    while (!at_line_end(reader, reader->bytes) && *reader->bytes != reader->sign)
        reader->bytes++;
    buf_append(out, from, (size_t)(reader->bytes - from));
}

static const char *read_cell(struct delimited *reader, struct delimited_row *row)
{
    const char *why = NULL;
    if (row->count == DELIMITED_COLUMNS_MAX)
        return "more cells than any catalogue has";
    row->start[row->count++] = row->text.size;
    if (is_quoted(reader))
        why = read_quoted(reader, &row->text);
    else
        read_plain(reader, &row->text);
    buf_append(&row->text, "", 1);
    return why ? why : buf_ok(&row->text) ? NULL : "longer than any row of a catalogue";
}

enum delimited_next delimited_next(struct delimited *reader, struct delimited_row *row)
{
    delimited_row_done(row);
    delimited_row_init(row);
    row->line = reader->line;
    if (reader->bytes == reader->end)
        return DELIMITED_END;
    for (;;) {
        row->why = read_cell(reader, row);
        if (row->why) {
            pass_line(reader);
            return DELIMITED_BAD;
        }
        if (at_line_end(reader, reader->bytes)) {
            pass_line_end(reader);
            return DELIMITED_ROW;
        }
        reader->bytes++;
    }
}

const char *delimited_cell(const struct delimited_row *row, size_t column)
{
    return column < row->count ? row->text.bytes + row->start[column] : "";
}

void delimited_row_init(struct delimited_row *row)
{
    *row = (struct delimited_row){0};
    buf_init(&row->text, DELIMITED_ROW_MAX_BYTES);
}

void delimited_row_done(struct delimited_row *row)
{
    buf_done(&row->text);
}
