#include "tests/harness/pdfa_check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fault(struct check *check, const char *clause, const char *fmt, ...)
{
    if (check->faults++ >= 5)
        return;
    va_list args;
    va_start(args, fmt);
    printf("  %s: ", clause);
    vprintf(fmt, args);
    putchar('\n');
    va_end(args);
}

qpdf_oh key(struct check *check, qpdf_oh dict, const char *name)
{
    qpdf_oh from =
        qpdf_oh_is_stream(check->qpdf, dict) ? qpdf_oh_get_dict(check->qpdf, dict) : dict;
    return qpdf_oh_get_key_if_dict(check->qpdf, from, name);
}

bool has(struct check *check, qpdf_oh dict, const char *name)
{
    return !qpdf_oh_is_null(check->qpdf, key(check, dict, name));
}

bool is_name(struct check *check, qpdf_oh value, const char *name)
{
    return qpdf_oh_is_name_and_equals(check->qpdf, value, name);
}

bool is_true(struct check *check, qpdf_oh dict, const char *name)
{
    qpdf_oh value = key(check, dict, name);
    return qpdf_oh_is_bool(check->qpdf, value) && qpdf_oh_get_bool_value(check->qpdf, value);
}

unsigned char *stream_data(struct check *check, qpdf_oh stream, size_t *out_size)
{
    unsigned char *bytes = NULL;
    QPDF_BOOL filtered = QPDF_FALSE;
    *out_size = 0;
    if (!qpdf_oh_is_stream(check->qpdf, stream))
        return NULL;
    if (qpdf_oh_get_stream_data(check->qpdf, stream, qpdf_dl_generalized, &filtered, &bytes,
                                out_size) &
        QPDF_ERRORS) {
        free(bytes);
        return NULL;
    }
    unsigned char *ended = realloc(bytes, *out_size + 1);
    if (ended)
        ended[*out_size] = 0;
    return ended;
}

bool read_icc(struct check *check, qpdf_oh stream, struct icc *out)
{
    size_t size;
    unsigned char *bytes = stream_data(check, stream, &size);
    bool ok = bytes && size >= 128 && memcmp(bytes + 36, "acsp", 4) == 0;
    if (ok) {
        snprintf(out->class, sizeof out->class, "%.4s", (const char *)bytes + 12);
        snprintf(out->space, sizeof out->space, "%.4s", (const char *)bytes + 16);
        out->version = bytes[8];
    }
    free(bytes);
    return ok;
}

static bool read_whole(struct check *check)
{
    FILE *file = fopen(check->path, "rb");
    if (!file)
        return false;
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    check->bytes = calloc(1, (size_t)size + 1);
    check->size = check->bytes ? fread(check->bytes, 1, (size_t)size, file) : 0;
    fclose(file);
    return check->bytes && check->size == (size_t)size && size > 0;
}

static bool check_file(const char *path, bool level_u)
{
    struct check check = {.path = path, .level_u = level_u};
    printf("%s\n", path);
    if (!read_whole(&check)) {
        printf("  cannot be read\nFAIL %s\n", path);
        return false;
    }
    check_bytes(&check);
    check.qpdf = qpdf_init();
    qpdf_set_suppress_warnings(check.qpdf, QPDF_TRUE);
    qpdf_silence_errors(check.qpdf);
    QPDF_ERROR_CODE status =
        qpdf_read_memory(check.qpdf, path, (const char *)check.bytes, check.size, NULL);
    if (status & QPDF_ERRORS) {
        fault(&check, "syntax", "qpdf cannot read it");
    } else {
        check.visited_size = 1000000;
        check.visited = calloc(1, check.visited_size);
        check_document(&check);
    }
    qpdf_cleanup(&check.qpdf);
    free(check.visited);
    free(check.bytes);
    printf("%s %s\n", check.faults ? "FAIL" : "PASS", path);
    return check.faults == 0;
}

int main(int argc, char **argv)
{
    bool level_u = true, all = true;
    int first = 1;
    if (argc > 1 && strcmp(argv[1], "-b") == 0) {
        level_u = false;
        first = 2;
    }
    if (first >= argc) {
        fprintf(stderr,
                "usage: %s [-b] FILE…\n  PDF/A-2u (with -b: 2b) for what this project writes\n",
                argv[0]);
        return 2;
    }
    for (int i = first; i < argc; i++)
        all = check_file(argv[i], level_u) && all;
    return all ? 0 : 1;
}
