#include "daemon/http/call.h"

#include "daemon/base/file.h"
#include "daemon/base/id.h"
#include "daemon/base/log.h"
#include "daemon/base/mem.h"
#include "daemon/base/messages.h"
#include "daemon/base/sys.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define JSON_TYPE "application/json"

struct call *call_new(struct http *http, const struct http_head *head, call_ready_fn *ready,
                      void *ready_self)
{
    struct call *call = mem_alloc(sizeof *call);
    if (!call)
        return NULL;
    call->http = http;
    call->head = *head;
    call->method = method_from_name(head->method);
    call->who = principal_anonymous();
    call->ready = ready;
    call->ready_self = ready_self;
    call->owners = 1;
    call->file = -1;
    buf_init(&call->bytes, 1);
    reply_init(&call->reply);
    return call;
}

static void wipe_body(struct call *call)
{
    if (call->bytes.bytes) /* may hold a password */
        explicit_bzero(call->bytes.bytes, call->bytes.size);
    buf_done(&call->bytes);
}

static void drop_file(struct call *call)
{
    if (call->holds_file && call->http)
        call->http->file_count--;
    call->holds_file = false;
    fd_close(TAKE_FD(call->file));
}

static void release(struct call *call)
{
    if (--call->owners)
        return;
    drop_file(call);
    wipe_body(call);
    js_free(call->body);
    reply_done(&call->reply);
    mem_free(call);
}

void call_leave(struct call *call)
{
    if (!call)
        return;
    call->ready = NULL;
    call->head = (struct http_head){0};
    release(call);
}

void call_replied(struct call *call)
{
    call->replied = true;
    call->deadline_us = 0;
    if (call->ready)
        call->ready(call->ready_self);
}

static struct js *error_body(const struct err *err, const char *ref)
{
    AUTO(js)
    struct js *body = js_pack("{s:s, s:s, s:s}", "code", err_name(err->code), "ref", ref, "message",
                              message_text(err->code, MESSAGE_VI));
    bool ours = err_http_status(err->code) < 500;
    if (ours && err->detail[0] && !js_set(body, "detail", js_text(err->detail)))
        return NULL;
    return TAKE(body);
}

static const char no_memory_body[] = "{\"code\":\"NO_MEMORY\",\"ref\":\"\",\"message\":\"Máy hết "
                                     "bộ nhớ. Hãy thử lại sau ít phút.\"}";

/* The one place where an error leaves: logged once, shown with the same reference. */
void call_fail(struct call *call, const struct err *err)
{
    char ref[REF_SIZE];
    ref_new(ref);
    const char *pattern = call->route ? call->route->pattern : "";
    bool has_id = strstr(pattern, "{id}") != NULL;
    const char *id = call->second[0] ? call->second : call->param;
    char step[96];
    snprintf(step, sizeof step, "http %s %s", method_name(call->method), pattern);
    log_err(err,
            LOG_FIELDS(LOG_FIELD("SOHOA_REF", ref), LOG_FIELD("SOHOA_STEP", step),
                       LOG_FIELD("SOHOA_DOC", has_id ? id : NULL)),
            "request failed");

    reply_done(&call->reply);
    AUTO(js)
    struct js *body = error_body(err, ref);
    char *text = js_dump(body);
    if (text)
        reply_bytes(&call->reply, err_http_status(err->code), JSON_TYPE, text, strlen(text));
    else
        reply_fixed(&call->reply, err_http_status(ERR_NO_MEMORY), JSON_TYPE, no_memory_body);
    call_replied(call);
}

void call_fail_no_memory(struct call *call)
{
    struct err err = ERR_INIT;
    err_set(&err, ERR_NO_MEMORY, "request");
    call_fail(call, &err);
}

void call_reply_json(struct call *call, int status, const struct js *body)
{
    char *text = js_dump(body);
    if (!text) {
        call_fail_no_memory(call);
        return;
    }
    reply_bytes(&call->reply, status, JSON_TYPE, text, strlen(text));
    call_replied(call);
}

void call_reply_file(struct call *call, const char *type, const char *ending, int fd)
{
    AUTO(fd)
    int owned = fd;
    struct stat info;
    struct err err = ERR_INIT;
    if (fstat(owned, &info) < 0 || !S_ISREG(info.st_mode))
        err_set(&err, ERR_INTERNAL, "the answer is no file");
    else if (!reply_header(&call->reply, "Content-Disposition",
                           mem_printf("inline; filename=\"%s.%s\"", call->param, ending)))
        err_set(&err, ERR_NO_MEMORY, "file");
    if (err.code) {
        call_fail(call, &err);
        return;
    }
    reply_file(&call->reply, 200, type, TAKE_FD(owned));
    call_replied(call);
}

/* Into memory that no other process can name, so that nothing of it is left when we die. */
static enum err_code begin_file(struct call *call, struct err *err)
{
    if (call->http->file_count >= CALL_FILES_MAX)
        return err_set(err, ERR_TOO_MANY, "%d files are being taken already", CALL_FILES_MAX);
    enum err_code code = file_memfd("upload", "", 0, &call->file, err);
    call->holds_file = !code;
    call->http->file_count += !code;
    return code;
}

static enum err_code receive_file(struct call *call, const char *bytes, size_t size,
                                  struct err *err)
{
    if (call->file_size + size > call->http->file_max)
        return err_set(err, ERR_TOO_LARGE, "body: at most %zu bytes", call->http->file_max);
    enum err_code code = call->file < 0 ? begin_file(call, err) : ERR_OK;
    if (!code)
        code = file_write_all(call->file, bytes, size, err);
    call->file_size += size;
    return code;
}

static void refuse_method(struct call *call, unsigned allowed)
{
    struct err err = ERR_INIT;
    AUTO(buf)
    struct buf list;
    buf_init(&list, 100);
    for (unsigned bit = METHOD_GET; bit <= METHOD_HEAD; bit <<= 1)
        if (allowed & bit)
            buf_printf(&list, "%s%s", list.size ? ", " : "", method_name(bit));
    err_set(&err, ERR_METHOD_NOT_ALLOWED, "allowed: %s", list.bytes ? list.bytes : "");
    call_fail(call, &err);
    reply_header(&call->reply, "Allow", buf_take(&list));
}

static bool takes_file(const struct call *call)
{
    return call->route->flags & ROUTE_FILE;
}

static size_t body_max(const struct call *call)
{
    return takes_file(call) ? call->http->file_max : call->route->body_max;
}

static enum err_code check_body_announced(const struct call *call, struct err *err)
{
    const struct http_head *head = &call->head;
    int64_t size = http_head_body_size(head);
    if (!size)
        return ERR_OK;
    if (size > (int64_t)body_max(call))
        return err_set(err, ERR_TOO_LARGE, "body: at most %zu bytes", body_max(call));
    if (!takes_file(call) && head->content_type && !content_type_is_json(head->content_type))
        return err_set(err, ERR_BAD_ARGUMENT, "Content-Type: must be " JSON_TYPE);
    return ERR_OK;
}

void call_admit(struct call *call)
{
    struct err err = ERR_INIT;
    struct http *http = call->http;
    struct route_match match;
    if (access_check_address(&call->head, http->port, &err)) {
        call_fail(call, &err);
        return;
    }
    routes_find(call->method, call->head.path, &match);
    if (!match.allowed) {
        err_set(&err, ERR_NOT_FOUND, "no such path");
        call_fail(call, &err);
        return;
    }
    if (!match.route) {
        refuse_method(call, match.allowed);
        return;
    }
    call->route = match.route;
    memcpy(call->param, match.param, sizeof call->param);
    memcpy(call->second, match.second, sizeof call->second);
    if (access_decide(&call->head, call->route, http->sessions, sys_now_us(), http->own_uid,
                      &call->who, &err) ||
        check_body_announced(call, &err)) {
        call_fail(call, &err);
        return;
    }
    buf_init(&call->bytes, call->route->body_max);
}

bool call_refuses_body(const struct call *call)
{
    int64_t size = http_head_body_size(&call->head);
    return call->replied && size &&
           (call->head.expects_continue || size > (int64_t)CALL_SWALLOW_MAX);
}

static void receive_text(struct call *call, const char *bytes, size_t size, struct err *err)
{
    if (call->bytes.size + size > call->route->body_max)
        err_set(err, ERR_TOO_LARGE, "body: at most %zu bytes", call->route->body_max);
    buf_append(&call->bytes, bytes, size);
    if (!err->code && !buf_ok(&call->bytes))
        err_set(err, ERR_NO_MEMORY, "body");
}

bool call_receive(struct call *call, const char *bytes, size_t size)
{
    if (call->replied) {
        call->swallowed += size;
        return call->swallowed <= CALL_SWALLOW_MAX;
    }
    struct err err = ERR_INIT;
    if (takes_file(call))
        receive_file(call, bytes, size, &err);
    else
        receive_text(call, bytes, size, &err);
    if (!err.code)
        return true;
    wipe_body(call);
    drop_file(call);
    call_fail(call, &err);
    return true;
}

void call_run(struct call *call)
{
    struct err err = ERR_INIT;
    if (call->replied)
        return;
    if (call->bytes.size) {
        js_parse(call->bytes.bytes, call->bytes.size, &call->body, &err);
        if (!err.code && !js_is_object(call->body))
            err_set(&err, ERR_BAD_JSON, "body: object expected");
        wipe_body(call);
    }
    if (!err.code && call->file >= 0)
        file_memfd_seal(call->file, &err);
    if (err.code)
        call_fail(call, &err);
    else
        call->route->handle(call);
}

static void stop_waiting(struct call *call)
{
    struct http *http = call->http;
    if (!http)
        return;
    if (call->previous)
        call->previous->next = call->next;
    else
        http->waiting = call->next;
    if (call->next)
        call->next->previous = call->previous;
    http->waiting_count--;
}

struct call *call_wait(struct call *call, int ok_status, call_answer_fn *answer)
{
    struct http *http = call->http;
    if (http->waiting_count >= CALL_WAITING_MAX && !(call->route->flags & ROUTE_ALWAYS)) {
        struct err err = ERR_INIT;
        err_set(&err, ERR_TOO_MANY, "%d requests wait already", CALL_WAITING_MAX);
        call_fail(call, &err);
        return NULL;
    }
    call->ok_status = ok_status;
    call->answer = answer;
    call->deadline_us = sys_monotonic_us() + http->app_deadline_us;
    call->owners++;
    call->previous = NULL;
    call->next = http->waiting;
    if (call->next)
        call->next->previous = call;
    http->waiting = call;
    http->waiting_count++;
    return call;
}

void call_done(void *payload, const struct js *ok, int fd, const struct err *err)
{
    struct call *call = payload;
    AUTO(fd)
    int owned = fd;
    stop_waiting(call);
    bool wanted = call->ready && !call->replied;
    if (wanted && !ok) {
        struct err unknown = ERR_INIT;
        err_set(&unknown, ERR_INTERNAL, "no answer and no error");
        call_fail(call, err && err->code ? err : &unknown);
    } else if (wanted && call->answer) {
        call->answer(call, ok, TAKE_FD(owned));
    } else if (wanted) {
        call_reply_json(call, call->ok_status, ok);
    }
    release(call);
}

void call_expire(struct call *call)
{
    struct err err = ERR_INIT;
    err_set(&err, ERR_TIMEOUT, "no answer in %lld s",
            (long long)(call->http->app_deadline_us / 1000000));
    call_fail(call, &err);
}

void http_forget_calls(struct http *http)
{
    for (struct call *call = http->waiting; call; call = call->next)
        call->http = NULL;
    http->waiting = NULL;
    http->waiting_count = 0;
}

struct js *call_args(struct call *call, const struct arg_rule *rules)
{
    struct err err = ERR_INIT;
    AUTO(js)
    struct js *args = js_object();
    bool has_id = strstr(call->route->pattern, "{id}") != NULL;
    if (!args || (has_id && !js_set(args, "id", js_text(call->param)))) {
        call_fail_no_memory(call);
        return NULL;
    }
    if (rules && args_take(call->body, rules, args, &err)) {
        call_fail(call, &err);
        return NULL;
    }
    return TAKE(args);
}

void call_store_args(struct call *call, const char *op, struct js *args, int ok_status,
                     call_answer_fn *answer)
{
    AUTO(js)
    struct js *owned = args;
    if (!js_set(owned, "principal", principal_to_js(&call->who))) {
        call_fail_no_memory(call);
        return;
    }
    const struct http *http = call->http;
    if (call_wait(call, ok_status, answer))
        http->calls->store(http->app, op, TAKE(owned), call_done, call);
}

void call_store(struct call *call, const char *op, const struct arg_rule *rules, int ok_status)
{
    struct js *args = call_args(call, rules);
    if (args)
        call_store_args(call, op, args, ok_status, NULL);
}

const char *call_query(const struct call *call, const char *name)
{
    return call->head.query ? call->head.query(call->head.query_self, name) : NULL;
}

enum err_code call_take_file_name(const struct call *call, struct js *args, struct err *err)
{
    const char *sent = call_query(call, "file");
    char name[ROUTE_PARAM_SIZE];
    if (!sent || !routes_decode(sent, strlen(sent), name))
        return err_set(err, ERR_FILE_NAME_BAD, "query file: missing, too long or no UTF-8 text");
    const char *slash = strrchr(name, '/'), *own = slash ? slash + 1 : name;
    if (!*own)
        return err_set(err, ERR_FILE_NAME_BAD, "query file: a folder");
    return js_set(args, "file", js_text(own)) ? ERR_OK : err_set(err, ERR_NO_MEMORY, "query");
}
