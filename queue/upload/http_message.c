#include "queue/upload/http_message.h"

#include <string.h>
#include <strings.h>

static void fields_done(struct http_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (fields[i].value)
            explicit_bzero(fields[i].value, strlen(fields[i].value)); /* tokens, cookies */
        mem_free(fields[i].name);
        mem_free(fields[i].value);
    }
}

void http_request_done(struct http_request *request)
{
    fields_done(request->fields, request->field_count);
    if (request->body_text)
        explicit_bzero(request->body_text, strlen(request->body_text));
    mem_free(request->body_text);
    mem_free(request->url);
    *request = HTTP_REQUEST_INIT;
}

void http_reply_done(struct http_reply *reply)
{
    fields_done(reply->fields, reply->field_count);
    mem_free(reply->text);
    *reply = (struct http_reply){0};
}

static bool add_field(struct http_field *fields, size_t *count, char *name, char *value)
{
    if (!name || !value || *count == HTTP_FIELDS_MAX) {
        mem_free(name);
        mem_free(value);
        return false;
    }
    fields[(*count)++] = (struct http_field){name, value};
    return true;
}

void http_request_add(struct http_request *request, const char *name, const char *value)
{
    bool is_field = name && value && !strpbrk(value, "\r\n");
    if (!is_field ||
        !add_field(request->fields, &request->field_count, mem_strdup(name), mem_strdup(value)))
        request->failed = true;
}

bool http_request_ok(const struct http_request *request)
{
    return request->url && !request->failed;
}

const char *http_reply_field(const struct http_reply *reply, const char *name)
{
    for (size_t i = reply->field_count; i-- > 0;)
        if (strcasecmp(reply->fields[i].name, name) == 0)
            return reply->fields[i].value;
    return NULL;
}

bool http_reply_add_line(struct http_reply *reply, const char *line, size_t size)
{
    while (size && strchr("\r\n \t", line[size - 1]))
        size--;
    const char *colon = memchr(line, ':', size);
    if (!colon || colon == line || reply->field_count == HTTP_FIELDS_MAX)
        return true;
    const char *value = colon + 1, *end = line + size;
    while (value < end && (*value == ' ' || *value == '\t'))
        value++;
    return add_field(reply->fields, &reply->field_count, mem_strndup(line, (size_t)(colon - line)),
                     mem_strndup(value, (size_t)(end - value)));
}
