#include "daemon/model/rule_set.h"

#include <stddef.h>
#include <string.h>

static const struct rule_set rule_sets[] = {
#define RULE_SET(id, first, last, instruments, outputs, online)                                    \
    {id, first, last, instruments, outputs, online},
#include "daemon/model/rule_sets.def"
#undef RULE_SET
};
#define RULE_SET_COUNT (sizeof rule_sets / sizeof *rule_sets)

const struct rule_set *rule_set_on(const char *day)
{
    for (size_t i = 0; i + 1 < RULE_SET_COUNT; i++)
        if (strcmp(day, rule_sets[i].last) <= 0)
            return &rule_sets[i];
    return &rule_sets[RULE_SET_COUNT - 1];
}

const struct rule_set *rule_set_find(const char *id)
{
    for (size_t i = 0; i < RULE_SET_COUNT; i++)
        if (strcmp(rule_sets[i].id, id) == 0)
            return &rule_sets[i];
    return NULL;
}

enum duty rule_set_duty(const struct rule_set *rules, const char *group)
{
    if (!group || strcmp(group, "demand") == 0)
        return DUTY_ON_DEMAND;
    if (strcmp(group, "d") == 0)
        return rules->outputs;
    if (strcmp(group, "shown") == 0 || strcmp(group, "secret") == 0) /* */
        return DUTY_NEVER;
    return strlen(group) == 1 && strchr("abce", *group) ? DUTY_MANDATORY : DUTY_ON_DEMAND;
}

static const char *const names[] = {"mandatory", "on_demand", "never"};

const char *duty_name(enum duty duty)
{
    return names[duty];
}

enum duty duty_from_name(const char *name, enum duty fallback)
{
    for (size_t i = 0; name && i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0)
            return (enum duty)i;
    return fallback;
}
