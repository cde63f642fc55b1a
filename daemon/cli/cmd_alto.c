#include "daemon/base/file.h"
#include "daemon/base/mem.h"
#include "daemon/cli/client.h"
#include "daemon/cli/commands.h"
#include "daemon/pipeline/alto.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The words are put together here: the daemon hands each page's out as they are stored. */

const struct cli_option cmd_document_alto_options[] = {
    {"lang", 'l', "MODELS", "what the station reads with (default vie)"},
    {"output", 'o', "FILE", "write here (default: stdout)"},
    {0},
};

struct stored_pages {
    struct document_page *item;
    size_t count;
};

static void stored_pages_auto(struct stored_pages *pages)
{
    for (size_t i = 0; i < pages->count; i++)
        fd_close(pages->item[i].words_fd);
    mem_free(pages->item);
}

static int fetch_words(const struct cli *cli, const char *page, int *out_fd)
{
    struct err err = ERR_INIT;
    AUTO(fd) int fd = -1;
    AUTO(mem) char *path = cli_path("/v1/pages/%s/words", page);
    AUTO(client_answer) struct client_answer answer = {0};
    struct client_request request = {
        .socket_path = cli->socket_path, .method = "GET", .path = path};
    enum err_code code = path ? ERR_OK : err_set(&err, ERR_NO_MEMORY, "path");
    if (!code)
        code = file_memfd("words", "", 0, &fd, &err);
    if (!code)
        code = client_fetch(&request, fd, &answer, &err);
    if (code)
        return cli_problem(&err);
    if (answer.status != 200) {
        cli_print_refusal(answer.json);
        return CLI_FAILED;
    }
    *out_fd = TAKE_FD(fd);
    return CLI_DONE;
}

/* A closer look repeats words of another page. */
static int fetch_pages(const struct cli *cli, const struct js *pages, struct stored_pages *out)
{
    out->item = mem_array(js_count(pages) + 1, sizeof *out->item);
    if (!out->item)
        return cli_problem(&(struct err){.code = ERR_NO_MEMORY});
    for (size_t i = 0; i < js_count(pages); i++) {
        const struct js *page = js_item(pages, i);
        struct document_page *place = &out->item[out->count];
        if (strcmp(js_text_or(page, "part_kind", ""), "detail") == 0)
            continue;
        *place = (struct document_page){.info = js_at(page, "info"), .words_fd = -1};
        int exit_status = fetch_words(cli, js_text_or(page, "id", ""), &place->words_fd);
        if (exit_status != CLI_DONE)
            return exit_status;
        out->count++;
    }
    return CLI_DONE;
}

static int put_out(const char *text, const char *name)
{
    struct err err = ERR_INIT;
    bool to_stdout = !name || strcmp(name, "-") == 0;
    enum err_code code = to_stdout ? file_write_all(STDOUT_FILENO, text, strlen(text), &err)
                                   : file_replace_durably(AT_FDCWD, name, text, strlen(text), &err);
    return code ? cli_problem(&err) : CLI_DONE;
}

int cmd_document_alto(const struct cli *cli, const struct cli_args *args)
{
    struct err err = ERR_INIT;
    const char *lang = args_text(args, "lang");
    AUTO(js) struct js *reply = NULL;
    AUTO(mem) char *text = NULL;
    AUTO(mem) char *path = cli_path("/v1/documents/%s", args->operand[0]);
    __attribute__((cleanup(stored_pages_auto))) struct stored_pages pages = {0};
    if (!path)
        return CLI_FAILED;
    int exit_status = cli_ask(cli, "GET", path, NULL, &reply);
    if (exit_status == CLI_DONE)
        exit_status = fetch_pages(cli, js_at(reply, "pages"), &pages);
    if (exit_status != CLI_DONE)
        return exit_status;
    if (alto_write(args->operand[0], lang ? lang : "vie", pages.item, pages.count, &text, &err))
        return cli_problem(&err);
    return put_out(text, args_text(args, "output"));
}
