#include "daemon/http/call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Every route that takes a body, in front of an application that says thanks. The first byte says
 * which; the rest is the body, in two pieces. */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

#define ID "019a0000-0000-7000-8000-000000000001"

static void thank(struct js *args, app_done_fn *done, void *payload)
{
    AUTO(js) struct js *owned = args;
    done(payload, owned, -1, NULL);
}

static void store(struct app *app, const char *op, struct js *args, app_done_fn *done,
                  void *payload)
{
    (void)app, (void)op;
    thank(args, done, payload);
}

static void scan(struct app *app, const char *id, struct js *args, const struct principal *who,
                 app_done_fn *done, void *payload)
{
    (void)app, (void)id, (void)who;
    thank(args, done, payload);
}

static void signer(struct app *app, const char *verb, struct js *args, const struct principal *who,
                   app_done_fn *done, void *payload)
{
    (void)app, (void)verb, (void)who;
    thank(args, done, payload);
}

static void sync_all(struct app *app, struct js *args, const struct principal *who,
                     app_done_fn *done, void *payload)
{
    (void)app, (void)who;
    thank(args, done, payload);
}

static void on_ready(void *self)
{
    (void)self;
}

static const char *const paths[] = {
    "/v1/dossiers",
    "/v1/dossiers/" ID,
    "/v1/dossiers/" ID "/scan",
    "/v1/documents/" ID "/confirm",
    "/v1/documents/" ID "/reject",
    "/v1/documents/" ID "/split",
    "/v1/pages/" ID "/move",
    "/v1/signer/unlock",
    "/v1/queue/" ID "/hold",
    "/v1/queue/" ID "/release",
    "/v1/sync",
};
#define PATH_COUNT (sizeof paths / sizeof paths[0])

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const struct app_calls calls = {
        .store = store, .scan = scan, .signer = signer, .sync = sync_all};
    static struct http http = {.calls = &calls, .app_deadline_us = 1000000};
    if (!size)
        return 0;
    if (!http.sessions) {
        http.sessions = sessions_new();
        if (!freopen("/dev/null", "w", stderr)) /* a log line for each refusal */
            return 0;
    }
    size_t which = bytes[0] % PATH_COUNT, half = (size - 1) / 2;
    struct http_head head = {.method = which == 1 ? "PATCH" : "POST",
                             .path = paths[which],
                             .from_unix = true,
                             .encoding = "chunked"};
    struct call *call = call_new(&http, &head, on_ready, NULL);
    call_admit(call);
    call_receive(call, (const char *)bytes + 1, half);
    call_receive(call, (const char *)bytes + 1 + half, size - 1 - half);
    call_run(call);
    must(call->replied && http.waiting_count == 0);
    call_leave(call);
    return 0;
}
