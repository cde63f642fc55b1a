#include "daemon/base/log.h"

#include "daemon/base/buf.h"
#include "daemon/base/sys.h"
#include "daemon/base/text.h"
#include "daemon/base/when.h"

#define SD_JOURNAL_SUPPRESS_LOCATION
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#define LINE_MAX_BYTES 4096
#define VALUE_MAX_BYTES 600
#define FIELDS_MAX 16

static const char *program_name = "sohoa";
static bool to_journal, with_debug, quiet;

void log_open(const char *program)
{
    program_name = program;
    to_journal = getenv("JOURNAL_STREAM") != NULL;
    with_debug = getenv("SOHOA_DEBUG") != NULL;
}

void log_quiet(void)
{
    quiet = true;
}

static const char *level_name(enum log_level level)
{
    switch (level) {
    case LOG_LEVEL_ERROR:
        return "error";
    case LOG_LEVEL_WARNING:
        return "warning";
    case LOG_LEVEL_INFO:
        return "info";
    default:
        return "debug";
    }
}

static void clean_value(const struct log_field *field, char out[VALUE_MAX_BYTES])
{
    if (field->masked)
        text_mask(field->value, out, VALUE_MAX_BYTES);
    else
        text_printable(field->value, out, VALUE_MAX_BYTES);
}

static void append_quoted(struct buf *line, const char *key, const char *value)
{
    buf_printf(line, " %s=\"", key);
    for (const char *c = value; *c; c++) {
        if (*c == '"' || *c == '\\')
            buf_append(line, "\\", 1);
        buf_append(line, c, 1);
    }
    buf_append(line, "\"", 1);
}

static void write_stderr(enum log_level level, const struct log_field *fields, const char *message)
{
    AUTO(buf) struct buf line;
    buf_init(&line, LINE_MAX_BYTES);
    char now[WHEN_ISO_SIZE];
    when_iso_utc(sys_now_us(), now);
    buf_printf(&line, "%s %s %s", now, program_name, level_name(level));
    append_quoted(&line, "msg", message);
    for (const struct log_field *f = fields; f && f->key; f++) {
        char value[VALUE_MAX_BYTES];
        if (!f->value)
            continue;
        clean_value(f, value);
        append_quoted(&line, f->key, value);
    }
    buf_append(&line, "\n", 1);
    if (line.bytes && write(STDERR_FILENO, line.bytes, line.size) < 0)
        return; /* nobody is left to be told */
}

static void write_journal(enum log_level level, const struct log_field *fields, const char *message)
{
    char text[FIELDS_MAX][VALUE_MAX_BYTES + 64];
    struct iovec parts[FIELDS_MAX];
    int count = 0;
    snprintf(text[count++], sizeof *text, "MESSAGE=%s", message);
    snprintf(text[count++], sizeof *text, "PRIORITY=%d", (int)level);
    snprintf(text[count++], sizeof *text, "SYSLOG_IDENTIFIER=%s", program_name);
    for (const struct log_field *f = fields; f && f->key && count < FIELDS_MAX; f++) {
        char value[VALUE_MAX_BYTES];
        if (!f->value)
            continue;
        clean_value(f, value);
        snprintf(text[count++], sizeof *text, "%.60s=%s", f->key, value);
    }
    for (int i = 0; i < count; i++)
        parts[i] = (struct iovec){text[i], strlen(text[i])};
    sd_journal_sendv(parts, count);
}

void log_line(enum log_level level, const struct log_field *fields, const char *fmt, ...)
{
    if ((quiet || level == LOG_LEVEL_DEBUG) && !with_debug)
        return;
    char raw[VALUE_MAX_BYTES], message[VALUE_MAX_BYTES];
    va_list args;
    va_start(args, fmt);
    vsnprintf(raw, sizeof raw, fmt, args);
    va_end(args);
    text_printable(raw, message, sizeof message);
    if (to_journal)
        write_journal(level, fields, message);
    else
        write_stderr(level, fields, message);
}

void log_err(const struct err *err, const struct log_field *fields, const char *what)
{
    struct log_field all[FIELDS_MAX];
    size_t count = 0;
    char number[16];
    snprintf(number, sizeof number, "%d", err->sys_errno);
    all[count++] = (struct log_field)LOG_FIELD("SOHOA_CODE", err_name(err->code));
    all[count++] = (struct log_field)LOG_FIELD("SOHOA_HELP", err_help_name(err_help_of(err->code)));
    all[count++] = (struct log_field)LOG_FIELD("SOHOA_DETAIL", err->detail);
    all[count++] = (struct log_field)LOG_FIELD("SOHOA_ERRNO", err->sys_errno ? number : NULL);
    for (const struct log_field *f = fields; f && f->key && count < FIELDS_MAX - 1; f++)
        all[count++] = *f;
    all[count] = (struct log_field){0};
    bool ours = err_help_of(err->code) == HELP_IT;
    log_line(ours ? LOG_LEVEL_ERROR : LOG_LEVEL_WARNING, all, "%s", what);
}
