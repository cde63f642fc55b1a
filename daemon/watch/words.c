#include "daemon/watch/words.h"

#include "daemon/base/messages.h"
#include "daemon/base/when.h"

#include <stdio.h>
#include <string.h>

struct word words_number(int64_t number)
{
    struct word plain, out;
    snprintf(plain.text, sizeof plain.text, "%lld", (long long)(number < 0 ? 0 : number));
    size_t size = strlen(plain.text), at = 0;
    for (size_t i = 0; i < size; i++) {
        if (i && (size - i) % 3 == 0)
            out.text[at++] = '.';
        out.text[at++] = plain.text[i];
    }
    out.text[at] = 0;
    return out;
}

struct word words_when(int64_t at_us)
{
    char iso[WHEN_ISO_SIZE];
    struct word out = {{0}};
    if (at_us <= 0)
        return out;
    when_iso_local(at_us, iso); /* 2026-11-21T09:15:30+07:00 */
    snprintf(out.text, sizeof out.text, "%.5s ngày %.2s/%.2s", iso + 11, iso + 8, iso + 5);
    return out;
}

const char *words_hours(int hours, char *out, size_t out_size)
{
    bool are_days = hours % 24 == 0;
    snprintf(out, out_size, "%d %s làm việc", are_days ? hours / 24 : hours,
             are_days ? "ngày" : "giờ");
    return out;
}

bool words_is_code(const char *reason)
{
    return reason && strcmp(err_name(err_from_name(reason)), reason) == 0;
}

/* Where the second sentence begins. */
static size_t first_sentence(const char *text)
{
    const char *end = strstr(text, ". ");
    return end ? (size_t)(end - text) : strlen(text);
}

static const char *text_of(const char *reason)
{
    return message_text(err_from_name(reason), MESSAGE_VI);
}

struct words words_reason(const char *reason)
{
    struct words out;
    if (!words_is_code(reason)) {
        snprintf(out.text, sizeof out.text, "%s", reason ? reason : "không rõ lý do");
        return out;
    }
    const char *text = text_of(reason);
    snprintf(out.text, sizeof out.text, "%.*s", (int)first_sentence(text), text);
    return out;
}

struct words words_help(const char *reason)
{
    struct words out = {{0}};
    if (!words_is_code(reason))
        return out;
    const char *text = text_of(reason);
    size_t size = first_sentence(text);
    snprintf(out.text, sizeof out.text, "%s", text[size] ? text + size + 2 : text);
    return out;
}

const char *words_who(const char *reason)
{
    if (!words_is_code(reason))
        return "clerk";
    enum err_help help = err_help_of(err_from_name(reason));
    return help == HELP_IT || help == HELP_RETRY_LATER || help == HELP_RETRY_NOW ? "it" : "clerk";
}
