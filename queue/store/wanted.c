#include "queue/store/wanted.h"

#include "daemon/base/text.h"
#include "daemon/model/doc_type.h"
#include "daemon/model/rule_set.h"
#include "queue/store/catalog.h"
#include "queue/store/catalog_results.h"
#include "queue/store/component.h"
#include "queue/store/inside.h"

#include <stdio.h>
#include <string.h>

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NO_MEMORY, "wanted papers");
}

const char *wanted_type_of_name(const char *name)
{
    AUTO(mem) char *folded = text_fold(name);
    const char *found = NULL;
    size_t longest = 0;
    for (int type = 0; folded && type < DOC_TYPE_COUNT; type++) {
        AUTO(mem) char *label = text_fold(doc_type_label(type));
        size_t size = label ? strlen(label) : 0;
        bool whole = size && text_starts(folded, label) && (!folded[size] || folded[size] == ' ');
        if (type == DOC_TYPE_unknown || !whole || size <= longest)
            continue;
        longest = size;
        found = doc_type_slug(type);
    }
    return found;
}

struct ruling {
    enum duty duty;
    const char *never; /* why, when it is never digitized */
};

static bool is_group(const char *group, const char *wanted)
{
    return group && strcmp(group, wanted) == 0;
}

/* What is only shown or secret stays so, whatever a row or a channel says. */
static struct ruling ruling_of(const struct js *row, const struct rule_set *rules, bool online)
{
    const char *group = js_text_or(row, "group", NULL);
    if (is_group(group, "shown") || is_group(group, "secret"))
        return (struct ruling){DUTY_NEVER, group};
    enum duty duty = duty_from_name(js_text_or(row, "duty", NULL), rule_set_duty(rules, group));
    if (duty == DUTY_NEVER)
        return (struct ruling){DUTY_NEVER, is_group(group, "d") ? "exempt" : "rules"};
    if (online && rules->online == DUTY_NEVER && !is_group(group, "d"))
        return (struct ruling){DUTY_NEVER, "online"};
    return (struct ruling){duty, NULL};
}

static bool push_paper(struct js *papers, const char *stage, const char *code, const struct js *row,
                       const char *group, struct ruling ruling)
{
    const char *name = js_text_or(row, "name", "");
    const char *type = js_text_or(row, "type", NULL);
    return js_push(papers,
                   js_pack("{s:s, s:s, s:s, s:s?, s:s?, s:s, s:s?, s:s?}", "stage", stage, "code",
                           code, "name", name, "type", type ? type : wanted_type_of_name(name),
                           "group", group, "duty", duty_name(ruling.duty), "never", ruling.never,
                           "instrument", js_text_or(row, "instrument", NULL)));
}

static enum err_code add_components(struct store *store, const struct wanted_of *of,
                                    const struct rule_set *rules, const char *version,
                                    struct js *papers, bool *out_gap, struct err *err)
{
    AUTO(js) struct js *rows = NULL;
    enum err_code code =
        catalog_of_version(store, version, of->procedure, of->received, &rows, err);
    for (size_t i = 0; !code && i < js_count(rows); i++) {
        const struct js *row = js_item(rows, i);
        const char *group = js_text_or(row, "group", NULL);
        const char *stage = is_group(group, "d") ? STAGE_OUTPUT : STAGE_COMPONENT;
        if (!push_paper(papers, stage, js_text_or(row, "paper", ""), row, group,
                        ruling_of(row, rules, of->online)))
            code = no_memory(err);
    }
    *out_gap = !code && !js_count(rows);
    return code;
}

static enum err_code add_results(const struct js *procedure, const struct rule_set *rules,
                                 struct js *papers, struct err *err)
{
    AUTO(js) struct js *results = NULL;
    enum err_code code = catalog_results(js_text_or(procedure, "results", NULL), &results, err);
    for (size_t i = 0; !code && i < js_count(results); i++) {
        const struct js *row = js_item(results, i);
        if (!push_paper(papers, STAGE_RESULT, js_text_or(row, "code", ""), row, "e",
                        (struct ruling){rule_set_duty(rules, "e"), NULL}))
            code = no_memory(err);
    }
    return code;
}

enum err_code wanted_procedure(struct store *store, const char *procedure, const char *received,
                               struct js **out, struct err *err)
{
    const struct catalog_kind *procedures = catalog_kind_find("procedures");
    AUTO(js) struct js *then = NULL;
    enum err_code code = catalog_by_code(store, procedures, procedure, received, &then, err);
    if (!code && received && !js_count(then))
        return catalog_by_code(store, procedures, procedure, NULL, out, err);
    *out = TAKE(then);
    return code;
}

enum err_code wanted_papers(struct store *store, const struct wanted_of *of, struct js **out,
                            struct err *err)
{
    const struct rule_set *rules = rule_set_on(of->received);
    AUTO(js) struct js *papers = js_array();
    AUTO(js) struct js *known = NULL;
    char version[ID_SIZE] = "";
    bool no_rules = true;
    snprintf(version, sizeof version, "%s", of->rules_version ? of->rules_version : "");
    enum err_code code = wanted_procedure(store, of->procedure, of->received, &known, err);
    if (!code && *version)
        code = add_components(store, of, rules, version, papers, &no_rules, err);
    if (!code && no_rules) /* none kept, or IT staff filled the gap since */
        code = catalog_version_on(store, "rule-sets", of->received, version, err);
    if (!code && no_rules)
        code = add_components(store, of, rules, version, papers, &no_rules, err);
    if (!code)
        code = add_results(js_item(known, 0), rules, papers, err);
    if (code)
        return code;
    bool unknown = !js_count(known);
    if (unknown)
        catalog_note_gap(store, "procedures", of->procedure);
    if (no_rules)
        catalog_note_gap(store, "rule-sets", of->procedure);
    *out = js_pack("{s:{s:s, s:s?}, s:s, s:{s:s, s:s}, s:s?, s:b, s:O}", "procedure", "code",
                   of->procedure, "name", js_text_or(known, "[0].name", NULL), "received_on",
                   of->received, "rule_set", "id", rules->id, "instruments", rules->instruments,
                   "rules_version", *version ? version : NULL, "gap", (int)(unknown || no_rules),
                   "papers", papers);
    return *out ? ERR_OK : no_memory(err);
}
