#include "daemon/http/api.h"
#include "daemon/http/call.h"

#include <string.h>

static const struct arg_rule move_rules[] = {
    {"document_id", ARG_ID, ARG_REQUIRED},
    {"position", ARG_INT, ARG_REQUIRED, .min = 0, .max = 100000},
    {0}};

static const struct arg_rule remove_rules[] = {
    {"reason", ARG_TEXT, ARG_REQUIRED, .min = 1, .max = 1000}, {0}};

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
