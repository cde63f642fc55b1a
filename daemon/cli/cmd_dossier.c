#include "daemon/cli/cmd_dossier.h"

#include "daemon/base/id.h"
#include "daemon/base/mem.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/show.h"
#include "daemon/model/doc_type.h"
#include "daemon/model/dossier_code.h"

#include <stdio.h>
#include <string.h>

#define LIST_MAX 500 /* the daemon's, of one answer */

const struct cli_option cmd_dossier_list_options[] = {
    {"before", 0, "DOSSIER", "those before this one (an id): the next page"},
    {"limit", 'n', "N", "at most so many (50)"},
    {0},
};
/* Whose case, brought by whom, on which channel; option and key of the API. */
static const struct {
    const char *option, *key;
} people[] = {{"owner-name", "owner_name"},           {"owner-id", "owner_id"},
              {"owner-old-id", "owner_old_id"},       {"owner-kind", "owner_kind"},
              {"presenter-name", "presenter_name"},   {"presenter-id", "presenter_id"},
              {"presenter-basis", "presenter_basis"}, {"channel", "channel"}};

/* clang-format off */
#define PEOPLE_OPTIONS                                                                             \
    {"owner-name", 0, "NAME", "whose case it is"},                                                 \
    {"owner-id", 0, "NUMBER", "their personal number or tax code"},                                \
    {"owner-old-id", 0, "NUMBER", "their number of nine digits, from before the one of twelve"},   \
    {"owner-kind", 0, "KIND", "what they are", "person business agency other none"},               \
    {"presenter-name", 0, "NAME", "who brings it, when that is somebody else"},                    \
    {"presenter-id", 0, "NUMBER", "their personal number"},                                        \
    {"presenter-basis", 0, "BASIS", "on what basis",                                               \
     "self authorised guardian post other none"},                                                  \
    {"channel", 0, "CHANNEL", "how it came", "direct online post vneid none"}
/* clang-format on */

const struct cli_option cmd_dossier_create_options[] = {
    {"code", 'c', "CODE", "dossier code; it may be bound later"},
    {"papers", 'p', "N", "how many papers the citizen handed in"},
    {"sides", 's', "N", "how many sides of them have writing"},
    {"procedure", 'P', "CODE", "what it is about"},
    {"received", 0, "DATE", "day of reception, where the dossier code does not say it"},
    {"backlog", 0, NULL, "old papers, not from the counter"},
    {"existing", 0, NULL, "take the open dossier that has the code, where there is one"},
    PEOPLE_OPTIONS,
    {0},
};
const struct cli_option cmd_dossier_update_options[] = {
    {"code", 'c', "CODE", "bind the dossier code (once)"},
    {"papers", 'p', "N", "how many papers the citizen handed in"},
    {"sides", 's', "N", "how many sides of them have writing"},
    {"procedure", 'P', "CODE", "what it is about; none takes it away"},
    {"received", 0, "DATE",
     "day of reception, where the dossier code does not say it; none takes it back"},
    PEOPLE_OPTIONS,
    {0},
};

const struct cli_option cmd_dossier_close_options[] = {
    {"counted", 0, NULL, "you counted the paper, where neither papers nor sides were said"},
    {0},
};

static void show_dossiers(const struct js *reply)
{
    const struct js *dossiers = js_at(reply, "dossiers");
    struct table *table =
        show_table("DOSSIER", "CODE", "PAPERS", "DOCUMENTS", "PAGES", "CREATED", "CLOSED", NULL);
    for (size_t i = 0; i < js_count(dossiers); i++) {
        const struct js *dossier = js_item(dossiers, i);
        table_cell(table, js_text_or(dossier, "id", ""));
        table_cell(table, js_text_or(dossier, "code", "-"));
        table_cell(table, show_scalar(js_at(dossier, "papers")).text);
        table_cell(table, show_scalar(js_at(dossier, "documents")).text);
        table_cell(table, show_scalar(js_at(dossier, "pages")).text);
        table_cell(table, cli_when(dossier, "created_us").text);
        table_cell(table, cli_when(dossier, "closed_us").text);
    }
    show_table_end(table);
}

int cmd_dossier_list(const struct cli *cli, const struct cli_args *args)
{
    long limit;
    struct err err = ERR_INIT;
    const char *before = args_text(args, "before");
    args_number(args, "limit", 1, LIST_MAX, 50, &limit, &err);
    if (before && !id_is_valid(before))
        err_set(&err, ERR_USAGE, "--before wants the id of a dossier");
    if (err.code)
        return cli_problem(&err);
    char path[64 + ID_SIZE];
    snprintf(path, sizeof path, "/v1/dossiers?limit=%ld%s%s", limit, before ? "&before=" : "",
             before ? before : "");
    return cli_call(cli, "GET", path, NULL, show_dossiers);
}

static void show_incidents(const struct js *incidents)
{
    for (size_t i = 0; i < js_count(incidents); i++) {
        const struct js *incident = js_item(incidents, i);
        printf("incident: %s, document %s, noted %s, to be notified before %s\n",
               js_text_or(incident, "kind", ""), js_text_or(incident, "document_id", ""),
               cli_when(incident, "noted_us").text, cli_when(incident, "notify_before_us").text);
    }
}

static void show_dossier(const struct js *reply)
{
    show_values(js_at(reply, "dossier"));
    show_incidents(js_at(reply, "dossier.incidents"));
    const struct js *documents = js_at(reply, "documents");
    if (js_count(documents) == 0)
        return;
    putchar('\n');
    struct table *table = show_table("N", "DOCUMENT", "TYPE", "PAGES", "STATE", NULL);
    for (size_t i = 0; i < js_count(documents); i++) {
        const struct js *document = js_item(documents, i);
        const char *type = js_text_or(document, "type", NULL);
        table_cell(table, show_scalar(js_at(document, "ordinal")).text);
        table_cell(table, js_text_or(document, "id", ""));
        table_cell(table, type ? doc_type_label(doc_type_from_slug(type)) : "");
        table_cell(table, show_scalar(js_at(document, "pages")).text);
        table_cell(table, cli_state("document", document).text);
    }
    show_table_end(table);
}

/* A daemon that does not know the question answers with any dossier: not the one that is meant. */
static bool has_code(const struct js *dossier, const char *typed)
{
    const char *code = js_text_or(dossier, "code", "");
    AUTO(mem)
    char *canonical = dossier_code_canonical(typed);
    return strcmp(code, typed) == 0 || (canonical && strcmp(code, canonical) == 0);
}

int cmd_dossier_find(const struct cli *cli, const char *name, char **out_id)
{
    struct err err = ERR_INIT;
    if (id_is_valid(name)) {
        *out_id = mem_strdup(name);
        return *out_id ? CLI_DONE : CLI_FAILED;
    }
    AUTO(mem)
    char *path = cli_path("/v1/dossiers?limit=1&code=%s", name);
    AUTO(js)
    struct js *reply = NULL;
    int exit_status = path ? cli_ask(cli, "GET", path, NULL, &reply) : CLI_FAILED;
    if (exit_status)
        return exit_status;
    const struct js *dossier = js_at(reply, "dossiers[0]");
    const char *id = js_text_or(dossier, "id", NULL);
    if (!id || !has_code(dossier, name)) {
        err_set(&err, ERR_NOT_FOUND, "no dossier has the id or code %s", name);
        return cli_problem(&err);
    }
    *out_id = mem_strdup(id);
    return *out_id ? CLI_DONE : CLI_FAILED;
}

static int call_on_dossier(const struct cli *cli, const char *method, const char *path_format,
                           const char *name, struct js *body)
{
    AUTO(js)
    struct js *owned_body = body;
    AUTO(mem)
    char *id = NULL;
    int exit_status = cmd_dossier_find(cli, name, &id);
    if (exit_status)
        return exit_status;
    return cli_call_on(cli, method, path_format, id, TAKE(owned_body), show_dossier);
}

int cmd_dossier_show(const struct cli *cli, const struct cli_args *args)
{
    return call_on_dossier(cli, "GET", "/v1/dossiers/%s", args->operand[0], NULL);
}

int cmd_no_text(void)
{
    struct err err = ERR_INIT;
    err_set(&err, ERR_BAD_ARGUMENT, "an option is no UTF-8 text");
    return cli_problem(&err);
}

/* --NAME N into the body, where it was said. */
static bool add_number(const struct cli_args *args, const char *name, long min, long max,
                       struct js *body, struct err *err)
{
    long number;
    if (!args_has(args, name))
        return true;
    return !args_number(args, name, min, max, 0, &number, err) &&
           js_set(body, name, js_int(number));
}

/* "none" takes away what was said. */
static bool add_people(const struct cli_args *args, struct js *body)
{
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof people / sizeof *people; i++) {
        const char *text = args_text(args, people[i].option);
        bool none = text && strcmp(text, "none") == 0;
        ok = !text || js_set(body, people[i].key, none ? js_null() : js_text(text));
    }
    return ok;
}

/* --code, --papers, --sides and the people into a body; *out_body is the caller's. */
static int make_body(const struct cli_args *args, struct js **out_body)
{
    struct err err = ERR_INIT;
    AUTO(js)
    struct js *body = js_object();
    bool ok = body;
    if (args_has(args, "code"))
        ok = ok && js_set(body, "code", js_text(args_text(args, "code")));
    ok = ok && add_people(args, body);
    ok = ok && add_number(args, "papers", 1, 9999, body, &err) &&
         add_number(args, "sides", 0, 99999, body, &err);
    if (err.code)
        return cli_problem(&err);
    if (!ok)
        return cmd_no_text();
    *out_body = TAKE(body);
    return CLI_DONE;
}

/* --procedure and --received into the body. */
static bool add_case(const struct cli_args *args, struct js *body)
{
    const char *procedure = args_text(args, "procedure"), *received = args_text(args, "received");
    bool none = procedure && strcmp(procedure, "none") == 0;
    bool nobody = received && (!*received || strcmp(received, "none") == 0);
    return (!procedure || js_set(body, "procedure_code", none ? js_null() : js_text(procedure))) &&
           (!received || js_set(body, "received_on", nobody ? js_null() : js_text(received)));
}

int cmd_dossier_create(const struct cli *cli, const struct cli_args *args)
{
    AUTO(js)
    struct js *body = NULL;
    int exit_status = make_body(args, &body);
    if (exit_status)
        return exit_status;
    if (!add_case(args, body) ||
        !js_set(body, "kind", js_text(args_has(args, "backlog") ? "backlog" : "counter")) ||
        (args_has(args, "existing") && !js_set(body, "existing", js_bool(true))))
        return cmd_no_text();
    return cli_call(cli, "POST", "/v1/dossiers", TAKE(body), show_dossier);
}

int cmd_dossier_update(const struct cli *cli, const struct cli_args *args)
{
    AUTO(js)
    struct js *body = NULL;
    int exit_status = make_body(args, &body);
    if (exit_status)
        return exit_status;
    if (!add_case(args, body))
        return cmd_no_text();
    return call_on_dossier(cli, "PATCH", "/v1/dossiers/%s", args->operand[0], TAKE(body));
}

int cmd_dossier_handed_over(const struct cli *cli, const struct cli_args *args)
{
    return call_on_dossier(cli, "POST", "/v1/dossiers/%s/handed-over", args->operand[0], NULL);
}

int cmd_dossier_close(const struct cli *cli, const struct cli_args *args)
{
    struct js *body = args_has(args, "counted") ? js_pack("{s:b}", "counted", 1) : NULL;
    return call_on_dossier(cli, "POST", "/v1/dossiers/%s/close", args->operand[0], body);
}
