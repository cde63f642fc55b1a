#include "daemon/app.h"
#include "daemon/base/log.h"
#include "daemon/base/mem.h"
#include "daemon/base/messages.h"
#include "daemon/config.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>

static const char usage_text[] =
    "usage: sohoad [--config FILE] [--state DIR] [--port N]\n"
    "\n"
    "The scanning and digitization daemon of a one-stop counter.\n"
    "\n"
    "      --config FILE  configuration (default /etc/sohoa/sohoad.conf)\n"
    "      --state DIR    database, images and sockets (default /var/lib/sohoa)\n"
    "      --port N       of the web page on 127.0.0.1, 0 takes any free one\n"
    "  -h, --help         this text\n"
    "      --version\n"
    "\n"
    "Exit status: 0 stopped on request, 1 could not start or go on, 2 usage.\n";

static enum err_code watch_signals(sd_event *loop, struct err *err)
{
    sigset_t watched;
    sigemptyset(&watched);
    sigaddset(&watched, SIGINT);
    sigaddset(&watched, SIGTERM);
    sigaddset(&watched, SIGCHLD);
    sigprocmask(SIG_BLOCK, &watched, NULL);
    signal(SIGPIPE, SIG_IGN);
    /* without a handler of their own, both end the loop */
    if (sd_event_add_signal(loop, NULL, SIGINT, NULL, NULL) < 0 ||
        sd_event_add_signal(loop, NULL, SIGTERM, NULL, NULL) < 0)
        return err_set(err, ERR_INTERNAL, "signals");
    return ERR_OK;
}

static bool parse_port(const char *text, int *out)
{
    char *end;
    long port = strtol(text, &end, 10);
    if (end == text || *end || port < 0 || port > 65535)
        return false;
    *out = (int)port;
    return true;
}

/* No core files (they would hold personal data), and as many descriptors as we may have: a document
 * of n pages goes to the composer with 2n. */
static void set_limits(void)
{
    struct rlimit limit = {0, 0};
    setrlimit(RLIMIT_CORE, &limit);
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static enum err_code serve(sd_event *loop, const struct config *config, struct err *err)
{
    struct app *app = NULL;
    char port[16];
    enum err_code code = watch_signals(loop, err);
    if (!code)
        code = app_start(loop, config, &app, err);
    if (code)
        return code;
    snprintf(port, sizeof port, "%d", app_port(app));
    log_line(LOG_LEVEL_INFO, LOG_FIELDS(LOG_FIELD("SOHOA_PORT", port)), "ready");
    sd_notify(0, "READY=1");
    int status = sd_event_loop(loop);
    sd_notify(0, "STOPPING=1");
    code = app_failed(app, err);
    app_stop(app);
    if (code)
        return code;
    return status < 0 ? err_set_errno(err, ERR_INTERNAL, -status, "event loop") : ERR_OK;
}

static int report(const struct err *err)
{
    log_err(err, NULL, message_text(err->code, MESSAGE_EN));
    return 1;
}

static int run(const struct config_options *options)
{
    struct err err = ERR_INIT;
    struct config config;
    sd_event *loop = NULL;
    if (config_load(options, &config, &err))
        return report(&err);
    enum err_code code = sd_event_default(&loop) < 0 ? err_set(&err, ERR_INTERNAL, "event loop")
                                                     : serve(loop, &config, &err);
    sd_event_unref(loop);
    config_done(&config);
    return code ? report(&err) : 0;
}

int main(int argc, char **argv)
{
    enum { OPT_CONFIG = 256, OPT_STATE, OPT_PORT, OPT_VERSION };
    static const struct option known[] = {
        {"config", required_argument, NULL, OPT_CONFIG},
        {"state", required_argument, NULL, OPT_STATE},
        {"port", required_argument, NULL, OPT_PORT},
        {"version", no_argument, NULL, OPT_VERSION},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    struct config_options options = {.port = -1};
    for (int option; (option = getopt_long(argc, argv, "h", known, NULL)) != -1;) {
        switch (option) {
        case OPT_CONFIG:
            options.file = optarg;
            break;
        case OPT_STATE:
            options.state_dir = optarg;
            break;
        case OPT_PORT:
            if (!parse_port(optarg, &options.port)) {
                fprintf(stderr, "sohoad: --port takes a number from 0 to 65535\n");
                return 2;
            }
            break;
        case OPT_VERSION:
            puts("sohoad " SOHOA_VERSION);
            return 0;
        case 'h':
            fputs(usage_text, stdout);
            return 0;
        default:
            fputs("Try 'sohoad --help'.\n", stderr);
            return 2;
        }
    }
    if (optind < argc) {
        fprintf(stderr, "sohoad: no arguments expected\nTry 'sohoad --help'.\n");
        return 2;
    }
    umask(0077);
    set_limits();
    log_open("sohoad");
    return run(&options);
}
