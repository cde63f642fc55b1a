#include "daemon/base/file.h"
#include "daemon/base/mem.h"
#include "daemon/workers/worker_main.h"
#include "tests/unit/scanner/fake_log.h"

#include <string.h>
#include <unistd.h>

/* A scanner whose device name says what happens:
 * - "pile 3": three sheets, then the feeder is empty
 * - "glass": one page, no more
 * - "jam 2": two sheets, then a jam
 * - "die 1": one sheet, then abort()
 * - "stall 1": one sheet, then nothing until a cancel
 * - "busy 2": busy for the first two opens
 * - "hang 1": one sheet, then a call that never returns
 * - "slow 1": one sheet, then calls that take a while each, then the end
 * - "pair 3": three sides of a duplex feeder, then a jam
 * - "half 3": three sides of a duplex feeder, then it is empty
 * - "doubt 2": two sheets, then "empty", which it says too early at times
 * - "coarse 1": takes 150 dpi, whatever is asked
 * - "cold 2": warms up when the first of two sheets is asked for
 * - "moved@1": is not there; FAKE_SCANNER says where it is now
 *
 * With FAKE_OPEN each open is refused with that code; FAKE_SHEETS are there instead of the name's.
 * With FAKE_BUTTON it has a button, which is pressed whenever somebody looks.
 */

static char kind[20];
static int sheets, busy_opens;

static enum err_code op_list(void *self, struct worker_call *call, struct worker_answer *answer,
                             struct err *err)
{
    (void)self;
    (void)call;
    (void)err;
    const char *name = getenv("FAKE_SCANNER"), *identity = getenv("FAKE_IDENTITY");
    answer->ok = name ? js_pack("{s:[{s:s, s:s}]}", "devices", "name", name, "identity",
                                identity ? identity : name)
                      : js_pack("{s:[]}", "devices");
    return ERR_OK;
}

static enum err_code op_open(void *self, struct worker_call *call, struct worker_answer *answer,
                             struct err *err)
{
    (void)self;
    fake_log_add("scan", "open", call->args);
    sheets = 0;
    sscanf(js_text_or(call->args, "device", ""), "%19s %d", kind, &sheets);
    if (getenv("FAKE_SHEETS"))
        sheets = atoi(getenv("FAKE_SHEETS"));
    answer->ok =
        js_pack("{s:[s], s:[]}", "sources", strcmp(kind, "glass") ? "adf" : "flatbed", "options");
    if (getenv("FAKE_BUTTON"))
        js_set(answer->ok, "buttons", js_pack("[s]", "scan"));
    if (getenv("FAKE_OPEN"))
        return err_set(err, err_from_name(getenv("FAKE_OPEN")), "as asked");
    if (strcmp(kind, "moved@1") == 0)
        return err_set(err, ERR_UNKNOWN_DEVICE, "as asked");
    if (strcmp(kind, "busy") == 0 && busy_opens++ < sheets)
        return err_set(err, ERR_DEVICE_BUSY, "as asked");
    return ERR_OK;
}

static int taken;

static bool is_duplex(void)
{
    return strcmp(kind, "pair") == 0 || strcmp(kind, "half") == 0;
}

static enum err_code op_start(void *self, struct worker_call *call, struct worker_answer *answer,
                              struct err *err)
{
    (void)self;
    (void)err;
    fake_log_add("scan", "start", call->args);
    taken = 0;
    answer->ok =
        js_pack("{s:s, s:b, s:b, s:i}", "source",
                is_duplex()                  ? "duplex"
                : strcmp(kind, "glass") == 0 ? "flatbed"
                                             : "adf",
                "duplex", (int)is_duplex(), "no_docs_doubtful", (int)(strcmp(kind, "doubt") == 0),
                "resolution_dpi", strcmp(kind, "coarse") == 0 ? 150 : 300);
    return ERR_OK;
}

static void announce(struct worker_call *call, const char *phase)
{
    worker_event(call, "call", js_pack("{s:s, s:s}", "name", "read", "phase", phase), NULL);
}

static void read_slowly(struct worker_call *call)
{
    for (int i = 0; i < 6; i++) {
        announce(call, "before");
        usleep(100000);
        announce(call, "after");
    }
}

static enum err_code end_of_pile(struct worker_call *call, struct err *err)
{
    if (strcmp(kind, "hang") == 0) {
        announce(call, "before");
        pause();
    }
    if (strcmp(kind, "slow") == 0)
        read_slowly(call);
    if (strcmp(kind, "jam") == 0 || strcmp(kind, "pair") == 0)
        return err_set(err, ERR_FEEDER_JAM, "as asked");
    if (strcmp(kind, "die") == 0)
        abort();
    if (strcmp(kind, "stall") != 0)
        return err_set(err, ERR_FEEDER_EMPTY, "as asked");
    worker_cancel_reset();
    worker_event(call, "progress", js_pack("{s:i, s:i}", "lines", 7, "lines_expected", 100), err);
    while (!worker_cancelled())
        usleep(1000);
    return err_set(err, ERR_CANCELLED, "as asked");
}

static enum err_code op_next(void *self, struct worker_call *call, struct worker_answer *answer,
                             struct err *err)
{
    (void)self;
    bool glass = strcmp(kind, "glass") == 0 || strcmp(kind, "busy") == 0;
    fake_log_add("scan", "next", call->args);
    if (call->message->fd_count < 1)
        return err_set(err, ERR_BAD_ARGUMENT, "no file");
    static int cold = 1;
    if (strcmp(kind, "cold") == 0 && cold-- > 0)
        return err_set(err, ERR_WARMING_UP, "as asked");
    if (!glass && taken >= sheets)
        return end_of_pile(call, err);
    taken++;
    bool pair = is_duplex();
    answer->ok = js_pack("{s:{s:i}, s:s, s:i, s:b}", "image", "width_px", 100 + taken, "side",
                         pair && taken % 2 == 0 ? "back" : "front", "sheet",
                         pair ? (taken + 1) / 2 : taken, "more", (int)!glass);
    return ERR_OK;
}

static enum err_code op_finish(void *self, struct worker_call *call, struct worker_answer *answer,
                               struct err *err)
{
    (void)self;
    (void)answer;
    (void)err;
    fake_log_add("scan", "finish", call->args);
    return ERR_OK;
}

static enum err_code op_buttons(void *self, struct worker_call *call, struct worker_answer *answer,
                                struct err *err)
{
    (void)self;
    (void)err;
    fake_log_add("scan", "buttons", call->args);
    answer->ok = js_pack("{s:[s]}", "pressed", "scan");
    return ERR_OK;
}

int main(void)
{
    static const struct worker_op ops[] = {{"list", op_list},
                                           {"open", op_open},
                                           {"start", op_start},
                                           {"next", op_next},
                                           {"buttons", op_buttons},
                                           {"finish", op_finish},
                                           {0}};
    return worker_serve("fake-scan-worker", ops, NULL);
}
