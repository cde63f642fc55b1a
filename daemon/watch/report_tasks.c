#include "daemon/base/id.h"
#include "daemon/base/mem.h"
#include "daemon/model/task_kind.h"
#include "daemon/watch/report.h"
#include "daemon/watch/words.h"

#include <stdio.h>
#include <string.h>

/* One task: exactly one command, one button. */
struct task_words {
    const char *who, *text, *help, *command;
    int64_t count;
    struct js *action; /* taken over */
    const struct js *ids;
};

static bool add_task(const struct task_words *task, struct js *list)
{
    if (!task->command || !task->action) {
        js_free(task->action);
        return false;
    }
    return js_push(list, js_pack("{s:s, s:I, s:s, s:s, s:s, s:o, s:O?}", "who", task->who, "count",
                                 task->count, "text", task->text, "help", task->help, "command",
                                 task->command, "action", task->action, "ids", task->ids));
}

/* ---- what is held ---- */

static bool is_plain_word(const char *text)
{
    return text && *text &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz0123456789-") ==
               strlen(text);
}

/* Only a look helps: releasing it would end where it ended. */
static bool wants_a_look(const char *reason)
{
    return strcmp(reason, "TARGET_CONFLICT") == 0 || strcmp(reason, "CONFLICT") == 0;
}

static char *delivery_command(const struct js *group, const char *reason)
{
    const char *target = js_text_or(group, "target", "");
    if (wants_a_look(reason))
        return mem_printf("sohoa queue show %s", js_text_or(group, "ids[0]", ""));
    if (is_plain_word(reason) && is_plain_word(target))
        return mem_printf("sohoa queue release --reason %s --target %s", reason, target);
    if (js_int_or(group, "count", 0) == 1)
        return mem_printf("sohoa queue release %s", js_text_or(group, "ids[0]", ""));
    return mem_strdup("sohoa queue list --state held");
}

static struct js *delivery_action(const struct js *group, const char *reason)
{
    if (wants_a_look(reason))
        return js_pack("{s:s, s:s}", "verb", "show", "id", js_text_or(group, "ids[0]", ""));
    return js_pack("{s:s, s:s, s:s}", "verb", "release", "reason", reason, "target",
                   js_text_or(group, "target", ""));
}

static char *paper_command(const struct js *group, const char *kind, const char *reason)
{
    if (strcmp(reason, "SIGNER_LOCKED") == 0)
        return mem_strdup("sohoa signer unlock");
    if (js_int_or(group, "count", 0) == 1 && strcmp(reason, "SECRET_MARK") != 0)
        return mem_printf("sohoa %s release %s", kind, js_text_or(group, "ids[0]", ""));
    return mem_printf("sohoa sync late %s held", kind);
}

static struct js *paper_action(const char *kind, const char *reason)
{
    if (strcmp(reason, "SIGNER_LOCKED") == 0)
        return js_pack("{s:s}", "verb", "unlock");
    return js_pack("{s:s, s:s, s:s}", "verb", "late", "machine", kind, "state", "held");
}

static bool add_held(const struct js *group, struct js *list)
{
    static const char *const nouns[][2] = {
        {"delivery", "bản ghi"}, {"document", "giấy tờ"}, {"page", "trang"}};
    const char *kind = js_text_or(group, "kind", ""), *noun = "mục";
    const char *reason = js_text_or(group, "reason", "");
    bool is_delivery = strcmp(kind, "delivery") == 0;
    char text[TEXT_SIZE];
    for (size_t i = 0; i < sizeof nouns / sizeof *nouns; i++)
        noun = strcmp(nouns[i][0], kind) == 0 ? nouns[i][1] : noun;
    struct words why = words_reason(reason), help = words_help(reason);
    int64_t count = js_int_or(group, "count", 0);
    snprintf(text, sizeof text, "%s %s%s%s%s bị dừng: %s.", words_number(count).text, noun,
             is_delivery ? " gửi kho «" : "", is_delivery ? js_text_or(group, "target", "") : "",
             is_delivery ? "»" : "", why.text);
    AUTO(mem)
    char *command =
        is_delivery ? delivery_command(group, reason) : paper_command(group, kind, reason);
    return add_task(&(struct task_words){.who = words_who(reason),
                                         .text = text,
                                         .help = help.text,
                                         .command = command,
                                         .count = count,
                                         .action = is_delivery ? delivery_action(group, reason)
                                                               : paper_action(kind, reason),
                                         .ids = js_at(group, "ids")},
                    list);
}

/* ---- open tasks ---- */

static bool add_kind(const char *kind, int64_t count, struct js *list)
{
    const struct task_kind *known = task_kind_find(kind);
    char text[TEXT_SIZE];
    if (!known || count <= 0)
        return true;
    snprintf(text, sizeof text, "%s: %s.", known->title, words_number(count).text);
    AUTO(mem) char *command = mem_printf("sohoa task list --kind %s", kind);
    return add_task(
        &(struct task_words){.who = "clerk",
                             .text = text,
                             .help = known->to_do,
                             .command = command,
                             .count = count,
                             .action = js_pack("{s:s, s:s}", "verb", "tasks", "kind", kind)},
        list);
}

/* ---- alarms ---- */

/* What is held is told by its reasons already. */
static bool is_told(const struct js *alarm)
{
    return strcmp(js_text_or(alarm, "state", ""), "held") == 0;
}

static bool add_alarm(const struct js *alarm, struct js *list)
{
    return is_told(alarm) ||
           add_task(
               &(struct task_words){.who = js_text_or(alarm, "who", "it"),
                                    .text = js_text_or(alarm, "text", ""),
                                    .help = js_text_or(alarm, "help", ""),
                                    .command = js_text_or(alarm, "command", ""),
                                    .count = js_int_or(alarm, "count", 0),
                                    .action = js_pack("{s:s, s:s?, s:s?}", "verb",
                                                      js_text_or(alarm, "action", ""), "machine",
                                                      js_text_or(alarm, "machine", NULL), "state",
                                                      js_text_or(alarm, "state", NULL))},
               list);
}

/* Clerks first; the store and the alarms come most numerous first already. */
static struct js *clerks_first(const struct js *tasks)
{
    AUTO(js) struct js *sorted = js_array();
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < js_count(tasks); i++) {
            const struct js *task = js_item(tasks, i);
            bool is_clerk = strcmp(js_text_or(task, "who", ""), "clerk") == 0;
            if (is_clerk == (pass == 0) && !js_push(sorted, js_ref(task)))
                return NULL;
        }
    return TAKE(sorted);
}

struct js *report_tasks(const struct js *open, const struct js *alarms)
{
    AUTO(js) struct js *list = js_array();
    const struct js *held = js_at(open, "held"), *kinds = js_at(open, "tasks");
    bool ok = list;
    for (size_t i = 0; ok && i < js_count(held); i++)
        ok = add_held(js_item(held, i), list);
    for (void *it = js_iter(kinds); ok && it; it = js_iter_next(kinds, it))
        ok = add_kind(js_iter_key(it), js_int_or(js_iter_value(it), "", 0), list);
    for (size_t i = 0; ok && i < js_count(alarms); i++)
        ok = add_alarm(js_item(alarms, i), list);
    return ok ? clerks_first(list) : NULL;
}
