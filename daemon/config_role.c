#include "daemon/config_role.h"

#include "daemon/base/hash.h"
#include "daemon/base/mem.h"
#include "daemon/base/text.h"

#include <confuse.h>
#include <ctype.h>
#include <string.h>

#define CERTIFICATES_MAX 32

static const struct {
    const char *name, *words[4];
} choices[] = {{"role", {"system", "owner", "source"}},
               {"handover", {"none", "hidden", "held"}},
               {"withdraw", {"keep", "remove"}}};
#define CHOICE_COUNT (sizeof choices / sizeof *choices)

static bool is_choice(size_t row, const char *text)
{
    for (const char *const *word = choices[row].words; *word; word++)
        if (strcmp(*word, text) == 0)
            return true;
    return false;
}

/* openssl prints it in capitals, with a colon behind each byte. */
static bool read_fingerprint(const char *text, char out[HASH_HEX_SIZE])
{
    size_t n = 0;
    for (; *text; text++) {
        if (*text == ':')
            continue;
        if (n + 1 >= HASH_HEX_SIZE)
            return false;
        out[n++] = (char)tolower((unsigned char)*text);
    }
    out[n] = 0;
    return hash_is_hex(out);
}

static int check_certificates(cfg_t *cfg, cfg_t *target)
{
    bool is_owner = strcmp(cfg_getstr(target, "role"), "owner") == 0;
    unsigned count = cfg_size(target, "agency_certificates");
    const char *wrong = NULL;
    char fingerprint[HASH_HEX_SIZE];
    if (is_owner && !count)
        wrong = "is missing: nothing could ever be sent there";
    else if (!is_owner && count)
        wrong = "goes with role = \"owner\"";
    else if (count > CERTIFICATES_MAX)
        wrong = "has more than 32 of them";
    for (unsigned i = 0; !wrong && i < count; i++)
        if (!read_fingerprint(cfg_getnstr(target, "agency_certificates", i), fingerprint))
            wrong = "has what is no SHA-256 of a certificate";
    if (wrong)
        cfg_error(cfg, "target '%s': agency_certificates %s", cfg_title(target), wrong);
    return wrong ? -1 : 0;
}

int config_role_check(cfg_t *cfg, cfg_t *target)
{
    for (size_t i = 0; i < CHOICE_COUNT; i++) {
        const char *text = cfg_getstr(target, choices[i].name);
        if (is_choice(i, text))
            continue;
        cfg_error(cfg, "target '%s': %s '%s' is not one of %s, %s%s%s", cfg_title(target),
                  choices[i].name, text, choices[i].words[0], choices[i].words[1],
                  choices[i].words[2] ? ", " : "", choices[i].words[2] ? choices[i].words[2] : "");
        return -1;
    }
    return check_certificates(cfg, target);
}

bool config_role_add(struct js *args, cfg_t *target)
{
    AUTO(js) struct js *certificates = js_array();
    bool ok = certificates;
    for (size_t i = 0; ok && i < CHOICE_COUNT; i++)
        ok = js_set(args, choices[i].name, js_text(cfg_getstr(target, choices[i].name)));
    for (unsigned i = 0; ok && i < cfg_size(target, "agency_certificates"); i++) {
        char fingerprint[HASH_HEX_SIZE];
        ok = read_fingerprint(cfg_getnstr(target, "agency_certificates", i), fingerprint) &&
             js_push(certificates, js_text(fingerprint));
    }
    return ok && js_set(args, "agency_certificates", js_ref(certificates));
}

static void add(char **argv, size_t max, size_t *count, const char *name, char *value)
{
    if (*count + 3 > max) {
        mem_free(value);
        return;
    }
    argv[(*count)++] = mem_strdup(name);
    argv[(*count)++] = value;
}

bool config_role_takes_records(const struct js *target)
{
    return strcmp(js_text_or(target, "role", "system"), "source") != 0;
}

void config_role_arguments(const struct js *targets, char **argv, size_t max, size_t *count)
{
    for (size_t i = 0; i < js_count(targets); i++) {
        const struct js *target = js_item(targets, i);
        const struct js *certificates = js_at(target, "agency_certificates");
        if (!config_role_takes_records(target))
            continue;
        add(argv, max, count, "--target-rule",
            mem_printf("%s,%s:%s", js_text_or(target, "role", "system"),
                       js_text_or(target, "handover", "none"), js_text_or(target, "name", "")));
        for (size_t k = 0; k < js_count(certificates); k++)
            add(argv, max, count, "--agency-certificate",
                mem_strdup(js_text_or(js_item(certificates, k), "", "")));
    }
}
