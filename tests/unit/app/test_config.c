#include "tests/harness/test.h"

#include "daemon/base/file.h"
#include "daemon/base/mem.h"
#include "daemon/config.h"
#include "daemon/config_role.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* As openssl prints it. */
#define FINGERPRINT                                                                                \
    "2F:0A:AB:2F:0A:AB:2F:0A:AB:2F:0A:AB:2F:0A:AB:2F:0A:AB:2F:0A:AB:2F:0A:AB:2F:0A:AB:2F:0A:AB:"   \
    "01:02"

struct fixture {
    char *folder, *file;
    struct config config;
    struct err err;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    unsetenv("RUNTIME_DIRECTORY");
    f->folder = test_make_folder();
    f->file = mem_printf("%s/sohoad.conf", f->folder);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    config_done(&f->config);
    mem_free(f->file);
    test_remove_folder(f->folder);
    free(f);
    return 0;
}

static enum err_code load_with(struct fixture *f, const char *text, const char *state_dir, int port)
{
    struct config_options options = {.file = f->file, .state_dir = state_dir, .port = port};
    config_done(&f->config);
    f->err = ERR_INIT;
    assert_int_equal(file_replace_durably(AT_FDCWD, f->file, text, strlen(text), NULL), ERR_OK);
    return config_load(&options, &f->config, &f->err);
}

static enum err_code load(struct fixture *f, const char *text)
{
    return load_with(f, text, NULL, -1);
}

static void an_empty_file_gives_the_defaults(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(load(f, ""), ERR_OK);
    const struct config *c = &f->config;
    assert_string_equal(c->state_dir, "/var/lib/sohoa");
    assert_string_equal(c->socket_path, "/var/lib/sohoa/run/sohoad.sock");
    assert_int_equal(c->port, 8443);
    assert_string_equal(c->worker_dir, SOHOA_BINARY_DIR "/tests"); /* this program's folder */
    assert_string_equal(c->web_dir, SOHOA_BINARY_DIR "/tests/../share/sohoa/web");
    assert_string_equal(c->scanner, "");
    assert_string_equal(c->copier, "");
    assert_string_equal(c->signer_p12, "");
    assert_string_equal(c->code_template, "");
    assert_string_equal(c->component_code_template, "");
    assert_false(c->codes_are_provisional);
    assert_string_equal(c->unknown_validity, "unknown");
    assert_string_equal(c->lang, "vie");
    assert_int_equal(c->ocr_workers, 2);
    assert_int_equal(c->page_seconds, 180);
    assert_int_equal(c->reserve_mb, 200);
    assert_int_equal(c->secret_wait_min, 15);
    assert_int_equal(c->signer_idle_min, 60);
    assert_int_equal(c->alarm.age_h[ALARM_AGE_delivery_queued], 36);
    assert_int_equal(c->alarm.age_h[ALARM_AGE_document_read], 72);
    assert_int_equal(c->alarm.not_accepted_days, 2);
    assert_int_equal(c->alarm.not_reconciled_days, 5);
    assert_int_equal(c->alarm.disk_days, 14);
    assert_int_equal(c->alarm.days.off_count, 0);
    assert_int_equal(c->learn_limits.when, LEARN_NIGHT);
    assert_int_equal(c->learn_limits.corrections, 20);
    assert_int_equal(c->learn_limits.idle_min, 10);
    assert_false(c->schedule.has_window); /* a fresh station delivers at once */
    assert_true(c->schedule.day_trickles);
    assert_int_equal(c->schedule.day_jobs, 1);
    assert_int_equal(c->schedule.nights, 3);
    assert_int_equal(c->schedule.power_off_min, -1);
    assert_int_equal(js_count(c->targets), 0);
    assert_int_equal(js_count(c->imports), 0);
    assert_int_equal(js_count(c->buttons), 0);
    assert_int_equal(c->scan_limits.buttons, BUTTONS_PAGE);
    assert_int_equal(c->scan_limits.lease_idle_ms, 120000);
}

static void every_option_is_taken(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(load(f,
                          "# a site\n"
                          "state_dir = \"/srv/sohoa\"\n"
                          "socket = \"/run/sohoa.sock\"\n"
                          "socket_group = \"clerks\"\n"
                          "port = 0\n"
                          "worker_dir = \"/opt/workers\"\n"
                          "web_dir = \"/opt/web\"\n"
                          "scanner = \"sohoasim:counter\"\n"
                          "copier = \"Trần Thị Thử\"\n"
                          "signer_p12 = \"/etc/sohoa/signer.p12\"\n"
                          "code_template = \"KQ.{dossier}.{seq:03}\"\n"
                          "component_code_template = \"TP.{paper}.{seq}\"\n"
                          "code_from = \"server\"\n"
                          "unknown_validity = \"\"\n"
                          "lang = \"vie+eng\"\n"
                          "ocr_workers = 8\n"
                          "page_seconds = 20\n"
                          "reserve_mb = 0\n"
                          "secret_wait_min = 60\n"
                          "signer_idle_min = 0\n"
                          "scan { lease_idle_ms = 9 buttons = \"always\" }\n"
                          "learn { when = \"never\" corrections = 3 idle_min = 0 }\n"
                          "schedule { window = \"18:30-06:00\" day = \"urgent\" day_jobs = 2\n"
                          "    nights = 5 power_off_at = \"19:20\" }\n"
                          "alarm { delivery_queued_h = 48 page_held_h = 0 not_accepted_days = 4 "
                          "days_off = {\"2027-02-05\", \"2027-02-08\"} }\n"
                          "buttons \"pixma/*\" { button = {\"scan\", \"copy\"} "
                          "press = {\"message=go\"} nothing = {\"power\"} }\n"
                          "target \"warehouse\" { kind = \"dir\" path = \"/mnt/kho\" }\n"
                          "target \"second\" { path = \"/mnt/kho2\" }\n"
                          "target \"store\" { kind = \"s3\" endpoint = \"http://127.0.0.1:7480\" "
                          "bucket = \"kho\" secret_file = \"/etc/s\" prefix = \"xa/\" "
                          "role = \"owner\" handover = \"held\" withdraw = \"remove\" "
                          "agency_certificates = {\"" FINGERPRINT "\"} }\n"
                          "import \"copier\" { path = \"/srv/copier\" }\n"
                          "import \"years\" { path = \"/mnt/old\" kind = \"backlog\" "
                          "interval_s = 5 share = true }\n"),
                     ERR_OK);
    const struct config *c = &f->config;
    assert_string_equal(c->state_dir, "/srv/sohoa");
    assert_string_equal(c->socket_path, "/run/sohoa.sock");
    assert_string_equal(c->socket_group, "clerks");
    assert_int_equal(c->port, 0);
    assert_string_equal(c->worker_dir, "/opt/workers");
    assert_string_equal(c->web_dir, "/opt/web");
    assert_string_equal(c->scanner, "sohoasim:counter");
    assert_string_equal(c->copier, "Trần Thị Thử");
    assert_string_equal(c->signer_p12, "/etc/sohoa/signer.p12");
    assert_string_equal(c->code_template, "KQ.{dossier}.{seq:03}");
    assert_string_equal(c->component_code_template, "TP.{paper}.{seq}");
    assert_true(c->codes_are_provisional);
    assert_string_equal(c->unknown_validity, "");
    assert_string_equal(c->lang, "vie+eng");
    assert_int_equal(c->ocr_workers, 8);
    assert_int_equal(c->page_seconds, 20);
    assert_int_equal(c->reserve_mb, 0);
    assert_int_equal(c->secret_wait_min, 60);
    assert_int_equal(c->signer_idle_min, 0);
    assert_int_equal(c->alarm.age_h[ALARM_AGE_delivery_queued], 48);
    assert_int_equal(c->alarm.age_h[ALARM_AGE_page_held], 0);
    assert_int_equal(c->alarm.not_accepted_days, 4);
    assert_int_equal(c->alarm.days.off_count, 2);
    assert_int_equal(c->alarm.days.off[1], 20270208);
    assert_int_equal(c->learn_limits.when, LEARN_NEVER);
    assert_int_equal(c->learn_limits.corrections, 3);
    assert_int_equal(c->learn_limits.idle_min, 0);
    assert_true(c->schedule.has_window);
    assert_int_equal(c->schedule.from_min, 18 * 60 + 30);
    assert_int_equal(c->schedule.to_min, 6 * 60);
    assert_false(c->schedule.day_trickles);
    assert_int_equal(c->schedule.day_jobs, 2);
    assert_int_equal(c->schedule.nights, 5);
    assert_int_equal(c->schedule.power_off_min, 19 * 60 + 20);
    assert_int_equal(c->scan_limits.lease_idle_ms, 9);
    assert_int_equal(c->scan_limits.buttons, BUTTONS_ALWAYS);
    AUTO(mem) char *buttons = js_dump(c->buttons);
    assert_string_equal(buttons, "[{\"identity\":\"pixma/*\",\"rules\":["
                                 "{\"option\":\"scan\",\"kind\":\"button\"},"
                                 "{\"option\":\"copy\",\"kind\":\"button\"},"
                                 "{\"option\":\"message\",\"kind\":\"press\",\"value\":\"go\"},"
                                 "{\"option\":\"power\",\"kind\":\"nothing\"}]}]");
    assert_int_equal(js_count(c->targets), 3);
    assert_string_equal(js_text_or(c->targets, "[2].prefix", ""), "xa/");
    assert_string_equal(js_text_or(c->targets, "[2].region", ""), "us-east-1");
    assert_int_equal(js_int_or(c->targets, "[2].idle_s", 0), 60);
    assert_string_equal(js_text_or(c->targets, "[2].role", ""), "owner");
    assert_string_equal(js_text_or(c->targets, "[2].handover", ""), "held");
    assert_string_equal(js_text_or(c->targets, "[2].withdraw", ""), "remove");
    assert_string_equal(js_text_or(c->targets, "[2].agency_certificates[0]", ""),
                        "2f0aab2f0aab2f0aab2f0aab2f0aab2f0aab2f0aab2f0aab2f0aab2f0aab0102");
    assert_string_equal(js_text_or(c->targets, "[0].role", ""), "system");
    assert_string_equal(js_text_or(c->targets, "[0].handover", ""), "none");
    assert_string_equal(js_text_or(c->targets, "[0].withdraw", ""), "keep");
    assert_false(js_has(c->targets, "[2].path") || js_has(c->targets, "[2].proxy"));
    assert_string_equal(js_text_or(c->targets, "[0].name", ""), "warehouse");
    assert_string_equal(js_text_or(c->targets, "[0].path", ""), "/mnt/kho");
    assert_string_equal(js_text_or(c->targets, "[1].name", ""), "second");
    assert_string_equal(js_text_or(c->targets, "[1].kind", ""), "dir");
    assert_string_equal(js_text_or(c->imports, "[0].kind", ""), "watch");
    assert_string_equal(js_text_or(c->imports, "[0].papers", ""), "file");
    assert_int_equal(js_int_or(c->imports, "[0].interval_s", 0), 30);
    assert_false(js_bool_or(c->imports, "[0].share", true));
    assert_string_equal(js_text_or(c->imports, "[1].name", ""), "years");
    assert_string_equal(js_text_or(c->imports, "[1].path", ""), "/mnt/old");
    assert_string_equal(js_text_or(c->imports, "[1].kind", ""), "backlog");
    assert_int_equal(js_int_or(c->imports, "[1].interval_s", 0), 5);
    assert_true(js_bool_or(c->imports, "[1].share", false));
}

static void a_receiver_behind_http_has_its_mapping_and_the_stations_constants(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(load(f, "target \"portal\" { kind = \"http\" endpoint = "
                             "\"https://api.tinh.vn\" mapping = \"/etc/m.json\" constants = "
                             "{\"agency=H99\", \"unit=UBND xã = Ví Dụ\"} }\n"),
                     ERR_OK);
    const struct js *target = js_at(f->config.targets, "[0]");
    assert_string_equal(js_text_or(target, "kind", ""), "http");
    assert_string_equal(js_text_or(target, "mapping", ""), "/etc/m.json");
    assert_string_equal(js_text_or(target, "constants.agency", ""), "H99");
    assert_string_equal(js_text_or(target, "constants.unit", ""), "UBND xã = Ví Dụ");
    assert_false(js_has(target, "secret_file"));
    assert_int_equal(js_int_or(target, "idle_s", 0), 60);
}

#define PORTAL(name)                                                                               \
    "target \"" name "\" { kind = \"http\" endpoint = \"https://k\" mapping = \"/m\" role = "      \
    "\"source\" }\n"

static void those_who_are_asked_are_targets_in_their_order(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(load(f, PORTAL("kho")
                                 PORTAL("cong") "look_up { targets = {\"cong\", \"kho\"} labels = "
                                                "{\"kho=Kho tỉnh = chính\"} national = {\"cong\"} "
                                                "timeout_s = 2 wait_days = 9 asker_id = \"1\" }\n"
                                                "code_from = \"server\"\ncode_target = \"kho\"\n"),
                     ERR_OK);
    const struct js *look_up = f->config.look_up;
    assert_string_equal(js_text_or(look_up, "sources[0].name", ""), "cong");
    assert_string_equal(js_text_or(look_up, "sources[0].label", ""), "cong");
    assert_true(js_bool_or(look_up, "sources[0].national", false));
    assert_string_equal(js_text_or(look_up, "sources[1].label", ""), "Kho tỉnh = chính");
    assert_false(js_bool_or(look_up, "sources[1].national", true));
    assert_int_equal(js_int_or(look_up, "timeout_s", 0), 2);
    assert_int_equal(js_int_or(look_up, "cache_days", 0), 7);
    assert_int_equal(js_int_or(look_up, "wait_days", 0), 9);
    assert_string_equal(js_text_or(look_up, "asker_id", ""), "1");
    assert_string_equal(f->config.code_target, "kho");
    assert_false(config_role_takes_records(js_at(f->config.targets, "[0]")));
    assert_int_equal(load(f, "port = 0\n"), ERR_OK);
    assert_int_equal(js_count(js_at(f->config.look_up, "sources")), 0);
}

static void the_socket_lies_in_the_runtime_folder_else_with_the_state(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(load(f, "state_dir = \"/srv/sohoa\"\n"), ERR_OK);
    assert_string_equal(f->config.socket_path, "/srv/sohoa/run/sohoad.sock");
    setenv("RUNTIME_DIRECTORY", "/run/sohoa", 1); /* as a service */
    assert_int_equal(load(f, "state_dir = \"/srv/sohoa\"\n"), ERR_OK);
    assert_string_equal(f->config.socket_path, "/run/sohoa/sohoad.sock");
    assert_int_equal(load(f, "socket = \"/run/own.sock\"\n"), ERR_OK);
    assert_string_equal(f->config.socket_path, "/run/own.sock");
    unsetenv("RUNTIME_DIRECTORY");
}

static void the_command_line_goes_before_the_file(void **state)
{
    struct fixture *f = *state;
    const char *text = "state_dir = \"/srv/sohoa\"\nport = 1000\n";
    assert_int_equal(load_with(f, text, "/tmp/other", 0), ERR_OK);
    assert_string_equal(f->config.state_dir, "/tmp/other");
    assert_string_equal(f->config.socket_path, "/tmp/other/run/sohoad.sock");
    assert_int_equal(f->config.port, 0);
}

/* What is refused, and what the message names. */
static void mistakes_are_refused_and_named(void **state)
{
    static const struct {
        const char *text, *named;
    } cases[] = {
        {"port = 1\nprot = 2\n", "sohoad.conf:2: "},
        {"port = 1\nprot = 2\n", "prot"},
        {"\n\nport = many\n", "sohoad.conf:3: "},
        {"ocr_workers 2\n", "sohoad.conf:1: "},
        {"copier = \"never closed\n", "sohoad.conf:"},
        {"target \"warehouse\" { path = \"/mnt\" user = \"x\" }\n", "user"},
        {"target { path = \"/mnt\" }\n", "sohoad.conf:1: "},
        {"target \"a\" { path = \"/x\" }\ntarget \"a\" { path = \"/y\" }\n", "sohoad.conf:2: "},
        {"target \"a\" { kind = \"ftp\" path = \"/x\" }\n",
         "sohoad.conf:1: target 'a': kind 'ftp'"},
        {"target \"a\" { path = \"kho\" }\n", "target 'a': path"},
        {"target \"a\" { path = \"/x\" role = \"mayor\" }\n", "role 'mayor'"},
        {"target \"a\" { path = \"/x\" handover = \"late\" }\n", "handover 'late'"},
        {"target \"a\" { path = \"/x\" withdraw = \"burn\" }\n", "withdraw 'burn'"},
        {"target \"a\" { path = \"/x\" role = \"owner\" }\n", "agency_certificates is missing"},
        {"target \"a\" { path = \"/x\" agency_certificates = {\"" FINGERPRINT "\"} }\n",
         "agency_certificates goes with"},
        {"target \"a\" { path = \"/x\" role = \"owner\" agency_certificates = {\"UBND\"} }\n",
         "no SHA-256"},
        {"target \"a\" { }\n", "target 'a': path"},
        {"target \"a\" { kind = \"s3\" bucket = \"b\" secret_file = \"/s\" }\n",
         "target 'a': endpoint is missing"},
        {"target \"a\" { kind = \"s3\" endpoint = \"kho.vn\" bucket = \"b\" secret_file = \"/s\" "
         "}\n",
         "target 'a': endpoint is not http://"},
        {"target \"a\" { kind = \"s3\" endpoint = \"http://k/\" bucket = \"b\" secret_file = "
         "\"/s\" }\n",
         "target 'a': endpoint ends with '/'"},
        {"target \"a\" { kind = \"s3\" endpoint = \"http://k\" bucket = \"b\" secret_file = \"s\" "
         "}\n",
         "target 'a': secret_file is not absolute"},
        {"target \"a\" { kind = \"s3\" endpoint = \"http://k\" bucket = \"b\" secret_file = \"/s\" "
         "idle_s = 0 }\n",
         "target 'a': idle_s 0"},
        {"target \"a\" { kind = \"http\" mapping = \"/m\" }\n", "target 'a': endpoint is missing"},
        {"target \"a\" { kind = \"http\" endpoint = \"https://k\" }\n",
         "target 'a': mapping is missing"},
        {"target \"a\" { kind = \"http\" endpoint = \"https://k\" mapping = \"m.json\" }\n",
         "target 'a': mapping is not absolute"},
        {"target \"a\" { kind = \"http\" endpoint = \"https://k\" mapping = \"/m\" constants = "
         "{\"agency\"} }\n",
         "target 'a': constants: 'agency' is not \"name=value\""},
        {"upload_jobs = 17\n", "upload_jobs"},
        {"\nimport \"a b\" { path = \"/x\" }\n", "sohoad.conf:2: import 'a b': a name"},
        {"import \"a\" { path = \"old\" }\n", "import 'a': path"},
        {"import \"a\" { }\n", "import 'a': path"},
        {"import \"a\" { path = \"/x\" kind = \"mail\" }\n", "import 'a': kind 'mail'"},
        {"import \"upload\" { path = \"/x\" }\n", "import 'upload': a name"},
        {"import \"a\" { path = \"/x\" kind = \"scan\" feed_idle_s = 9 }\n", "feed_idle_s 9"},
        {"upload_max_mb = 0\n", "upload_max_mb 0"},
        {"import \"a\" { path = \"/x\" interval_s = 0 }\n", "import 'a': interval_s 0"},
        {"import \"a\" { path = \"/x\" papers = \"pile\" }\n", "import 'a': papers 'pile'"},
        {"import \"a\" { path = \"/x\" }\nimport \"a\" { path = \"/y\" }\n", "sohoad.conf:2: "},
        {"alarm { delivery_queued_h = -1 }\n", "alarm: delivery_queued_h -1"},
        {"alarm { page_held_h = 10001 }\n", "alarm: page_held_h 10001"},
        {"alarm { delivery_lost_h = 1 }\n", "delivery_lost_h"},
        {"alarm { disk_days = 366 }\n", "alarm: disk_days 366"},
        {"alarm { days_off = {\"2027-02-30\"} }\n", "alarm: days_off '2027-02-30'"},
        {"alarm { days_off = {\"2027-02-05\", \"Tết\"} }\n", "alarm: days_off 'T"},
        {"look_up { targets = {\"kho\"} }\n", "look_up: 'kho' is no target"},
        {"target \"a\" { path = \"/x\" }\nlook_up { targets = {\"a\"} }\n",
         "look_up: target 'a' of kind dir answers no questions"},
        {"look_up { timeout_s = 0 }\n", "look_up: timeout_s 0"},
        {"look_up { cache_days = 366 }\n", "look_up: cache_days 366"},
        {"look_up { wait_days = 0 }\n", "look_up: wait_days 0"},
        {"look_up { labels = {\"kho\"} }\n", "look_up: labels 'kho'"},
        {"code_target = \"kho\"\n", "code_target goes with"},
        {"code_from = \"server\"\ncode_target = \"kho\"\n", "code_target 'kho' is no target"},
        {"learn { when = \"day\" }\n", "learn: when 'day'"},
        {"learn { corrections = 0 }\n", "learn: corrections 0"},
        {"learn { idle_min = 1441 }\n", "learn: idle_min 1441"},
        {"schedule { window = \"night\" }\n", "schedule: window 'night'"},
        {"schedule { window = \"18:30-18:30\" }\n", "schedule: window '18:30-18:30'"},
        {"schedule { day = \"never\" }\n", "schedule: day 'never'"},
        {"schedule { day_jobs = 0 }\n", "schedule: day_jobs 0"},
        {"schedule { nights = 366 }\n", "schedule: nights 366"},
        {"schedule { power_off_at = \"19h20\" }\n", "schedule: power_off_at '19h20'"},
        {"target \"a\" { path = \"/srv\" rate_kbps = -1 }\n", "target 'a': rate_kbps -1"},
        {"target \"a\" { path = \"/srv\" day_rate_kbps = 10000001 }\n",
         "target 'a': day_rate_kbps 10000001"},
        {"scan { buttons = \"never\" }\n", "scan: buttons 'never'"},
        {"buttons \"a\" { button = {\"\"} }\n", "buttons 'a': ''"},
        {"buttons \"a\" { press = {\"scan\", \"message=\"} }\n", "buttons 'a': 'message='"},
        {"buttons \"a\" { lever = {\"scan\"} }\n", "lever"},
        {"state_dir = \"srv/sohoa\"\n", "state_dir 'srv/sohoa'"},
        {"state_dir = \"\"\n", "state_dir"},
        {"port = -1\n", "port -1"},
        {"\nport = 65536\n", "sohoad.conf:2: port 65536"},
        {"ocr_workers = 0\n", "ocr_workers"},
        {"ocr_workers = 9\n", "ocr_workers"},
        {"page_seconds = 0\n", "page_seconds"},
        {"page_seconds = 1201\n", "page_seconds"},
        {"reserve_mb = -1\n", "reserve_mb"},
        {"secret_wait_min = 0\n", "secret_wait_min"},
        {"signer_idle_min = -5\n", "signer_idle_min"},
        {"port = 4294967297\n", "port"},
        {"ocr_workers = 4294967298\n", "ocr_workers"},
        {"signer_idle_min = 40000000000\n", "signer_idle_min"},
        {"\nlang = \"xyz\"\n", "sohoad.conf:2: lang 'xyz': install tesseract-ocr-xyz, "},
        {"lang = \"vie+no_such\"\n", "install tesseract-ocr-no-such, "},
        {"lang = \"xyz\"\n", "/xyz.traineddata' is missing"},
        {"lang = \"\"\n", "lang ''"},
        {"lang = \"vie+\"\n", "lang 'vie+'"},
        {"lang = \"../vie\"\n", "lang '../vie'"},
    };
    struct fixture *f = *state;
    bool wrong = false;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        enum err_code code = load(f, cases[i].text);
        bool named = strstr(f->err.detail, cases[i].named);
        if (code != ERR_BAD_CONFIG || !named)
            printf("%s→ %s: %s\n", cases[i].text, err_name(code), f->err.detail);
        wrong |= code != ERR_BAD_CONFIG || !named || f->config.state_dir;
    }
    assert_false(wrong);
}

static void the_model_of_the_default_language_must_be_there(void **state)
{
    struct fixture *f = *state;
    setenv("TESSDATA_PREFIX", f->folder, 1);
    enum err_code without = load(f, "");
    char detail[sizeof f->err.detail];
    strcpy(detail, f->err.detail);
    AUTO(mem) char *model = mem_printf("%s/vie.traineddata", f->folder);
    assert_int_equal(file_replace_durably(AT_FDCWD, model, "", 0, NULL), ERR_OK);
    enum err_code with = load(f, "");
    unsetenv("TESSDATA_PREFIX");
    assert_int_equal(without, ERR_BAD_CONFIG);
    assert_non_null(strstr(detail, "install tesseract-ocr-vie"));
    assert_int_equal(with, ERR_OK);
}

static void a_relative_state_folder_of_the_command_line_is_refused(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(load_with(f, "", "state", -1), ERR_BAD_CONFIG);
}

static void a_named_file_that_cannot_be_read_is_said(void **state)
{
    struct fixture *f = *state;
    AUTO(mem) char *missing = mem_printf("%s/missing.conf", f->folder);
    struct config_options options = {.file = missing, .port = -1};
    assert_int_equal(config_load(&options, &f->config, &f->err), ERR_BAD_CONFIG);
    assert_non_null(strstr(f->err.detail, missing));
    if (geteuid() == 0)
        return; /* root reads everything */
    assert_int_equal(load(f, ""), ERR_OK);
    assert_int_equal(chmod(f->file, 0), 0);
    options.file = f->file;
    config_done(&f->config);
    assert_int_equal(config_load(&options, &f->config, &f->err), ERR_BAD_CONFIG);
}

/* In a process of its own: the reader must not end it. */
static void a_folder_in_place_of_the_file_is_said(void **state)
{
    struct fixture *f = *state;
    pid_t child = fork();
    if (child == 0) {
        struct config_options options = {.file = f->folder, .port = -1};
        enum err_code code = config_load(&options, &f->config, &f->err);
        _exit(code == ERR_BAD_CONFIG && strstr(f->err.detail, f->folder) ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void a_file_written_elsewhere_is_read_the_same(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(load(f, "port = 7\r\nlang = \"vie\"\r\n"), ERR_OK);
    assert_int_equal(f->config.port, 7);
    assert_string_equal(f->config.lang, "vie");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(an_empty_file_gives_the_defaults),
        CASE(every_option_is_taken),
        CASE(the_socket_lies_in_the_runtime_folder_else_with_the_state),
        CASE(the_command_line_goes_before_the_file),
        CASE(mistakes_are_refused_and_named),
        CASE(the_model_of_the_default_language_must_be_there),
        CASE(a_relative_state_folder_of_the_command_line_is_refused),
        CASE(a_receiver_behind_http_has_its_mapping_and_the_stations_constants),
        CASE(those_who_are_asked_are_targets_in_their_order),
        CASE(a_named_file_that_cannot_be_read_is_said),
        CASE(a_folder_in_place_of_the_file_is_said),
        CASE(a_file_written_elsewhere_is_read_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
