#include "tests/harness/pdfa_check.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Clauses 6.1.2 to 6.1.9: how the file is written down. */

static bool is_eol(int c)
{
    return c == '\n' || c == '\r';
}

static bool is_space(int c)
{
    return c == ' ' || is_eol(c) || c == '\t' || c == '\f' || c == 0;
}

static int at(const struct check *check, size_t i)
{
    return i < check->size ? check->bytes[i] : -1;
}

static bool word_at(const struct check *check, size_t i, const char *word)
{
    size_t length = strlen(word);
    return i + length <= check->size && memcmp(check->bytes + i, word, length) == 0;
}

static size_t skip_line(const struct check *check, size_t i)
{
    while (i < check->size && !is_eol(at(check, i)))
        i++;
    if (at(check, i) == '\r' && at(check, i + 1) == '\n')
        return i + 2;
    return i < check->size ? i + 1 : i;
}

static void check_header(struct check *check)
{
    bool version = word_at(check, 0, "%PDF-1.") && at(check, 7) >= '0' && at(check, 7) <= '7' &&
                   is_eol(at(check, 8));
    if (!version)
        fault(check, "6.1.2", "header is not %%PDF-1.n and an end of line");
    size_t second = skip_line(check, 0);
    if (at(check, second) != '%')
        fault(check, "6.1.2", "no comment after the header");
    for (size_t i = 1; i <= 4; i++)
        if (at(check, second + i) < 128)
            fault(check, "6.1.2", "comment after the header has a byte below 128");
}

static void check_end(struct check *check)
{
    size_t last = check->size;
    for (size_t i = check->size; i-- > 0 && last == check->size;)
        if (word_at(check, i, "%%EOF"))
            last = i;
    size_t left = last == check->size ? 0 : check->size - last - 5;
    const unsigned char *tail = check->bytes + last + 5;
    bool fine = left == 0 || (left == 1 && is_eol(tail[0])) ||
                (left == 2 && tail[0] == '\r' && tail[1] == '\n');
    if (last == check->size || !fine)
        fault(check, "6.1.3", "bytes after the last %%%%EOF");
}

/* An integer given as "n g R" is looked up by searching its object; -1 when not found. */
static long integer_of_object(const struct check *check, long number, long generation)
{
    char head[64];
    int length = snprintf(head, sizeof head, "%ld %ld obj", number, generation);
    for (size_t i = check->size; i-- > 1;)
        if (is_space(check->bytes[i - 1]) && word_at(check, i, head))
            return strtol((const char *)check->bytes + i + length, NULL, 10);
    return -1;
}

struct object_scan {
    size_t start;
    long length; /* of the stream, -1 unknown */
};

static void check_hex_string(struct check *check, size_t *i)
{
    size_t digits = 0;
    for (++*i; *i < check->size && at(check, *i) != '>'; ++*i) {
        if (isxdigit(at(check, *i)))
            digits++;
        else if (!is_space(at(check, *i)))
            fault(check, "6.1.6", "byte %02x in a hexadecimal string", at(check, *i));
    }
    ++*i;
    if (digits % 2)
        fault(check, "6.1.6", "odd number of digits in a hexadecimal string");
}

static void skip_literal(const struct check *check, size_t *i)
{
    int depth = 0;
    for (; *i < check->size; ++*i) {
        int c = at(check, *i);
        if (c == '\\')
            ++*i;
        else if (c == '(')
            depth++;
        else if (c == ')' && --depth == 0)
            break;
    }
    ++*i;
}

static void check_stream(struct check *check, const struct object_scan *scan, size_t *i)
{
    size_t data = *i + 6;
    if (at(check, data) == '\r' && at(check, data + 1) == '\n')
        data += 2;
    else if (at(check, data) == '\n')
        data += 1;
    else
        fault(check, "6.1.7.1", "stream keyword not followed by CR LF or LF");
    size_t end = data + (scan->length < 0 ? 0 : (size_t)scan->length);
    size_t keyword = end;
    if (at(check, keyword) == '\r' && at(check, keyword + 1) == '\n')
        keyword += 2;
    else if (is_eol(at(check, keyword)))
        keyword += 1;
    if (scan->length >= 0 && keyword > end && word_at(check, keyword, "endstream")) {
        *i = keyword + 9;
        return;
    }
    fault(check, "6.1.7.1", "/Length does not lead to an end of line and endstream");
    for (*i = data; *i < check->size && !word_at(check, *i, "endstream"); ++*i)
        ;
    *i += 9;
}

static void note_length(const struct check *check, size_t i, struct object_scan *scan)
{
    char *end = NULL;
    const char *text = (const char *)check->bytes + i;
    long number = strtol(text, &end, 10);
    char *reference = NULL;
    long generation = strtol(end, &reference, 10);
    bool is_reference = reference > end;
    while (is_reference && is_space((unsigned char)*reference))
        reference++;
    is_reference = is_reference && *reference == 'R';
    scan->length = is_reference ? integer_of_object(check, number, generation) : number;
}

/* From behind "n g obj" to behind "endobj". */
static void check_object_body(struct check *check, size_t *i)
{
    struct object_scan scan = {.start = *i, .length = -1};
    int depth = 0;
    while (*i < check->size) {
        int c = at(check, *i);
        if (c == '(') {
            skip_literal(check, i);
        } else if (c == '<' && at(check, *i + 1) == '<') {
            depth++;
            *i += 2;
        } else if (c == '>' && at(check, *i + 1) == '>') {
            depth--;
            *i += 2;
        } else if (c == '<') {
            check_hex_string(check, i);
        } else if (c == '%') {
            *i = skip_line(check, *i);
        } else if (depth == 1 && word_at(check, *i, "/Length") && !isalnum(at(check, *i + 7))) {
            *i += 7;
            note_length(check, *i, &scan);
        } else if (depth == 0 && word_at(check, *i, "stream") && *i > scan.start) {
            check_stream(check, &scan, i);
        } else if (word_at(check, *i, "endobj") && depth == 0) {
            if (!is_eol(at(check, *i - 1)) || !is_eol(at(check, *i + 6)))
                fault(check, "6.1.9", "endobj not on a line of its own");
            *i += 6;
            return;
        } else {
            ++*i;
        }
    }
}

static bool check_object_head(struct check *check, size_t *i)
{
    size_t start = *i, end = start;
    while (isdigit(at(check, end)))
        end++;
    size_t gap = end;
    while (is_space(at(check, gap)))
        gap++;
    size_t second = gap;
    while (isdigit(at(check, second)))
        second++;
    size_t keyword = second;
    while (is_space(at(check, keyword)))
        keyword++;
    if (end == start || second == gap || !word_at(check, keyword, "obj"))
        return false;
    if (gap != end + 1 || keyword != second + 1)
        fault(check, "6.1.9", "more than one space in 'n g obj'");
    if (start > 0 && !is_eol(at(check, start - 1)))
        fault(check, "6.1.9", "object number not at the start of a line");
    if (!is_eol(at(check, keyword + 3)))
        fault(check, "6.1.9", "obj not followed by an end of line");
    *i = keyword + 3;
    return true;
}

static void check_xref(struct check *check, size_t *i)
{
    size_t next = *i + 4;
    if (at(check, next) == '\r' && at(check, next + 1) == '\n')
        next++;
    if (!is_eol(at(check, next)) || !isdigit(at(check, next + 1)))
        fault(check, "6.1.4", "xref and its first subsection not separated by one end of line");
    for (*i = next; *i < check->size && !word_at(check, *i, "trailer"); *i = skip_line(check, *i)) {
        size_t digits = *i;
        while (isdigit(at(check, digits)))
            digits++;
        if (digits == *i || digits - *i == 10)
            continue;
        if (at(check, digits) != ' ' || !isdigit(at(check, digits + 1)))
            fault(check, "6.1.4", "subsection header not 'first count'");
    }
}

void check_bytes(struct check *check)
{
    check_header(check);
    check_end(check);
    for (size_t i = skip_line(check, 0); i < check->size;) {
        int c = at(check, i);
        if (c == '%')
            i = skip_line(check, i);
        else if (word_at(check, i, "startxref"))
            i = skip_line(check, skip_line(check, i));
        else if (word_at(check, i, "xref"))
            check_xref(check, &i);
        else if (isdigit(c) && check_object_head(check, &i))
            check_object_body(check, &i);
        else
            i++;
    }
}
