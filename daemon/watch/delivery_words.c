#include "daemon/watch/delivery_words.h"

#include "daemon/base/id.h"
#include "daemon/base/mem.h"
#include "daemon/model/doc_state.h"
#include "daemon/watch/words.h"

#include <stdio.h>
#include <string.h>

/* ---- the way so far ---- */

static struct js *states_of(const struct js *history)
{
    AUTO(js) struct js *list = js_array();
    for (size_t i = 0; i < js_count(history); i++) {
        const struct js *row = js_item(history, i);
        const char *to = js_text_or(row, "to", NULL);
        if (to && !js_push(list, js_pack("{s:s, s:s, s:I, s:s, s:s}", "state", to, "label",
                                         state_label(MACHINE_delivery, to), "at_us",
                                         js_int_or(row, "at_us", 0), "event",
                                         js_text_or(row, "event", ""), "by",
                                         js_text_or(row, "principal", ""))))
            return NULL;
    }
    return TAKE(list);
}

/* A failed attempt's detail begins "CODE REF: ". */
static bool read_failure(const struct js *row, char code[40], char ref[REF_SIZE],
                         const char **out_detail)
{
    const char *detail = js_text_or(row, "detail", "");
    const char *colon = strchr(detail, ':');
    code[0] = ref[0] = 0;
    if (sscanf(detail, "%39[A-Z0-9_] %8[0-9A-Z]", code, ref) < 1 || !words_is_code(code))
        return false;
    *out_detail = colon && colon[1] == ' ' ? colon + 2 : "";
    return true;
}

static struct js *last_error(const struct js *delivery, const struct js *history)
{
    for (size_t i = js_count(history); i-- > 0;) {
        const struct js *row = js_item(history, i);
        char code[40], ref[REF_SIZE];
        const char *detail;
        if (strcmp(js_text_or(row, "role", ""), "machine") != 0 ||
            !read_failure(row, code, ref, &detail))
            continue;
        return js_pack("{s:s, s:s, s:I, s:s, s:s, s:s?, s:s}", "code", code, "ref", ref, "at_us",
                       js_int_or(row, "at_us", 0), "text", words_reason(code).text, "help",
                       words_help(code).text, "said", js_text_or(delivery, "said", NULL), "detail",
                       detail);
    }
    return js_null();
}

/* ---- what comes next ---- */

struct next {
    char text[TEXT_SIZE];
    int64_t at_us; /* 0: not known */
};

static const struct js *line_of(const struct js *schedule, const char *target)
{
    const struct js *lines = js_at(schedule, "targets");
    for (size_t i = 0; i < js_count(lines); i++)
        if (strcmp(js_text_or(js_item(lines, i), "name", ""), target) == 0)
            return js_item(lines, i);
    return NULL;
}

static struct next next_of_queued(const struct js *delivery, const struct js *schedule,
                                  int64_t now_us)
{
    static const struct {
        const char *what, *text;
    } waits[] = {
        {"handover", "Chờ trao kết quả cho người dân, sau đó mới gửi."},
        {"code", "Chờ kho cấp mã kết quả, phần mềm tự hỏi."},
        {"look-up", "Chờ tra cứu lại xem kho đã có giấy này chưa, phần mềm tự hỏi."},
    };
    const char *what = js_text_or(delivery, "waits_for", "");
    const struct js *line = line_of(schedule, js_text_or(delivery, "target", ""));
    int64_t not_before_us = js_int_or(delivery, "not_before_us", 0);
    struct next next = {.text = "Gửi khi đến lượt."};
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++)
        if (strcmp(waits[i].what, what) == 0) {
            snprintf(next.text, sizeof next.text, "%s", waits[i].text);
            return next;
        }
    if (strcmp(js_text_or(line, "state", ""), "down") == 0) {
        next.at_us = js_int_or(line, "next_try_us", 0);
        snprintf(next.text, sizeof next.text, "Kho không liên lạc được từ %s, phần mềm tự thử lại.",
                 words_when(js_int_or(line, "unreachable_since_us", 0)).text);
    } else if (not_before_us > now_us) {
        next.at_us = not_before_us;
        snprintf(next.text, sizeof next.text, "Tự thử lại lúc %s.", words_when(not_before_us).text);
    } else if (js_bool_or(delivery, "urgent", false)) {
        snprintf(next.text, sizeof next.text, "Bản ghi gấp: gửi trước các bản khác.");
    } else if (line && strcmp(js_text_or(line, "mode", "all"), "all") != 0) {
        snprintf(next.text, sizeof next.text, "Chờ khung giờ gửi %s.",
                 js_text_or(schedule, "window", ""));
    }
    return next;
}

static struct next next_of_state(const char *state)
{
    static const struct {
        const char *state, *text;
    } rows[] = {
        {"sending", "Đang gửi; nếu máy tắt giữa chừng, phần mềm hỏi lại kho trước khi gửi tiếp."},
        {"sent", "Phần mềm tự hỏi lại cho tới khi kho xác nhận."},
        {"accepted", "Chờ đối soát với kho."},
        {"reconciled", "Đã xong."},
        {"withdrawing", "Phần mềm tự hỏi lại cho tới khi kho xác nhận đã thu hồi."},
        {"withdrawn", "Đã thu hồi, không gửi nữa."},
        {"rejected", "Không gửi nữa."},
        {"failed", "Không gửi được và không tự thử lại. Lập bản mới cho giấy này."},
    };
    struct next next = {{0}, 0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].state, state) == 0)
            snprintf(next.text, sizeof next.text, "%s", rows[i].text);
    return next;
}

static struct next next_of(const struct js *delivery, const struct js *schedule, int64_t now_us)
{
    const char *state = js_text_or(delivery, "state", "");
    struct next next = {{0}, 0};
    if (strcmp(state, "queued") == 0)
        return next_of_queued(delivery, schedule, now_us);
    if (strcmp(state, "held") != 0)
        return next_of_state(state);
    const char *reason = js_text_or(delivery, "held.reason", "");
    struct words why = words_reason(reason), help = words_help(reason);
    snprintf(next.text, sizeof next.text, "Đang dừng: %s. %s", why.text,
             *help.text ? help.text : "Khi xử lý xong, cho gửi lại.");
    return next;
}

static char *command_of(const struct js *delivery, const struct js *schedule, int64_t now_us)
{
    const char *state = js_text_or(delivery, "state", ""), *id = js_text_or(delivery, "id", "");
    const struct js *line = line_of(schedule, js_text_or(delivery, "target", ""));
    bool waits = js_int_or(delivery, "not_before_us", 0) > now_us;
    if (strcmp(state, "held") == 0)
        return mem_printf("sohoa queue release %s", id);
    if (strcmp(state, "accepted") == 0)
        return mem_strdup("sohoa sync reconcile");
    if (waits && (strcmp(state, "queued") == 0 || strcmp(state, "sent") == 0))
        return mem_printf("sohoa queue retry %s", id);
    if (strcmp(state, "queued") == 0 && strcmp(js_text_or(line, "mode", "all"), "all") != 0)
        return mem_strdup("sohoa sync now --wait");
    return mem_strdup("");
}

struct js *delivery_words(const struct js *store, const struct js *schedule, int64_t now_us)
{
    const struct js *delivery = js_at(store, "delivery"), *history = js_at(store, "history");
    struct next next = next_of(delivery, schedule, now_us);
    AUTO(js) struct js *states = states_of(history);
    AUTO(mem) char *command = command_of(delivery, schedule, now_us);
    if (!states || !command)
        return NULL;
    return js_pack("{s:O, s:O, s:o, s:{s:s, s:o}, s:s}", "delivery", delivery, "states", states,
                   "last_error", last_error(delivery, history), "next", "text", next.text, "at_us",
                   next.at_us ? js_int(next.at_us) : js_null(), "command", command);
}
