#include "daemon/http/api.h"
#include "daemon/http/call.h"

#include <string.h>

static const struct arg_rule move_rules[] = {
    {"document_id", ARG_ID, ARG_REQUIRED},
    {"position", ARG_INT, ARG_REQUIRED, .min = 0, .max = 100000},
    {0}};

static const struct arg_rule remove_rules[] = {
    {"reason", ARG_TEXT, ARG_REQUIRED, .min = 1, .max = 1000}, {0}};

static const struct arg_rule turn_rules[] = {
    {"turned_deg", ARG_INT, ARG_REQUIRED | ARG_NULLABLE, .min = 0, .max = 270}, {0}};

static const struct arg_rule pair_rules[] = {
    {"part_of", ARG_ID, ARG_REQUIRED | ARG_NULLABLE},
    {"part_kind", ARG_WORD, ARG_NULLABLE, .words = "note overlap detail"},
    {0}};

static const struct arg_rule answer_rules[] = {
    {"code", ARG_TEXT, ARG_REQUIRED, .min = 1, .max = 40},
    {"answer", ARG_WORD, ARG_REQUIRED, .words = "keep removed"},
    {0}};

static const struct arg_rule cut_rules[] = {{"on", ARG_BOOL, ARG_REQUIRED}, {0}};

static const struct arg_rule blank_rules[] = {{"kept", ARG_BOOL, ARG_REQUIRED}, {0}};

static const struct {
    const char *type, *ending;
} image_types[] = {{"image/jpeg", "jpg"}, {"image/png", "png"}, {"image/tiff", "tif"}};
#define IMAGE_TYPE_COUNT (sizeof image_types / sizeof image_types[0])

/* The store says what it holds, but only pictures get a browser's attention. */
static void answer_image(struct call *call, const struct js *ok, int fd)
{
    const char *type = "application/octet-stream", *ending = "bin";
    for (size_t i = 0; i < IMAGE_TYPE_COUNT; i++) {
        if (strcmp(js_text_or(ok, "type", ""), image_types[i].type) == 0) {
            type = image_types[i].type;
            ending = image_types[i].ending;
        }
    }
    call_reply_file(call, type, ending, fd);
}

static void ask_image(struct call *call, const char *what)
{
    struct js *args = js_pack("{s:s, s:s}", "id", call->param, "what", what);
    call_store_args(call, "page_image", args, 200, answer_image);
}

void api_pages_thumb(struct call *call)
{
    ask_image(call, "thumb");
}

void api_pages_image(struct call *call)
{
    ask_image(call, "image");
}

static void answer_words(struct call *call, const struct js *ok, int fd)
{
    (void)ok;
    call_reply_file(call, "application/json", "json", fd);
}

void api_pages_words(struct call *call)
{
    struct js *args = js_pack("{s:s, s:s}", "id", call->param, "what", "words");
    call_store_args(call, "page_image", args, 200, answer_words);
}

void api_pages_joined(struct call *call)
{
    const struct http *http = call->http;
    if (call_wait(call, 200, answer_image))
        http->calls->joined(http->app, call->param, &call->who, call_done, call);
}

void api_pages_move(struct call *call)
{
    call_store(call, "page_move", move_rules, 200);
}

void api_pages_remove(struct call *call)
{
    call_store(call, "page_remove", remove_rules, 200);
}

void api_pages_release(struct call *call)
{
    call_store(call, "page_release", NULL, 200);
}

void api_pages_turn(struct call *call)
{
    call_store(call, "page_turn", turn_rules, 200);
}

void api_pages_cut(struct call *call)
{
    call_store(call, "page_cut", cut_rules, 200);
}

void api_pages_restore(struct call *call)
{
    call_store(call, "page_restore", NULL, 200);
}

void api_pages_pair(struct call *call)
{
    if (js_has(call->body, "part_of") && !js_has(call->body, "part_kind")) {
        struct err err = ERR_INIT;
        err_set(&err, ERR_BAD_JSON, "part_kind: missing");
        call_fail(call, &err);
        return;
    }
    call_store(call, "page_pair", pair_rules, 200);
}

void api_pages_answer(struct call *call)
{
    call_store(call, "page_answer", answer_rules, 200);
}

void api_pages_blank(struct call *call)
{
    call_store(call, "page_keep_blank", blank_rules, 200);
}

void api_pages_secret(struct call *call)
{
    static const struct arg_rule rules[] = {
        {"secret", ARG_BOOL, ARG_REQUIRED}, {"reason", ARG_TEXT, 0, .min = 1, .max = 500}, {0}};
    call_store(call, "page_secret", rules, 200);
}
