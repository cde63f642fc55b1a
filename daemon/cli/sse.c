#include "daemon/cli/sse.h"

#include <stdio.h>
#include <string.h>

void sse_reader_init(struct sse_reader *reader,
                     void (*event)(void *context, const char *name, const char *data),
                     void *context)
{
    memset(reader, 0, sizeof *reader);
    reader->event = event;
    reader->context = context;
}

static void dispatch(struct sse_reader *reader)
{
    reader->data[reader->data_size] = '\0';
    if (reader->has_data)
        reader->event(reader->context, reader->name[0] ? reader->name : "message", reader->data);
    reader->name[0] = '\0';
    reader->data_size = 0;
    reader->has_data = false;
}

static enum err_code add_data(struct sse_reader *reader, const char *value, struct err *err)
{
    size_t size = strlen(value);
    if (reader->data_size + size + 2 > sizeof reader->data)
        return err_set(err, ERR_BAD_MESSAGE, "an event is longer than %u bytes", SSE_EVENT_MAX);
    if (reader->has_data)
        reader->data[reader->data_size++] = '\n';
    memcpy(reader->data + reader->data_size, value, size);
    reader->data_size += size;
    reader->has_data = true;
    return ERR_OK;
}

static enum err_code read_line(struct sse_reader *reader, struct err *err)
{
    char *line = reader->line;
    line[reader->line_size] = '\0';
    reader->line_size = 0;
    if (line[0] == '\0') {
        dispatch(reader);
        return ERR_OK;
    }
    if (line[0] == ':')
        return ERR_OK;
    char *colon = strchr(line, ':');
    const char *value = "";
    if (colon) {
        *colon = '\0';
        value = colon[1] == ' ' ? colon + 2 : colon + 1;
    }
    if (strcmp(line, "data") == 0)
        return add_data(reader, value, err);
    if (strcmp(line, "event") == 0)
        snprintf(reader->name, sizeof reader->name, "%s", value);
    return ERR_OK;
}

enum err_code sse_reader_feed(struct sse_reader *reader, const char *bytes, size_t size,
                              struct err *err)
{
    for (size_t i = 0; i < size; i++) {
        char c = bytes[i];
        bool second_half = c == '\n' && reader->after_cr; /* CR LF is one line end */
        reader->after_cr = c == '\r';
        if (second_half)
            continue;
        if (c == '\n' || c == '\r') {
            enum err_code code = read_line(reader, err);
            if (code)
                return code;
            continue;
        }
        if (reader->line_size + 1 >= sizeof reader->line)
            return err_set(err, ERR_BAD_MESSAGE, "an event line is longer than %u bytes",
                           SSE_EVENT_MAX);
        reader->line[reader->line_size++] = c;
    }
    return ERR_OK;
}
