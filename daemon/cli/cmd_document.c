#include "daemon/base/mem.h"
#include "daemon/cli/client.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/show.h"
#include "daemon/model/doc_type.h"
#include "daemon/model/field.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const struct cli_option cmd_document_confirm_options[] = {
    {"compared", 0, NULL, "I compared this copy with the paper"},
    {"field", 'f', "NAME=VALUE", "answer of a person; empty VALUE: the paper does not have it"},
    {"revision", 0, "REVISION", "only if it is still this one (default: as it is now)"},
    {"type", 't', "TYPE", "what kind of paper it is, when the proposal is wrong"},
    {0},
};
const struct cli_option cmd_document_reason_options[] = {
    {"reason", 'r', "TEXT", "why (kept with the document)"},
    {0},
};
const struct cli_option cmd_document_split_options[] = {
    {"page", 'p', "PAGE", "id of the page that begins the new document"},
    {0},
};
const struct cli_option cmd_document_join_options[] = {
    {"with", 'w', "DOCUMENT", "the one whose pages go behind"},
    {0},
};
const struct cli_option cmd_document_move_options[] = {
    {"to", 0, "DOSSIER", "id of the dossier it belongs to"},
    {"code", 'c', "CODE", "the open dossier of that code, made when there is none"},
    {"alike", 0, NULL, "all papers behind the same code in the pile, too"},
    {0},
};
const struct cli_option cmd_document_file_options[] = {
    {"output", 'o', "FILE", "write here (default: stdout unless it is a terminal)"},
    {0},
};

static void show_fields(const struct js *document)
{
    const struct js *fields = js_at(document, "fields");
    const struct js *confirmed = js_at(document, "confirmed");
    if (js_count(fields) == 0)
        return;
    putchar('\n');
    struct table *table = show_table("FIELD", "LABEL", "PROPOSED", "CONFIRMED", "ASK", NULL);
    for (void *it = js_iter(fields); it; it = js_iter_next(fields, it)) {
        const char *key = js_iter_key(it);
        enum field_name name = field_from_key(key);
        const struct js *field = js_iter_value(it);
        bool is_answered = confirmed && js_at(confirmed, key);
        table_cell(table, key);
        table_cell(table, name == FIELD_COUNT ? "" : field_label(name));
        table_cell(table, js_has(field, "value") ? show_scalar(js_at(field, "value")).text : "-");
        table_cell(table, js_has(confirmed, key) ? show_scalar(js_at(confirmed, key)).text
                          : is_answered          ? "-"
                                                 : "");
        table_cell(table, !is_answered && js_bool_or(field, "needs_person", false) ? "yes" : "");
    }
    show_table_end(table);
}

static void show_signatures(const struct js *signatures)
{
    if (js_count(signatures) == 0)
        return;
    putchar('\n');
    struct table *table = show_table("SIGNED BY", "SERIAL", "WHEN", "INTACT", NULL);
    for (size_t i = 0; i < js_count(signatures); i++) {
        const struct js *signature = js_item(signatures, i);
        table_cell(table, js_text_or(signature, "signer", ""));
        table_cell(table, js_text_or(signature, "serial", ""));
        table_cell(table, cli_when(signature, "signed_at_us").text);
        table_cell(table, js_bool_or(signature, "intact", true) ? "yes" : "NO");
    }
    show_table_end(table);
}

static void show_pages(const struct js *pages)
{
    if (js_count(pages) == 0)
        return;
    putchar('\n');
    struct table *table = show_table("PAGE", "ID", "SIDE", "WORDS", "STATE", NULL);
    for (size_t i = 0; i < js_count(pages); i++) {
        const struct js *page = js_item(pages, i);
        table_cell(table, show_scalar(js_at(page, "position")).text);
        table_cell(table, js_text_or(page, "id", ""));
        table_cell(table, js_text_or(page, "side", ""));
        table_cell(table, js_bool_or(page, "blank", false)
                              ? "blank"
                              : show_scalar(js_at(page, "words")).text);
        table_cell(table, cli_state("page", page).text);
    }
    show_table_end(table);
}

static void show_deliveries(const struct js *deliveries)
{
    if (js_count(deliveries) == 0)
        return;
    putchar('\n');
    struct table *table = show_table("DELIVERY", "TARGET", "STATE", NULL);
    for (size_t i = 0; i < js_count(deliveries); i++) {
        const struct js *delivery = js_item(deliveries, i);
        table_cell(table, js_text_or(delivery, "id", ""));
        table_cell(table, js_text_or(delivery, "target", ""));
        table_cell(table, cli_state("delivery", delivery).text);
    }
    show_table_end(table);
}

static void show_document(const struct js *reply)
{
    const struct js *document = js_at(reply, "document");
    const char *type = js_text_or(document, "type", NULL);
    printf("document: %s\ndossier: %s\nstate: %s\ntype: %s\npages: %s\n",
           show_scalar(js_at(document, "id")).text, show_scalar(js_at(document, "dossier_id")).text,
           cli_state("document", document).text,
           type ? doc_type_label(doc_type_from_slug(type)) : "",
           show_scalar(js_at(document, "pages")).text);
    if (js_has(document, "revision"))
        printf("revision: %s\n", show_scalar(js_at(document, "revision")).text);
    if (js_has(document, "confirmed_by"))
        printf("confirmed by: %s\n", show_scalar(js_at(document, "confirmed_by")).text);
    if (js_has(document, "result_code"))
        printf("result code: %s%s\n", show_scalar(js_at(document, "result_code")).text,
               js_bool_or(document, "result_code_is_provisional", false) ? " (provisional)" : "");
    if (js_has(document, "signed.path"))
        printf("signed file: %s\n", show_scalar(js_at(document, "signed.path")).text);
    show_signatures(js_at(document, "signatures"));
    show_fields(document);
    show_pages(js_at(reply, "pages"));
    show_deliveries(js_at(reply, "deliveries"));
}

int cmd_document_show(const struct cli *cli, const struct cli_args *args)
{
    return cli_call_on(cli, "GET", "/v1/documents/%s", args->operand[0], NULL, show_document);
}

/* "name=value" into the object: an empty value is an explicit null. */
static enum err_code put_field(struct js *fields, const char *text, struct err *err)
{
    const char *sign = strchr(text, '=');
    AUTO(mem)
    char *name = sign ? mem_strndup(text, (size_t)(sign - text)) : NULL;
    if (!name)
        return err_set(err, ERR_USAGE, "--field wants NAME=VALUE");
    if (field_from_key(name) == FIELD_COUNT)
        return err_set(err, ERR_USAGE, "there is no field %s", name);
    if (!js_set(fields, name, sign[1] ? js_text(sign + 1) : js_null()))
        return err_set(err, ERR_USAGE, "field %s is no UTF-8 text", name);
    return ERR_OK;
}

/* What is confirmed: the revision asked for, else the one the document has now. */
static int put_revision(const struct cli *cli, const struct cli_args *args, struct js *body)
{
    struct err err = ERR_INIT;
    const char *asked = args_text(args, "revision");
    AUTO(js)
    struct js *shown = NULL;
    if (!asked) {
        AUTO(mem)
        char *path = cli_path("/v1/documents/%s", args->operand[0]);
        if (!path) {
            err_set(&err, ERR_NO_MEMORY, "path");
            return cli_problem(&err);
        }
        int exit_status = cli_ask(cli, "GET", path, NULL, &shown);
        if (exit_status != CLI_DONE)
            return exit_status;
        asked = js_text_or(shown, "document.revision", NULL);
    }
    if (!asked)
        err_set(&err, ERR_BAD_MESSAGE, "the document came without revision");
    else if (!js_set(body, "revision", js_text(asked)))
        err_set(&err, ERR_USAGE, "--revision is no UTF-8 text");
    return err.code ? cli_problem(&err) : CLI_DONE;
}

int cmd_document_confirm(const struct cli *cli, const struct cli_args *args)
{
    struct err err = ERR_INIT;
    AUTO(js)
    struct js *fields = js_object();
    for (size_t i = 0; args_nth(args, "field", i); i++) {
        if (put_field(fields, args_nth(args, "field", i), &err))
            return cli_problem(&err);
    }
    const char *type = args_text(args, "type");
    if (type && strcmp(doc_type_slug(doc_type_from_slug(type)), type) != 0) {
        err_set(&err, ERR_USAGE, "there is no document type %s", type);
        return cli_problem(&err);
    }
    AUTO(js)
    struct js *body = js_object();
    bool ok = js_set(body, "compared", js_bool(args_has(args, "compared"))) &&
              js_set(body, "fields", TAKE(fields)) &&
              (!type || js_set(body, "type", js_text(type)));
    if (!ok) {
        err_set(&err, ERR_NO_MEMORY, "request");
        return cli_problem(&err);
    }
    int exit_status = put_revision(cli, args, body);
    if (exit_status != CLI_DONE)
        return exit_status;
    return cli_call_on(cli, "POST", "/v1/documents/%s/confirm", args->operand[0], TAKE(body),
                       show_document);
}

int cmd_document_release(const struct cli *cli, const struct cli_args *args)
{
    AUTO(js)
    struct js *reply = NULL;
    AUTO(mem)
    char *path = cli_path("/v1/queue/%s/release", args->operand[0]);
    if (!path)
        return CLI_FAILED;
    int exit_status = cli_ask(cli, "POST", path, js_pack("{s:s}", "kind", "document"), &reply);
    return exit_status ? exit_status : cmd_document_show(cli, args);
}

int cmd_document_finish(const struct cli *cli, const struct cli_args *args)
{
    return cli_call_on(cli, "POST", "/v1/documents/%s/finish", args->operand[0], NULL,
                       show_document);
}

int cmd_document_reopen(const struct cli *cli, const struct cli_args *args)
{
    return cli_call_on(cli, "POST", "/v1/documents/%s/reopen", args->operand[0], NULL,
                       show_document);
}

/* A verb that wants one text option, sent under `key`. */
static int call_with_text(const struct cli *cli, const struct cli_args *args, const char *option,
                          const char *key, const char *path_format)
{
    const char *text = args_text(args, option);
    AUTO(js)
    struct js *body = js_object();
    if (!text || !*text || !js_set(body, key, js_text(text))) {
        struct err err = ERR_INIT;
        err_set(&err, ERR_USAGE, "--%s is missing or no UTF-8 text", option);
        return cli_problem(&err);
    }
    return cli_call_on(cli, "POST", path_format, args->operand[0], TAKE(body), show_document);
}

int cmd_document_reject(const struct cli *cli, const struct cli_args *args)
{
    return call_with_text(cli, args, "reason", "reason", "/v1/documents/%s/reject");
}

int cmd_document_split(const struct cli *cli, const struct cli_args *args)
{
    return call_with_text(cli, args, "page", "page_id", "/v1/documents/%s/split");
}

int cmd_document_join(const struct cli *cli, const struct cli_args *args)
{
    return call_with_text(cli, args, "with", "with", "/v1/documents/%s/join");
}

static void show_moved(const struct js *reply)
{
    const struct js *moved = js_at(reply, "moved");
    printf("dossier: %s\n", js_text_or(reply, "dossier_id", ""));
    for (size_t i = 0; i < js_count(moved); i++)
        printf("document: %s\n", js_text_or(js_item(moved, i), "id", ""));
}

int cmd_document_move(const struct cli *cli, const struct cli_args *args)
{
    const char *to = args_text(args, "to"), *code = args_text(args, "code");
    AUTO(js)
    struct js *body = js_pack("{s:s*, s:s*, s:b}", "dossier_id", to, "code", code, "alike",
                              args_has(args, "alike"));
    if (!to == !code || !body) {
        struct err err = ERR_INIT;
        err_set(&err, ERR_USAGE, "one of --to and --code is wanted, as UTF-8 text");
        return cli_problem(&err);
    }
    return cli_call_on(cli, "POST", "/v1/documents/%s/move", args->operand[0], TAKE(body),
                       show_moved);
}

int cmd_document_code(const struct cli *cli, const struct cli_args *args)
{
    return cli_call_on(cli, "POST", "/v1/documents/%s/code", args->operand[0],
                       js_pack("{s:s}", "code", args->operand[1]), show_document);
}

int cmd_document_replace(const struct cli *cli, const struct cli_args *args)
{
    return call_with_text(cli, args, "reason", "reason", "/v1/documents/%s/replace");
}

static int fetch_to(const struct cli *cli, const char *document, int fd)
{
    struct err err = ERR_INIT;
    AUTO(mem)
    char *path = cli_path("/v1/documents/%s/file", document);
    if (!path) {
        err_set(&err, ERR_NO_MEMORY, "path");
        return cli_problem(&err);
    }
    struct client_request request = {
        .socket_path = cli->socket_path, .method = "GET", .path = path};
    AUTO(client_answer)
    struct client_answer answer = {0};
    if (client_fetch(&request, fd, &answer, &err))
        return cli_problem(&err);
    if (answer.status == 200)
        return CLI_DONE;
    cli_print_refusal(answer.json);
    return CLI_FAILED;
}

static int file_problem(const char *name, const char *what, int number)
{
    struct err err = ERR_INIT;
    err_set_errno(&err, ERR_IO, number, "%s%s", what, name);
    return cli_problem(&err);
}

/* Beside the wanted name first, so that a broken transfer leaves no half file. */
static int fetch_beside(const struct cli *cli, const char *document, const char *name)
{
    AUTO(mem)
    char *part = mem_printf("%s.XXXXXX", name);
    AUTO(fd)
    int fd = part ? mkostemp(part, O_CLOEXEC) : -1;
    if (fd < 0)
        return file_problem(name, "cannot write beside ", errno);
    int exit_status = fetch_to(cli, document, fd);
    bool kept = exit_status == CLI_DONE && fsync(fd) == 0 && rename(part, name) == 0;
    if (exit_status == CLI_DONE && !kept)
        exit_status = file_problem(name, "", errno);
    if (!kept)
        unlink(part);
    return exit_status;
}

/* A device or a pipe stays what it is. */
static int fetch_into(const struct cli *cli, const char *document, const char *name)
{
    AUTO(fd)
    int fd = open(name, O_WRONLY | O_NOCTTY | O_CLOEXEC);
    return fd < 0 ? file_problem(name, "", errno) : fetch_to(cli, document, fd);
}

static int fetch_to_file(const struct cli *cli, const char *document, const char *name)
{
    struct stat info;
    bool there = lstat(name, &info) == 0;
    bool is_link = there && S_ISLNK(info.st_mode);
    if (!there && errno != ENOENT)
        return file_problem(name, "", errno);
    if (is_link && stat(name, &info) != 0)
        return file_problem(name, "cannot follow the link ", errno);
    if (there && S_ISDIR(info.st_mode))
        return file_problem(name, "", EISDIR);
    if (there && !S_ISREG(info.st_mode))
        return fetch_into(cli, document, name);
    AUTO(mem)
    char *target = is_link ? realpath(name, NULL) : NULL;
    if (is_link && !target)
        return file_problem(name, "cannot follow the link ", errno);
    return fetch_beside(cli, document, is_link ? target : name);
}

int cmd_document_file(const struct cli *cli, const struct cli_args *args)
{
    const char *name = args_text(args, "output");
    bool to_stdout = !name || strcmp(name, "-") == 0;
    if (!to_stdout)
        return fetch_to_file(cli, args->operand[0], name);
    if (isatty(STDOUT_FILENO)) {
        struct err err = ERR_INIT;
        err_set(&err, ERR_USAGE, "a PDF does not go to a terminal: use -o FILE");
        return cli_problem(&err);
    }
    return fetch_to(cli, args->operand[0], STDOUT_FILENO);
}
