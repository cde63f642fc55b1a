#ifndef SOHOA_MODEL_RULE_SET_H
#define SOHOA_MODEL_RULE_SET_H

/* By which rules a dossier's papers are digitized (R-02, rule_sets.def), and what they say of a
 * group of regulations 1.3. */

enum duty { DUTY_MANDATORY, DUTY_ON_DEMAND, DUTY_NEVER };

struct rule_set {
    const char *id, *first, *last, *instruments;
    enum duty outputs; /* group d */
    enum duty online;  /* DUTY_NEVER: components of a dossier filed online, whatever their group */
};

/* day: "2025-09-15". Never NULL. */
const struct rule_set *rule_set_on(const char *day);
const struct rule_set *rule_set_find(const char *id); /* NULL: none of that id */

/* group: "a" to "e", "demand", "shown", "secret"; NULL or unknown: all else is on demand (1.3). */
enum duty rule_set_duty(const struct rule_set *rules, const char *group);
const char *duty_name(enum duty duty); /* "on_demand" */
/* NULL or unknown: the fallback. */
enum duty duty_from_name(const char *name, enum duty fallback);

#endif
