#include "tests/flow/http/fake_app.h"

#include "daemon/base/file.h"
#include "daemon/base/log.h"
#include "daemon/base/mem.h"
#include "daemon/http/listen.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <systemd/sd-event.h>
#include <unistd.h>

struct app {
    sd_event *loop;
    struct http_server *server;
    struct {
        app_done_fn *done;
        void *payload;
    } never[400]; /* answered after the server is gone */
    size_t never_count;
};

struct later {
    app_done_fn *done;
    void *payload;
    struct js *ok;
};

static int answer_later(sd_event_source *source, uint64_t due_us, void *self)
{
    (void)source, (void)due_us;
    struct later *later = self;
    later->done(later->payload, later->ok, -1, NULL);
    js_free(later->ok);
    mem_free(later);
    return 0;
}

static void slowly(struct app *app, struct js *ok, app_done_fn *done, void *payload)
{
    struct later *later = mem_alloc(sizeof *later);
    *later = (struct later){done, payload, js_ref(ok)};
    sd_event_add_time_relative(app->loop, NULL, CLOCK_MONOTONIC, SLOW_MS * 1000, 0, answer_later,
                               later);
}

static void with_file(const char *op, const char *id, app_done_fn *done, void *payload)
{
    bool image = strcmp(op, "page_image") == 0;
    AUTO(js)
    struct js *ok = js_pack("{s:s, s:i}", "type", image ? "image/jpeg" : "", "size", 1);
    struct err err = ERR_INIT;
    int fd = -1, pair[2];
    if (strcmp(id, ID_PIPE) == 0 && pipe2(pair, O_CLOEXEC) == 0) {
        close(pair[1]);
        fd = pair[0];
    } else {
        static char bytes[300000];
        memset(bytes, 'p', sizeof bytes);
        memcpy(bytes, image ? "\xff\xd8\xff" : "%PDF-1.7", 3);
        file_memfd("fake", bytes, sizeof bytes, &fd, &err);
    }
    done(payload, ok, fd, NULL);
}

static void publish(struct app *app, int64_t count)
{
    for (int64_t n = 1; n <= count; n++) {
        AUTO(js)
        struct js *data = js_pack("{s:I}", "n", n);
        http_event(app->server, "changed", data);
    }
}

static void store(struct app *app, const char *op, struct js *args, app_done_fn *done,
                  void *payload)
{
    AUTO(js)
    struct js *owned = args;
    AUTO(js)
    struct js *ok = js_pack("{s:s, s:O}", "op", op, "args", owned);
    const char *id = js_text_or(owned, "id", "");
    struct err err = ERR_INIT;
    if (strcmp(op, "dossier_create") == 0)
        publish(app, js_int_or(owned, "papers", 0));
    if (strcmp(op, "page_image") == 0 || strcmp(op, "document_file") == 0) {
        with_file(op, id, done, payload);
    } else if (strcmp(id, ID_SLOW) == 0) {
        slowly(app, ok, done, payload);
    } else if (strcmp(id, ID_GONE) == 0) {
        err_set(&err, ERR_NOT_FOUND, "no such row");
        done(payload, NULL, -1, &err);
    } else if (strcmp(id, ID_NEVER) == 0) {
        app->never[app->never_count].done = done;
        app->never[app->never_count++].payload = payload;
    } else {
        done(payload, ok, -1, NULL);
    }
}

static void echo(const char *what, struct js *args, const struct principal *who, app_done_fn *done,
                 void *payload)
{
    AUTO(js)
    struct js *owned = args;
    js_remove(owned, "password");
    AUTO(js)
    struct js *ok =
        js_pack("{s:s, s:O, s:s}", "what", what, "args", owned, "who", who ? who->id : "");
    done(payload, ok, -1, NULL);
}

static void devices(struct app *app, const char *verb, const char *device, struct js *args,
                    const struct principal *who, app_done_fn *done, void *payload)
{
    (void)app;
    struct js *told = js_pack("{s:s, s:s?, s:O?}", "verb", verb, "device", device, "args", args);
    js_free(args);
    echo("devices", told, who, done, payload);
}

static void scan(struct app *app, const char *dossier_id, struct js *args,
                 const struct principal *who, app_done_fn *done, void *payload)
{
    (void)app, (void)dossier_id;
    echo("scan", args, who, done, payload);
}

static void job(struct app *app, const char *verb, const char *job_id, const struct principal *who,
                app_done_fn *done, void *payload)
{
    (void)app;
    echo("job", js_pack("{s:s, s:s}", "id", job_id, "verb", verb), who, done, payload);
}

static void preview(struct app *app, const char *job_id, int64_t from, app_done_fn *done,
                    void *payload)
{
    (void)app;
    echo("preview", js_pack("{s:s, s:I}", "id", job_id, "from", from), NULL, done, payload);
}

static void signer(struct app *app, const char *verb, struct js *args, const struct principal *who,
                   app_done_fn *done, void *payload)
{
    (void)app;
    echo(verb, args, who, done, payload);
}

static void sync_all(struct app *app, struct js *args, const struct principal *who,
                     app_done_fn *done, void *payload)
{
    (void)app;
    echo("sync", args, who, done, payload);
}

static void imports(struct app *app, const char *verb, const char *name, struct js *args,
                    const struct principal *who, app_done_fn *done, void *payload)
{
    (void)app;
    struct js *told = js_pack("{s:s, s:s?, s:O?}", "verb", verb, "name", name, "args", args);
    js_free(args);
    echo("imports", told, who, done, payload);
}

static void upload(struct app *app, struct js *args, int file, const struct principal *who,
                   app_done_fn *done, void *payload)
{
    (void)app;
    struct stat info = {0};
    struct js *told = fstat(file, &info) == 0
                          ? js_pack("{s:O, s:I}", "args", args, "size_bytes", (int64_t)info.st_size)
                          : NULL;
    fd_close(file);
    js_free(args);
    echo("upload", told, who, done, payload);
}

static void joined(struct app *app, const char *page_id, const struct principal *who,
                   app_done_fn *done, void *payload)
{
    (void)app, (void)who;
    with_file("page_image", page_id, done, payload);
}

static void catalog(struct app *app, struct js *args, int file, const struct principal *who,
                    app_done_fn *done, void *payload)
{
    (void)app;
    fd_close(file);
    echo("catalog", args, who, done, payload);
}

static void registers(struct app *app, const char *verb, const char *folder, struct js *args,
                      int file, const struct principal *who, app_done_fn *done, void *payload)
{
    (void)app;
    struct js *told = js_pack("{s:s, s:s, s:O?}", "verb", verb, "folder", folder, "args", args);
    fd_close(file);
    js_free(args);
    echo("registers", told, who, done, payload);
}

static void models(struct app *app, const char *verb, struct js *args, int file,
                   const struct principal *who, app_done_fn *done, void *payload)
{
    (void)app;
    struct js *told = js_pack("{s:s, s:O?}", "verb", verb, "args", args);
    fd_close(file);
    js_free(args);
    echo("models", told, who, done, payload);
}

static void look_up(struct app *app, const char *verb, const char *dossier_id, struct js *args,
                    const struct principal *who, app_done_fn *done, void *payload)
{
    (void)app;
    struct js *told = js_pack("{s:s, s:s, s:O?}", "verb", verb, "id", dossier_id, "args", args);
    js_free(args);
    echo("look_up", told, who, done, payload);
}

static void reconciles(struct app *app, const char *verb, struct js *args,
                       const struct principal *who, app_done_fn *done, void *payload)
{
    (void)app;
    struct js *told = js_pack("{s:s, s:O?}", "verb", verb, "args", args);
    js_free(args);
    echo("reconciles", told, who, done, payload);
}

static void sticks(struct app *app, const char *verb, struct js *args, const struct principal *who,
                   app_done_fn *done, void *payload)
{
    (void)app;
    struct js *told = js_pack("{s:s, s:O?}", "verb", verb, "args", args);
    js_free(args);
    echo("sticks", told, who, done, payload);
}

static void watch(struct app *app, const char *verb, struct js *args, const struct principal *who,
                  app_done_fn *done, void *payload)
{
    (void)app;
    AUTO(js) struct js *metrics = js_pack("{s:s}", "text", "sohoa_alarms 0\n");
    struct js *told = js_pack("{s:s, s:O?}", "verb", verb, "args", args);
    js_free(args);
    if (strcmp(verb, "metrics") != 0) {
        echo("watch", told, who, done, payload);
        return;
    }
    js_free(told);
    done(payload, metrics, -1, NULL);
}

static long resident_kb(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file && fscanf(file, "%*d %ld", &pages) != 1)
        pages = 0;
    if (file)
        fclose(file);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void status(struct app *app, app_done_fn *done, void *payload)
{
    (void)app;
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    long cpu_ms = (use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1000 +
                  (use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1000;
    AUTO(js)
    struct js *ok = js_pack("{s:i, s:i}", "rss_kb", (int)resident_kb(), "cpu_ms", (int)cpu_ms);
    done(payload, ok, -1, NULL);
}

static void sync_show(struct app *app, app_done_fn *done, void *payload)
{
    (void)app;
    AUTO(js)
    struct js *ok = js_pack("{s:[]}", "transfers");
    done(payload, ok, -1, NULL);
}

static int run(const struct fake_server *at, struct http_limits limits, int unix_fd, int tcp_fd)
{
    static const struct app_calls calls = {
        .store = store,
        .devices = devices,
        .scan = scan,
        .job = job,
        .preview = preview,
        .signer = signer,
        .sync = sync_all,
        .status = status,
        .imports = imports,
        .upload = upload,
        .joined = joined,
        .catalog = catalog,
        .registers = registers,
        .look_up = look_up,
        .models = models,
        .sync_show = sync_show,
        .watch = watch,
        .reconciles = reconciles,
        .sticks = sticks,
    };
    struct err err = ERR_INIT;
    struct app app = {0};
    log_open("sohoad");
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM);
    sigprocmask(SIG_BLOCK, &ending, NULL);
    struct http_config config = {.unix_fd = unix_fd,
                                 .tcp_fd = tcp_fd,
                                 .web_dir = at->web_dir,
                                 .calls = &calls,
                                 .app = &app,
                                 .limits = limits};
    if (sd_event_new(&app.loop) < 0)
        return 3;
    config.loop = app.loop;
    sd_event_add_signal(app.loop, NULL, SIGTERM, NULL, NULL);
    if (http_server_new(&config, &app.server, &err)) {
        log_err(&err, NULL, "server");
        return 4;
    }
    sd_event_loop(app.loop);
    http_server_free(app.server);
    err_set(&err, ERR_CANCELLED, "the daemon ends");
    for (size_t i = 0; i < app.never_count; i++)
        app.never[i].done(app.never[i].payload, NULL, -1, &err);
    sd_event_unref(app.loop);
    return 0;
}

static void write_web_page(const char *folder)
{
    static const struct {
        const char *name, *text;
    } files[] = {
        {"index.html", "<!doctype html><sohoa-app></sohoa-app>\n"},
        {"app.js", "export const page = 1;\n"},
        {"secret.key", "not for the web\n"},
    };
    char path[200];
    mkdir(folder, 0755);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i].name);
        FILE *file = fopen(path, "w");
        fputs(files[i].text, file);
        fclose(file);
    }
    snprintf(path, sizeof path, "%s/out.js", folder);
    if (symlink("/etc/hostname", path) < 0)
        abort();
}

void fake_server_start(struct fake_server *server, struct http_limits limits)
{
    struct err err = ERR_INIT;
    int unix_fd = -1, tcp_fd = -1;
    *server = (struct fake_server){.folder = "/tmp/sohoa-http-XXXXXX"};
    if (!mkdtemp(server->folder) || chmod(server->folder, 0755) < 0)
        abort();
    snprintf(server->socket_path, sizeof server->socket_path, "%s/sohoad.sock", server->folder);
    snprintf(server->web_dir, sizeof server->web_dir, "%s/web", server->folder);
    snprintf(server->log_path, sizeof server->log_path, "%s/log", server->folder);
    write_web_page(server->web_dir);
    if (listen_unix(server->socket_path, 0666, &unix_fd, &err) ||
        listen_loopback(0, &tcp_fd, &server->port, &err)) {
        fprintf(stderr, "%s\n", err.detail);
        abort();
    }
    server->pid = fork();
    if (server->pid == 0) { /* a fault ends it, it does not fail the case here as well */
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        signal(SIGSEGV, SIG_DFL);
        signal(SIGABRT, SIG_DFL);
        int log = open(server->log_path, O_CREAT | O_WRONLY | O_APPEND, 0600);
        dup2(log, STDERR_FILENO);
        exit(run(server, limits, unix_fd, tcp_fd));
    }
    close(unix_fd);
    close(tcp_fd);
}

static void remove_all(const struct fake_server *server)
{
    static const char *const names[] = {"web/index.html", "web/app.js",  "web/secret.key",
                                        "web/out.js",     "sohoad.sock", "log"};
    char path[200];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", server->folder, names[i]);
        unlink(path);
    }
    rmdir(server->web_dir);
    rmdir(server->folder);
}

int fake_server_stop(struct fake_server *server)
{
    int how = -1;
    kill(server->pid, SIGTERM);
    waitpid(server->pid, &how, 0);
    if (how != 0) {
        char line[500];
        FILE *log = fopen(server->log_path, "r");
        while (log && fgets(line, sizeof line, log))
            fputs(line, stderr);
        if (log)
            fclose(log);
    }
    remove_all(server);
    return how;
}
