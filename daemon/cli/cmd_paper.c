#include "daemon/base/id.h"
#include "daemon/base/mem.h"
#include "daemon/base/when.h"
#include "daemon/cli/cmd_dossier.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/show.h"
#include "daemon/model/scan_reason.h"

#include <stdio.h>
#include <string.h>

/* Wanted papers of a dossier, and what is done about each. */

#define STAGES "component output result"

const struct cli_option cmd_dossier_reuse_options[] = {
    {"stage", 0, "STAGE", "component, output or result, where a code is in several", STAGES},
    {"held", 0, "ID", "a paper that another holds, by its id in the list"},
    {"undo", 0, NULL, "give it back: the paper is to be scanned"},
    {0},
};
const struct cli_option cmd_dossier_demand_options[] = {
    {"stage", 0, "STAGE", "component, output or result, where a code is in several", STAGES},
    {"by", 0, "WHO", "who asks for it: owner, presenter or other", "owner presenter other"},
    {"name", 0, "NAME", "who that is, for other"},
    {"on", 0, "DATE", "when they asked (today)"},
    {"fee", 0, "FEE", "is it to be paid: yes, no or exempt", "yes no exempt"},
    {"end", 0, NULL, "they ask for it no more"},
    {0},
};
const struct cli_option cmd_document_paper_options[] = {
    {"stage", 0, "STAGE", "component, output or result, where a code is in several", STAGES},
    {"reason", 0, "CODE", "why it is digitized although held or exempt", scan_reason_words},
    {"reason-note", 0, "TEXT", "the same in words"},
    {"holder", 0, "NAME", "who holds the data that cannot be used"},
    {"none", 0, NULL, "it is none of the wanted papers; --stage may say what else it is"},
    {0},
};

/* ---- the list ---- */

/* What is there instead of a scan, or could be. */
static void cell_of_held(struct table *table, const struct js *paper)
{
    const struct js *held = js_at(paper, "held");
    size_t fit = 0;
    for (size_t i = 0; i < js_count(held); i++)
        fit += js_bool_or(js_item(held, i), "fit", false);
    if (js_has(paper, "reuse"))
        table_cellf(table, "reused: %s", js_text_or(paper, "reuse.source.result_code", "no code"));
    else if (js_count(js_at(paper, "earlier")))
        table_cell(table, "in an earlier dossier of the case");
    else if (js_count(held))
        table_cellf(table, "%zu, fit %zu", js_count(held), fit);
    else
        table_cell(table, "");
}

static void cell_of_demand(struct table *table, const struct js *paper)
{
    if (js_has(paper, "demand"))
        table_cellf(table, "%s, fee %s", js_text_or(paper, "demand.asked_by", ""),
                    js_text_or(paper, "demand.fee", ""));
    else
        table_cell(table, "");
}

static void cell_of_need(struct table *table, const struct js *paper)
{
    const struct js *reasons = js_at(paper, "reasons");
    const char *asks = js_text_or(paper, "asks", NULL), *gate = js_text_or(paper, "gate", NULL);
    size_t count = js_count(reasons);
    if (asks)
        table_cellf(table, "asks %s", asks);
    else if (count)
        table_cellf(table, "%s", js_text_or(js_item(reasons, count - 1), "reason", ""));
    else
        table_cell(table, gate ? gate : "");
}

static void show_rows(const struct js *papers)
{
    struct table *table = show_table("STATE", "DUTY", "STAGE", "PAPER", "NAME", "DOCUMENTS", "HELD",
                                     "DEMAND", "SCAN WANTS", NULL);
    for (size_t i = 0; i < js_count(papers); i++) {
        const struct js *paper = js_item(papers, i);
        const char *never = js_text_or(paper, "never", NULL);
        table_cell(table, js_text_or(paper, "state", ""));
        table_cellf(table, "%s%s%s", js_text_or(paper, "duty", ""), never ? ": " : "",
                    never ? never : "");
        table_cell(table, js_text_or(paper, "stage", ""));
        table_cell(table, js_text_or(paper, "code", ""));
        table_cell(table, js_text_or(paper, "name", ""));
        table_cellf(table, "%zu", js_count(js_at(paper, "documents")));
        cell_of_held(table, paper);
        cell_of_demand(table, paper);
        cell_of_need(table, paper);
    }
    show_table_end(table);
}

static void cell_of_time(struct table *table, int64_t at_us)
{
    char text[WHEN_ISO_SIZE] = "-";
    if (at_us)
        when_iso_local(at_us, text);
    table_cell(table, text);
}

static struct table *table_of_held(void)
{
    return show_table("PAPER", "DOCUMENT", "NUMBER", "DATE", "CLASS", "VALIDITY", "DOSSIER",
                      "RESULT CODE", "HELD BY", NULL);
}

/* Who was asked, when, and what came of it. */
static void show_sources(const struct js *sources)
{
    if (!js_count(sources))
        return;
    struct table *table =
        show_table("SOURCE", "NAME", "OUTCOME", "ASKED", "ANSWER OF", "PAPERS", "ERROR", NULL);
    for (size_t i = 0; i < js_count(sources); i++) {
        const struct js *one = js_item(sources, i);
        table_cell(table, js_text_or(one, "name", ""));
        table_cell(table, js_text_or(one, "label", ""));
        table_cell(table, js_text_or(one, "outcome", "never asked"));
        cell_of_time(table, js_int_or(one, "asked_us", 0));
        cell_of_time(table, js_int_or(one, "answered_us", 0));
        table_cellf(table, "%lld", (long long)js_int_or(one, "found", 0));
        table_cell(table, js_text_or(one, "error", ""));
    }
    puts("\nlooked for at:");
    show_table_end(table);
}

static void row_of_held(struct table *table, const char *paper, const struct js *one)
{
    table_cell(table, paper);
    table_cell(table, js_text_or(one, "document_id", js_text_or(one, "held_id", "")));
    table_cell(table, js_text_or(one, "number_symbol", "-"));
    table_cell(table, js_text_or(one, "issue_date", "-"));
    table_cellf(table, "%lld", (long long)js_int_or(one, "class", 0));
    table_cell(table, js_text_or(one, "validity", ""));
    table_cell(table, js_text_or(one, "dossier_code", "-"));
    table_cell(table, js_text_or(one, "result_code", "-"));
    table_cell(table, js_text_or(one, "held_by", ""));
}

/* The documents to reuse, one line each: their ids are what `dossier reuse` wants. */
static void show_held(const struct js *papers)
{
    struct table *table = table_of_held();
    bool any = false;
    for (size_t i = 0; i < js_count(papers); i++) {
        const struct js *paper = js_item(papers, i), *held = js_at(paper, "held");
        for (size_t k = 0; k < js_count(held); k++)
            row_of_held(table, js_text_or(paper, "code", ""), js_item(held, k));
        any = any || js_count(held);
    }
    if (any) {
        puts("\nheld of the owner:");
        show_table_end(table);
    } else {
        table_free(table);
    }
}

static void show_papers(const struct js *reply)
{
    const struct js *papers = js_at(reply, "papers");
    printf("%s %s\n", js_text_or(reply, "procedure.code", "no procedure"),
           js_text_or(reply, "procedure.name", ""));
    if (js_has(reply, "rule_set"))
        printf("received %s, rules %s (%s)\n", js_text_or(reply, "received_on", ""),
               js_text_or(reply, "rule_set.id", ""), js_text_or(reply, "rule_set.instruments", ""));
    if (js_bool_or(reply, "gap", false))
        puts("the catalogues do not know all of it: the list may be incomplete");
    if (!js_has(reply, "look_up") && js_has(reply, "procedure"))
        puts("whose case it is, is not known: nothing was looked for");
    putchar('\n');
    show_rows(papers);
    show_sources(js_at(reply, "look_up.sources"));
    show_held(papers);
    printf("%zu other documents\n", js_count(js_at(reply, "others")));
}

int cmd_dossier_papers(const struct cli *cli, const struct cli_args *args)
{
    AUTO(mem)
    char *id = NULL;
    int exit_status = cmd_dossier_find(cli, args->operand[0], &id);
    if (exit_status)
        return exit_status;
    return cli_call_on(cli, "GET", "/v1/dossiers/%s/papers", id, NULL, show_papers);
}

static void show_found(const struct js *reply)
{
    const struct js *held = js_at(reply, "held");
    struct table *table = table_of_held();
    if (!js_has(reply, "look_up"))
        puts("whose case it is, is not known: nothing was looked for");
    for (size_t i = 0; i < js_count(held); i++)
        row_of_held(table, js_text_or(js_item(held, i), "name", "-"), js_item(held, i));
    show_table_end(table);
}

int cmd_dossier_held(const struct cli *cli, const struct cli_args *args)
{
    AUTO(mem) char *id = NULL;
    AUTO(mem) char *number = cli_path("%s", args->operand[1]);
    int exit_status = cmd_dossier_find(cli, args->operand[0], &id);
    if (exit_status)
        return exit_status;
    AUTO(mem) char *path = number ? mem_printf("/v1/dossiers/%s/held?number=%s", id, number) : NULL;
    return path ? cli_call(cli, "GET", path, NULL, show_found) : CLI_FAILED;
}

/* ---- what is done about a paper ---- */

static int usage(const char *text)
{
    struct err err = ERR_INIT;
    err_set(&err, ERR_USAGE, "%s", text);
    return cli_problem(&err);
}

/* An option into the body under a key, when it was given. */
static bool put(const struct cli_args *args, const char *option, const char *key, struct js *body)
{
    const char *text = args_text(args, option);
    return !text || js_set(body, key, js_text(text));
}

static int post(const struct cli *cli, const char *path_format, const char *dossier,
                struct js *body)
{
    AUTO(js) struct js *owned = body;
    AUTO(mem) char *id = NULL;
    int exit_status = cmd_dossier_find(cli, dossier, &id);
    return exit_status ? exit_status
                       : cli_call_on(cli, "POST", path_format, id, TAKE(owned), show_papers);
}

int cmd_dossier_reuse(const struct cli *cli, const struct cli_args *args)
{
    const char *document = args->operand[2];
    int said = !!document + args_has(args, "undo") + args_has(args, "held");
    if (said != 1)
        return usage("a document to reuse, --held, or --undo");
    AUTO(js) struct js *body = js_pack("{s:s}", "paper_code", args->operand[1]);
    if (!body || !put(args, "stage", "stage", body) || !put(args, "held", "held_id", body) ||
        (!args_has(args, "held") && !js_set(body, "document_id", js_text(document))))
        return cmd_no_text();
    return post(cli, "/v1/dossiers/%s/reuse", args->operand[0], TAKE(body));
}

const struct cli_option cmd_dossier_look_up_options[] = {
    {"again", 0, NULL, "also those who answered today"},
    {"cancel", 0, NULL, "end the look-up that somebody waits for"},
    {"show", 0, NULL, "what was answered so far; nobody is asked"},
    {0},
};

static void show_questions(const struct js *questions)
{
    if (!js_count(questions))
        return;
    struct table *table = show_table("ASKED", "BY", "ANSWER", NULL);
    for (size_t i = 0; i < js_count(questions); i++) {
        const struct js *one = js_item(questions, i);
        cell_of_time(table, js_int_or(one, "at_us", 0));
        table_cell(table, js_text_or(one, "principal", ""));
        table_cell(table, js_text_or(one, "detail", ""));
    }
    puts("\nquestions so far:");
    show_table_end(table);
}

static void show_looked_up(const struct js *reply)
{
    if (js_at(reply, "cancelled"))
        puts(js_bool_or(reply, "cancelled", false) ? "ended" : "nothing was being looked for");
    else if (js_has(reply, "look_up"))
        show_sources(js_at(reply, "look_up.sources"));
    else
        puts("whose case it is, or what about, is not known: nothing was looked for");
    show_held(js_at(reply, "papers"));
    show_questions(js_at(reply, "questions"));
}

int cmd_dossier_look_up(const struct cli *cli, const struct cli_args *args)
{
    bool show = args_has(args, "show"), cancel = args_has(args, "cancel");
    AUTO(mem) char *id = NULL;
    if (show + cancel + args_has(args, "again") > 1)
        return usage("one of --again, --cancel, --show");
    int exit_status = cmd_dossier_find(cli, args->operand[0], &id);
    if (exit_status)
        return exit_status;
    struct js *body =
        show ? NULL
             : js_pack("{s:b, s:b}", "again", (int)args_has(args, "again"), "cancel", (int)cancel);
    return cli_call_on(cli, show ? "GET" : "POST", "/v1/dossiers/%s/look-up", id, body,
                       show_looked_up);
}

int cmd_dossier_demand(const struct cli *cli, const struct cli_args *args)
{
    bool end = args_has(args, "end");
    if (end == args_has(args, "by") || end == args_has(args, "fee"))
        return usage("--by and --fee, or --end");
    AUTO(js)
    struct js *body =
        js_pack("{s:s, s:s?}", "paper_code", args->operand[1], "asked_by", args_text(args, "by"));
    if (!body || !put(args, "stage", "stage", body) || !put(args, "name", "asked_name", body) ||
        !put(args, "on", "asked_on", body) || !put(args, "fee", "fee", body))
        return cmd_no_text();
    return post(cli, "/v1/dossiers/%s/demand", args->operand[0], TAKE(body));
}

static void show_paper_of(const struct js *reply)
{
    printf("%s: %s %s\n", js_text_or(reply, "document.id", ""),
           js_text_or(reply, "document.stage", "none of the wanted papers"),
           js_text_or(reply, "document.paper_code", ""));
}

int cmd_document_paper(const struct cli *cli, const struct cli_args *args)
{
    const char *paper = args->operand[1];
    if (!paper == !args_has(args, "none"))
        return usage("the code of a wanted paper, or --none");
    AUTO(js) struct js *body = js_pack("{s:s?}", "paper_code", paper);
    if (!body || !put(args, "stage", "stage", body) || !put(args, "reason", "reason", body) ||
        !put(args, "reason-note", "reason_note", body) || !put(args, "holder", "holder", body))
        return cmd_no_text();
    return cli_call_on(cli, "POST", "/v1/documents/%s/paper", args->operand[0], TAKE(body),
                       show_paper_of);
}
