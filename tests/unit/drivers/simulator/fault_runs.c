#include "tests/unit/drivers/simulator/fault_runs.h"

#include "drivers/frame.h"
#include "drivers/sane_device.h"
#include "tests/harness/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#define PAPER_WIDTH 60 /* pixels at 50 dpi: 30.5 by 20.3 mm */
#define PAPER_HEIGHT 40
#define PAGES_MAX 16

/* ---- site -------------------------------------------------------------------------------------
 */

static FILE *open_in(const struct fault_site *site, const char *name, const char *mode)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", site->dir, name);
    return fopen(path, mode);
}

void fault_site_put(const struct fault_site *site, const char *name, const char *text)
{
    FILE *file = open_in(site, name, "we");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

void fault_site_unlink(const struct fault_site *site, const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", site->dir, name);
    unlink(path);
}

void fault_site_folder(const struct fault_site *site, const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", site->dir, name);
    assert_int_equal(mkdir(path, 0700), 0);
}

void fault_site_paper(const struct fault_site *site, const char *name, int seed, bool turned)
{
    FILE *file = open_in(site, name, "wbe");
    assert_non_null(file);
    fprintf(file, "P6\n%d %d\n255\n", PAPER_WIDTH, PAPER_HEIGHT);
    for (int i = 0; i < PAPER_WIDTH * PAPER_HEIGHT; i++)
        for (int c = 0; c < 3; c++) {
            int pixel = turned ? PAPER_WIDTH * PAPER_HEIGHT - 1 - i : i;
            fputc((pixel * 7 + seed * 61 + c * 40 + pixel / PAPER_WIDTH * seed) & 0xff, file);
        }
    assert_int_equal(fclose(file), 0);
}

void fault_site_make(struct fault_site *site)
{
    char name[16], sane[80];
    strcpy(site->dir, "/tmp/sohoa-fault-XXXXXX");
    assert_non_null(mkdtemp(site->dir));
    for (int i = 1; i <= 6; i++) {
        snprintf(name, sizeof name, "p%d.ppm", i);
        fault_site_paper(site, name, i, false);
    }
    fault_site_put(site, "pile.txt", "p1.ppm\tp4.ppm\np2.ppm\tp5.ppm\np3.ppm\tp6.ppm\n");
    fault_site_folder(site, "sane");
    fault_site_put(site, "sane/dll.conf", "sohoasim\n");
    snprintf(sane, sizeof sane, "%s/sane", site->dir);
    setenv("SANE_CONFIG_DIR", sane, 1);
    setenv("SOHOASIM_DIR", site->dir, 1);
    setenv("LD_LIBRARY_PATH", SOHOA_BINARY_DIR "/lib", 1);
    unsetenv("SOHOASIM_STATE");
}

void fault_site_remove(struct fault_site *site)
{
    char command[100];
    snprintf(command, sizeof command, "rm -rf %s", site->dir);
    assert_int_equal(system(command), 0);
}

void fault_site_reset(const struct fault_site *site, const char *script)
{
    static const char *const state[] = {"feeder", "acted", "gone", "port", "cover"};
    for (size_t i = 0; i < COUNT_OF(state); i++)
        fault_site_unlink(site, state[i]);
    fault_site_put(site, "sohoasim.conf", "bed 30x20\ndpi 50\n");
    fault_site_put(site, "faults", script);
}

/* ---- processes --------------------------------------------------------------------------------
 */

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* False: it did not end by itself and was killed. */
static bool wait_patiently(pid_t pid, double patience_s, int *out_status)
{
    double until = now_s() + patience_s;
    while (now_s() < until) {
        if (waitpid(pid, out_status, WNOHANG) == pid)
            return true;
        usleep(5000);
    }
    kill(pid, SIGKILL);
    waitpid(pid, out_status, 0);
    return false;
}

/* Appends "; " and the text. */
static void add(char out[OUTCOME_MAX], const char *text)
{
    size_t used = strlen(out);
    snprintf(out + used, OUTCOME_MAX - used, "%s%s", used ? "; " : "", text);
}

/* ---- scanimage --------------------------------------------------------------------------------
 */

static int count_and_remove_files(const struct fault_site *site)
{
    DIR *folder = opendir(site->dir);
    int count = 0;
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));) {
        size_t size = strlen(entry->d_name);
        if (strncmp(entry->d_name, "out", 3) != 0)
            continue;
        count += size > 4 && strcmp(entry->d_name + size - 4, ".pnm") == 0;
        unlinkat(dirfd(folder), entry->d_name, 0);
    }
    closedir(folder);
    return count;
}

/* The last line of scanimage that tells of a problem. */
static void last_words(const struct fault_site *site, char *out, size_t size)
{
    char line[512];
    FILE *file = open_in(site, "words", "re");
    assert_non_null(file);
    out[0] = 0;
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = 0;
        if (strncmp(line, "scanimage: ", 11) == 0)
            snprintf(out, size, "%.*s", (int)size - 1, line + 11);
    }
    fclose(file);
}

/* Runs it in the site's folder, its words in the file `words`; false: killed. */
static bool run_scanimage(const struct fault_site *site, const char *args, double patience_s,
                          int *out_status)
{
    char command[400];
    snprintf(command, sizeof command, "exec scanimage %s >words 2>&1 </dev/null", args);
    pid_t pid = fork();
    if (pid == 0) {
        if (chdir(site->dir))
            _exit(126);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    return wait_patiently(pid, patience_s, out_status);
}

void batch_by_scanimage(const struct fault_site *site, const struct batch *batch,
                        char out[OUTCOME_MAX])
{
    char args[300], words[OUTCOME_MAX] = "";
    int status = 0;
    bool one = strcmp(batch->source, "Flatbed") == 0;
    snprintf(args, sizeof args, "-d %s --source '%s' --resolution 50 %s --batch=out%%d.pnm %s",
             batch->device ? batch->device : "sohoasim:counter", batch->source, batch->options,
             one ? "--batch-count=1" : "");
    bool ended = run_scanimage(site, args, batch->patience_s, &status);
    if (!ended)
        strcpy(words, "killed while it hung");
    else if (WIFSIGNALED(status))
        snprintf(words, sizeof words, "signal %d", WTERMSIG(status));
    else
        last_words(site, words, sizeof words);
    snprintf(out, OUTCOME_MAX, "%d files", count_and_remove_files(site));
    if (words[0])
        add(out, words);
}

bool scanimage_said(const struct fault_site *site, const char *text)
{
    char line[512];
    bool said = false;
    FILE *file = open_in(site, "words", "re");
    assert_non_null(file);
    while (!said && fgets(line, sizeof line, file))
        said = strstr(line, text) != NULL;
    fclose(file);
    return said;
}

void show_options(const struct fault_site *site)
{
    int status;
    assert_true(run_scanimage(site, "-d sohoasim:counter -A", 20, &status));
}

void list_by_scanimage(const struct fault_site *site, double patience_s, char out[OUTCOME_MAX])
{
    int status = 0;
    bool ended = run_scanimage(site, "-f '%d '", patience_s, &status);
    out[0] = 0;
    if (!ended)
        strcpy(out, "killed while it hung");
    else if (WIFSIGNALED(status))
        snprintf(out, OUTCOME_MAX, "signal %d", WTERMSIG(status));
    if (out[0])
        return;
    FILE *file = open_in(site, "words", "re");
    assert_non_null(file);
    if (!fgets(out, OUTCOME_MAX, file) || strncmp(out, "sohoasim:", 9) != 0)
        strcpy(out, "none");
    fclose(file);
    out[strcspn(out, "\n")] = 0;
    while (*out && out[strlen(out) - 1] == ' ')
        out[strlen(out) - 1] = 0;
}

/* ---- our device layer -------------------------------------------------------------------------
 */

struct page_facts {
    int width_px;
    size_t row_bytes, whole_bytes; /* without the last one of a row that has unused bits */
    bool unsized, one_color;
    uint64_t hash;
};

/* Shared with the process that scans: what it has done when it is killed. */
struct report {
    char device[40];
    char step[16];
    int pages;
    size_t frame_bytes; /* of the frame that came last */
    enum err_code code;
    struct page_facts facts[PAGES_MAX];
};

static enum err_code see_begin(void *self, const struct page_shape *shape, struct err *err)
{
    struct report *report = self;
    (void)err;
    report->facts[report->pages] = (struct page_facts){
        .width_px = shape->width_px,
        .row_bytes = row_size_bytes(shape),
        .whole_bytes = (size_t)(shape->width_px * shape->channels * shape->bits / 8),
        .unsized = shape->height_px < 0,
        .one_color = true};
    return ERR_OK;
}

static enum err_code see_rows(void *self, const uint8_t *rows, int count, struct err *err)
{
    struct report *report = self;
    struct page_facts *facts = &report->facts[report->pages];
    (void)err;
    for (size_t i = 0; i < facts->row_bytes * (size_t)count; i++) {
        bool padded = i % facts->row_bytes >= facts->whole_bytes;
        bool plain = (rows[i] == 0 || rows[i] == 255) && rows[i] == rows[0];
        facts->hash = facts->hash * 1099511628211u + rows[i] + 1;
        facts->one_color = facts->one_color && (plain || padded);
    }
    return ERR_OK;
}

static enum err_code see_end(void *self, int height_px, struct err *err)
{
    (void)self, (void)height_px, (void)err;
    return ERR_OK;
}

static void step(struct report *report, const char *name)
{
    snprintf(report->step, sizeof report->step, "%s", name);
}

static enum err_code scan_frame(struct device *device, struct assembly *assembly,
                                struct report *report, struct err *err)
{
    uint8_t bytes[1000];
    size_t size;
    bool end = false;
    struct frame_params params;
    step(report, "start");
    report->frame_bytes = 0;
    enum err_code code = device_start(device, err);
    if (code)
        return code;
    step(report, "read");
    if ((code = device_frame(device, &params, err)) ||
        (code = assembly_begin_frame(assembly, &params, err)))
        return code;
    while (!(code = device_read(device, bytes, sizeof bytes, &size, &end, err)) && !end) {
        report->frame_bytes += size;
        if ((code = assembly_bytes(assembly, bytes, size, err)))
            return code;
    }
    return code ? code : assembly_end_frame(assembly, err);
}

static enum err_code scan_page(struct device *device, struct report *report, struct err *err)
{
    struct row_sink sink = {report, see_begin, see_rows, see_end}, *sinks[] = {&sink};
    struct assembly *assembly = NULL;
    struct page_shape shape;
    enum err_code code = assembly_new(sinks, 1, 50, &assembly, err);
    while (!code && !assembly_is_complete(assembly))
        code = scan_frame(device, assembly, report, err);
    if (!code)
        code = assembly_finish(assembly, &shape, err);
    assembly_free(assembly);
    return code;
}

/* "--depth=16 --three-pass=yes" */
static enum err_code set_options(struct device *device, const struct batch *batch, struct err *err)
{
    char text[200], *rest = text;
    double taken;
    enum err_code code = device_set_text(device, "source", batch->source, err);
    if (!code)
        code = device_set_number(device, "resolution", 50, &taken, err);
    snprintf(text, sizeof text, "%s", batch->options);
    for (char *word; !code && (word = strsep(&rest, " "));) {
        char *value = strchr(word, '=');
        if (!value)
            continue;
        *value++ = 0;
        word += 2;
        code = strcmp(value, "yes") == 0 ? device_set_bool(device, word, true, err)
               : *value >= '0' && *value <= '9'
                   ? device_set_number(device, word, atof(value), &taken, err)
                   : device_set_text(device, word, value, err);
    }
    return code;
}

static enum err_code scan_batch(const struct batch *batch, struct report *report, struct err *err)
{
    struct js *list = NULL;
    struct device *device = NULL;
    step(report, "list");
    enum err_code code = device_list(&list, err);
    if (code)
        return code;
    const char *name =
        batch->device ? batch->device : js_text_or(list, "[0].name", "sohoasim:counter");
    snprintf(report->device, sizeof report->device, "%s", name);
    js_free(list);
    step(report, "open");
    if ((code = device_open(report->device, &device, err)))
        return code;
    step(report, "option");
    code = set_options(device, batch, err);
    while (!code && report->pages < PAGES_MAX && !(code = scan_page(device, report, err)))
        if (++report->pages && strcmp(batch->source, "Flatbed") == 0)
            break;
    if (batch->once_more_after_s > 0) {
        device_cancel(device);
        usleep((useconds_t)(batch->once_more_after_s * 1e6));
        code = device_start(device, err);
    }
    char failed_in[16];
    memcpy(failed_in, report->step, sizeof failed_in);
    step(report, "cancel");
    device_cancel(device);
    step(report, "close");
    device_close(device);
    step(report, failed_in);
    return code;
}

static void describe_pages(const struct report *report, char out[OUTCOME_MAX])
{
    char text[64];
    snprintf(text, sizeof text, "%d pages", report->pages);
    add(out, text);
    for (int i = 0; i < report->pages; i++) {
        const struct page_facts *facts = &report->facts[i];
        const char *strange = facts->one_color       ? "is one colour"
                              : facts->unsized       ? "has no height before its end"
                              : facts->width_px < 50 ? "is coarse"
                              : i > 0 && facts->hash == facts[-1].hash ? "equals the one before"
                                                                       : NULL;
        snprintf(text, sizeof text, "%d %s", i + 1, strange ? strange : "");
        if (strange)
            add(out, text);
    }
}

/* In a process of its own; false: killed. */
static bool run_batch(const struct batch *batch, struct report *report, int *out_status)
{
    pid_t pid = fork();
    if (pid == 0) {
        struct err err = ERR_INIT;
        report->code = scan_batch(batch, report, &err);
        _exit(0);
    }
    return wait_patiently(pid, batch->patience_s, out_status);
}

static struct report *share_report(void)
{
    struct report *report =
        mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(report != MAP_FAILED);
    return report;
}

void batch_by_device_layer(const struct batch *batch, char out[OUTCOME_MAX])
{
    struct report *report = share_report();
    char text[64] = "";
    int status = 0;
    bool ended = run_batch(batch, report, &status);
    out[0] = 0;
    if (strchr(report->device, '@'))
        add(out, report->device);
    describe_pages(report, out);
    if (!ended)
        snprintf(text, sizeof text, "hangs in %s", report->step);
    else if (WIFSIGNALED(status))
        snprintf(text, sizeof text, "signal %d in %s", WTERMSIG(status), report->step);
    else if (report->code)
        snprintf(text, sizeof text, "%s in %s", err_name(report->code), report->step);
    if (text[0])
        add(out, text);
    munmap(report, sizeof *report);
}

uint64_t page_hash(const struct fault_site *site, const struct batch *batch, int page)
{
    struct report *report = share_report();
    int status;
    fault_site_unlink(site, "feeder");
    run_batch(batch, report, &status);
    uint64_t hash = page <= report->pages ? report->facts[page - 1].hash : 0;
    munmap(report, sizeof *report);
    return hash;
}

const char *start_once_more(const struct batch *batch, double after_s)
{
    struct report *report = share_report();
    struct batch twice = *batch;
    int status;
    twice.once_more_after_s = after_s;
    const char *name = run_batch(&twice, report, &status) ? err_name(report->code) : "killed";
    munmap(report, sizeof *report);
    return name;
}

size_t bytes_of_last_frame(const struct batch *batch)
{
    struct report *report = share_report();
    int status;
    assert_true(run_batch(batch, report, &status));
    size_t bytes = report->frame_bytes;
    munmap(report, sizeof *report);
    return bytes;
}
