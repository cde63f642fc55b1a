#include "daemon/base/file.h"
#include "daemon/base/mem.h"
#include "daemon/cli/client.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/show.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define POLL_US 300000

const struct cli_option cmd_model_import_options[] = {
    {"force", 0, NULL, "use it even where it tells less than the one in use"},
    {0},
};

static int failed(enum err_code code, const char *what)
{
    struct err err = ERR_INIT;
    err_set(&err, code, "%s", what);
    return cli_problem(&err);
}

/* ---- what there is ---- */

static const char *verdict_text(const char *verdict)
{
    static const struct {
        const char *verdict, *text;
    } texts[] = {
        {"used", "not worse on any paper that judges"},
        {"too-few", "not used: too few confirmed papers (20 to teach, 4 to judge by)"},
        {"no-gain", "not used: it tells no more of this station's papers"},
        {"worse-here", "not used: it tells fewer of this station's papers"},
        {"worse-elsewhere", "not used: it tells fewer of other papers"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strcmp(texts[i].verdict, verdict) == 0)
            return texts[i].text;
    return verdict;
}

static void show_pair(const struct js *figures, const char *of, const char *what)
{
    const struct js *pair = js_at(figures, of);
    if (js_int_or(pair, "new.papers", 0))
        printf(
            "  %s: %lld, right %lld (before %lld), wrong %lld (before %lld)\n", what,
            (long long)js_int_or(pair, "new.papers", 0), (long long)js_int_or(pair, "new.right", 0),
            (long long)js_int_or(pair, "old.right", 0), (long long)js_int_or(pair, "new.wrong", 0),
            (long long)js_int_or(pair, "old.wrong", 0));
}

static void show_model(const struct js *model, const char *head)
{
    const struct js *figures = js_at(model, "figures");
    printf("%s: %s, %s by %s, from %lld papers: %s%s\n", head, cli_when(model, "made_us").text,
           js_text_or(model, "origin", ""), js_text_or(model, "made_by", ""),
           (long long)js_int_or(model, "from_papers", 0),
           verdict_text(js_text_or(figures, "verdict", "")),
           js_bool_or(figures, "forced", false) ? "; used by force" : "");
    show_pair(figures, "station", "held-out papers of this station");
    show_pair(figures, "others", "made-up papers");
}

static void show_in_use(const struct js *reply)
{
    const struct js *in_use = js_at(reply, "in_use");
    if (js_is_null(in_use)) {
        puts("in use: the model that is built in");
        return;
    }
    printf("in use since %s\n", cli_when(in_use, "used_us").text);
    show_model(in_use, "in use");
    printf("  SHA-256: %s\n", js_text_or(in_use, "sha256", ""));
    if (js_has(reply, "learning.unusable"))
        printf("  it cannot be used, the one built in is: %s\n",
               js_text_or(reply, "learning.unusable.detail", ""));
}

static void show_status(const struct js *reply)
{
    const struct js *last = js_item(js_at(reply, "models"), 0);
    show_in_use(reply);
    printf("confirmed papers: %lld; since the last training %lld, of them corrected %lld\n",
           (long long)js_int_or(reply, "papers", 0), (long long)js_int_or(reply, "since.papers", 0),
           (long long)js_int_or(reply, "since.corrections", 0));
    printf("trains by itself: %s, after %lld corrections\n", js_text_or(reply, "learning.when", ""),
           (long long)js_int_or(reply, "learning.corrections_wanted", 0));
    if (last && strcmp(js_text_or(last, "id", ""), js_text_or(reply, "in_use.id", "")) != 0)
        show_model(last, "last try");
    if (js_has(reply, "learning.problem"))
        printf("last run failed: %s: %s\n", js_text_or(reply, "learning.problem.code", ""),
               js_text_or(reply, "learning.problem.detail", ""));
    if (js_has(reply, "learning.running"))
        printf("under way: %s, paper %lld of %lld\n",
               js_text_or(reply, "learning.running.phase", ""),
               (long long)js_int_or(reply, "learning.running.done", 0),
               (long long)js_int_or(reply, "learning.running.of", 0));
}

int cmd_model_status(const struct cli *cli, const struct cli_args *args)
{
    (void)args;
    return cli_call(cli, "GET", "/v1/models", NULL, show_status);
}

/* ---- runs ---- */

static void show_progress(const struct js *running)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K%s %lld/%lld", js_text_or(running, "phase", ""),
                (long long)js_int_or(running, "done", 0), (long long)js_int_or(running, "of", 0));
}

static void end_progress(void)
{
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
}

static const struct js *find_model(const struct js *reply, const char *id)
{
    const struct js *models = js_at(reply, "models");
    for (size_t i = 0; i < js_count(models); i++)
        if (strcmp(js_text_or(js_item(models, i), "id", ""), id) == 0)
            return js_item(models, i);
    return NULL;
}

static void show_result(const struct js *model)
{
    bool used = strcmp(js_text_or(model, "state", ""), "used") == 0;
    show_model(model, used ? "now in use" : "judged");
}

static int show_end(const struct cli *cli, const struct js *reply, const char *id)
{
    const struct js *model = find_model(reply, id);
    if (!model && strcmp(js_text_or(reply, "learning.problem.id", ""), id) == 0) {
        fprintf(stderr, "sohoa: %s: %s\n", js_text_or(reply, "learning.problem.code", ""),
                js_text_or(reply, "learning.problem.detail", ""));
        return CLI_FAILED;
    }
    if (!model)
        return failed(ERR_NOT_FOUND,
                      "the daemon was started anew meanwhile; the old model is in use");
    cli_answer(cli, model, show_result);
    return strcmp(js_text_or(model, "state", ""), "used") == 0 ? CLI_DONE : CLI_FAILED;
}

/* Until the run has ended; interrupted, it goes on without us. */
static int follow(const struct cli *cli, const struct js *begun)
{
    AUTO(mem) char *id = mem_strdup(js_text_or(begun, "learning.running.id", ""));
    for (;;) {
        AUTO(js) struct js *reply = NULL;
        int exit_status = cli_ask(cli, "GET", "/v1/models", NULL, &reply);
        if (exit_status || !id)
            return exit_status ? exit_status : failed(ERR_NO_MEMORY, "model");
        const struct js *running = js_at(reply, "learning.running");
        if (strcmp(js_text_or(running, "id", ""), id) != 0) {
            end_progress();
            return show_end(cli, reply, id);
        }
        show_progress(running);
        usleep(POLL_US);
    }
}

int cmd_model_train(const struct cli *cli, const struct cli_args *args)
{
    AUTO(js) struct js *begun = NULL;
    (void)args;
    int exit_status = cli_ask(cli, "POST", "/v1/models/train", NULL, &begun);
    return exit_status ? exit_status : follow(cli, begun);
}

static void show_cancelled(const struct js *reply)
{
    puts(js_bool_or(reply, "cancelled", false) ? "cancelled" : "nothing is under way");
}

int cmd_model_cancel(const struct cli *cli, const struct cli_args *args)
{
    (void)args;
    return cli_call(cli, "DELETE", "/v1/models/train", NULL, show_cancelled);
}

int cmd_model_rollback(const struct cli *cli, const struct cli_args *args)
{
    (void)args;
    return cli_call(cli, "POST", "/v1/models/rollback", NULL, show_in_use);
}

/* ---- files ---- */

int cmd_model_import(const struct cli *cli, const struct cli_args *args)
{
    struct err err = ERR_INIT;
    struct stat info;
    AUTO(js) struct js *begun = NULL;
    const char *file = args->operand[0];
    AUTO(fd) int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        err_set_errno(&err, ERR_IO, errno, "%s", file);
    else if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))
        err_set(&err, ERR_USAGE, "%s is no file", file);
    if (err.code)
        return cli_problem(&err);
    const char *path = args_has(args, "force") ? "/v1/models?force=1" : "/v1/models";
    int exit_status = cli_ask_with_file(cli, path, fd, &begun);
    return exit_status ? exit_status : follow(cli, begun);
}

static int fetch(const struct cli *cli, int to_fd)
{
    struct err err = ERR_INIT;
    __attribute__((cleanup(client_answer_auto))) struct client_answer answer = {0};
    const struct client_request request = {
        .socket_path = cli->socket_path, .method = "GET", .path = "/v1/models/file"};
    if (client_fetch(&request, to_fd, &answer, &err))
        return cli_problem(&err);
    if (answer.status == 200)
        return CLI_DONE;
    cli_print_refusal(answer.json);
    return CLI_FAILED;
}

int cmd_model_export(const struct cli *cli, const struct cli_args *args)
{
    struct err err = ERR_INIT;
    struct stat info;
    const char *name = args->operand[0];
    AUTO(fd) int fd = -1;
    AUTO(mem) char *bytes = NULL;
    size_t size;
    if (lstat(name, &info) == 0 && !S_ISREG(info.st_mode)) {
        err_set(&err, ERR_USAGE, "%s is there and is no file", name);
        return cli_problem(&err);
    }
    if (file_memfd("model", "", 0, &fd, &err))
        return cli_problem(&err);
    int exit_status = fetch(cli, fd);
    if (exit_status)
        return exit_status;
    if (file_read_fd(fd, CLIENT_ANSWER_MAX, &bytes, &size, &err) ||
        file_replace_durably(AT_FDCWD, name, bytes, size, &err))
        return cli_problem(&err);
    return CLI_DONE;
}
