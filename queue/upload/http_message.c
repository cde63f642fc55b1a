#include "queue/upload/http_message.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

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
    mem_free(request->body_before);
    mem_free(request->body_after);
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

/* RFC 9110 5.6.7 in the one form that is still made. */
static bool read_date(const char *text, int64_t *out_us)
{
    struct tm date = {0};
    const char *end = text ? strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &date) : NULL;
    if (!end || *end)
        return false;
    *out_us = (int64_t)timegm(&date) * 1000000;
    return true;
}

static bool read_seconds(const char *text, int64_t *out_us)
{
    if (!*text || strspn(text, "0123456789") != strlen(text))
        return false;
    *out_us = strlen(text) > 9 ? HTTP_PUT_OFF_MAX_US : strtoll(text, NULL, 10) * 1000000;
    return true;
}

void http_reply_put_off(const struct http_reply *reply, int64_t now_us, struct err *err)
{
    const char *text = http_reply_field(reply, "Retry-After");
    int64_t wait_us = 0, theirs_us = now_us;
    if (!err || !text)
        return;
    if (!read_seconds(text, &wait_us)) {
        if (!read_date(text, &wait_us))
            return;
        read_date(http_reply_field(reply, "Date"), &theirs_us);
        wait_us -= theirs_us;
    }
    if (wait_us > 0)
        err->retry_after_us = wait_us < HTTP_PUT_OFF_MAX_US ? wait_us : HTTP_PUT_OFF_MAX_US;
}
