#include "daemon/base/hash.h"
#include "daemon/ipc/ipc.h"
#include "tests/golden/pdf/pdf_kit.h"
#include "tests/harness/test.h"

#include <fcntl.h>
#include <sys/wait.h>

/* The pdf and the seal worker as sohoad sees them: processes on sockets. */

struct worker_process {
    pid_t pid;
    int socket;
};

static struct worker_process start_worker(const char *name)
{
    int pair[2];
    char program[500];
    snprintf(program, sizeof program, "%s/bin/%s", SOHOA_BINARY_DIR, name);
    assert_int_equal(ipc_pair(pair, NULL), ERR_OK);
    struct worker_process process = {.pid = fork(), .socket = pair[0]};
    if (process.pid == 0) {
        if (dup2(pair[1], 3) == 3 && fcntl(3, F_SETFD, 0) == 0)
            execl(program, program, (char *)NULL);
        _exit(127);
    }
    close(pair[1]);
    return process;
}

static void end_worker(struct worker_process *process)
{
    int status;
    close(process->socket);
    assert_int_equal(waitpid(process->pid, &status, 0), process->pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* Sends a request and returns the reply's code; *out_ok (may be NULL) is the caller's. */
static enum err_code ask(struct worker_process *process, const char *op, struct js *args,
                         const int *fds, size_t fd_count, struct js **out_ok, int *out_events)
{
    struct err err = ERR_INIT;
    AUTO(js) struct js *body = ipc_make_request(7, op, args);
    assert_non_null(body);
    assert_int_equal(ipc_send(process->socket, body, fds, fd_count, &err), ERR_OK);
    for (;;) {
        struct ipc_message message;
        assert_int_equal(ipc_receive(process->socket, &message, &err), ERR_OK);
        assert_non_null(message.body);
        if (js_has(message.body, "event")) {
            if (out_events)
                ++*out_events;
            ipc_message_done(&message);
            continue;
        }
        const struct js *ok = NULL;
        enum err_code code = ipc_reply(&message, &ok, &err);
        if (!code && out_ok)
            *out_ok = js_ref(ok);
        ipc_message_done(&message);
        return code;
    }
}

static int open_new(const char *name)
{
    int fd = open(kit_path(name), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    return fd;
}

static int open_old(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

static struct js *document_args(struct js *pages)
{
    return js_pack("{s:{s:s, s:s, s:s, s:s, s:I, s:i, s:s}, s:o}", "document", "id",
                   "01999999-1111-7222-8333-444444444444", "title", "Giấy khai sinh", "type",
                   "birth-certificate", "copier", "Trần Thị Thử Nghiệm", "copied_at_us",
                   (int64_t)1795227330000000, "pages", 2, "lang", "vi-VN", "pages", pages);
}

/* Two pages, the second without words (an empty blob), into composed.pdf. */
static enum err_code compose(struct worker_process *process, int second_width_px,
                             struct js **out_ok, int *out_events)
{
    static const char *const lines[] = {"Họ và tên: Đỗ Thị Ưởng Giả Định"};
    struct picture picture = picture_make(827, 1169), seen;
    image_write(IMAGE_TIFF_RGB_8, &picture, kit_path("p1.tif"), &seen);
    picture_free(&seen);
    image_write(IMAGE_TIFF_SECOND, &picture, kit_path("p2.tif"), &seen);
    picture_free(&seen);
    picture_free(&picture);
    AUTO(words) struct words words = {0};
    struct page_info first = kit_page(827, 1169, 100, 0, 0.5);
    struct page_info second = kit_page(second_width_px, 1169, 100, 180, 0);
    kit_lay_lines(&words, &first, lines, 1);
    AUTO(js) struct js *words_js = words_to_js(&words);
    int fds[5] = {open_new("composed.pdf"), open_old(kit_path("p1.tif")), -1,
                  open_old(kit_path("p2.tif")), open_new("empty")};
    assert_int_equal(js_to_memfd(words_js, "words", &fds[2], NULL), ERR_OK);
    struct js *second_js = page_info_to_js(&second);
    assert_true(js_set(second_js, "index", js_int(1)));
    struct js *pages = js_pack("[o, o]", page_info_to_js(&first), second_js);
    enum err_code code = ask(process, "compose", document_args(pages), fds, 5, out_ok, out_events);
    for (size_t i = 0; i < 5; i++)
        close(fds[i]);
    return code;
}

static void the_pdf_worker_composes_and_tells_progress(void **state)
{
    (void)state;
    struct worker_process process = start_worker("sohoa-pdf-worker");
    AUTO(js) struct js *ok = NULL;
    int events = 0;
    assert_int_equal(compose(&process, 827, &ok, &events), ERR_OK);
    end_worker(&process);
    assert_int_equal(events, 2);
    char *sha256 = kit_ok("sha256sum %s | cut -c 1-64", kit_path("composed.pdf"));
    sha256[64] = '\0';
    assert_string_equal(js_text_or(ok, "sha256", ""), sha256);
    free(sha256);
    char *said =
        kit_ok("pdfinfo %s; pdftotext %s -", kit_path("composed.pdf"), kit_path("composed.pdf"));
    assert_non_null(strstr(said, "Pages:           2"));
    assert_non_null(strstr(said, "Họ và tên: Đỗ Thị Ưởng Giả Định"));
    free(said);
}

static void the_pdf_worker_reports_bad_input_and_lives_on(void **state)
{
    (void)state;
    struct worker_process process = start_worker("sohoa-pdf-worker");
    assert_int_equal(ask(&process, "compose", js_object(), NULL, 0, NULL, NULL), ERR_BAD_JSON);
    assert_int_equal(ask(&process, "compose", document_args(js_array()), NULL, 0, NULL, NULL),
                     ERR_BAD_MESSAGE);
    int out = open_new("nothing.pdf");
    assert_int_equal(ask(&process, "compose", document_args(js_array()), &out, 1, NULL, NULL),
                     ERR_BAD_ARGUMENT);
    close(out);
    assert_int_equal(compose(&process, 500, NULL, NULL), ERR_IMAGE_UNREADABLE);
    assert_int_equal(compose(&process, 827, NULL, NULL), ERR_OK);
    end_worker(&process);
}

static enum err_code unlock(struct worker_process *process, const char *name, const char *password,
                            struct js **out_ok)
{
    char path[300];
    snprintf(path, sizeof path, "%s/%s.p12", kit_signers(), name);
    int file = open_old(path);
    enum err_code code =
        ask(process, "unlock", js_pack("{s:s}", "password", password), &file, 1, out_ok, NULL);
    close(file);
    return code;
}

static enum err_code sign(struct worker_process *process, struct js *args, struct js **out_ok)
{
    int fds[2] = {open_new("signed.pdf"), open_old(kit_path("composed.pdf"))};
    enum err_code code = ask(process, "sign", args, fds, 2, out_ok, NULL);
    close(fds[0]);
    close(fds[1]);
    return code;
}

static void need_composed(void)
{
    struct worker_process process = start_worker("sohoa-pdf-worker");
    assert_int_equal(compose(&process, 827, NULL, NULL), ERR_OK);
    end_worker(&process);
}

static void the_seal_worker_signs_between_unlock_and_lock(void **state)
{
    (void)state;
    need_composed();
    struct worker_process process = start_worker("sohoa-seal-worker");
    assert_int_equal(sign(&process, js_object(), NULL), ERR_SIGNER_LOCKED);
    AUTO(js) struct js *who = NULL;
    assert_int_equal(unlock(&process, "rsa", "mat-khau-thu", &who), ERR_OK);
    assert_string_equal(js_text_or(who, "signer.name", ""), "Trần Thị Thử Nghiệm");
    assert_string_equal(js_text_or(who, "signer.issuer", ""), "CA Thử nghiệm");
    assert_true(js_bool_or(who, "signer.software_key", false));

    AUTO(js) struct js *ok = NULL;
    struct js *args =
        js_pack("{s:{s:n, s:I}, s:s, s:[[f,f,f,f]]}", "block", "name", "at_us",
                (int64_t)1795227330000000, "document_id", "x", "avoid", 5.0, 5.0, 20.0, 20.0);
    assert_int_equal(sign(&process, args, &ok), ERR_OK);
    assert_string_equal(js_text_or(ok, "signature.level", ""), "B-B");
    assert_string_equal(js_text_or(ok, "signature.signer", ""), "Trần Thị Thử Nghiệm");
    assert_string_equal(js_text_or(ok, "signature.serial", "?"),
                        js_text_or(who, "signer.serial", ""));
    assert_true(js_int_or(ok, "signature.signed_at_us", 0) == 1795227330000000);
    assert_true(js_bool_or(ok, "signature.block_moved", false));
    char *said =
        kit_ok("sha256sum %s; pdfsig -nocert %s", kit_path("signed.pdf"), kit_path("signed.pdf"));
    assert_non_null(strstr(said, js_text_or(ok, "sha256", "?")));
    assert_non_null(strstr(said, "Signature is Valid"));
    free(said);
    assert_int_equal(sign(&process, js_pack("{s:s}", "scheme", "md5"), NULL), ERR_BAD_ARGUMENT);
    assert_int_equal(ask(&process, "lock", js_object(), NULL, 0, NULL, NULL), ERR_OK);
    assert_int_equal(sign(&process, js_object(), NULL), ERR_SIGNER_LOCKED);
    end_worker(&process);
}

static void a_failed_unlock_leaves_what_was_there(void **state)
{
    (void)state;
    need_composed();
    struct worker_process process = start_worker("sohoa-seal-worker");
    assert_int_equal(unlock(&process, "rsa", "sai", NULL), ERR_WRONG_PASSWORD);
    assert_int_equal(unlock(&process, "expired", "mat-khau-thu", NULL), ERR_CERTIFICATE_EXPIRED);
    assert_int_equal(unlock(&process, "cipher", "mat-khau-thu", NULL), ERR_CERTIFICATE_UNFIT);
    assert_int_equal(sign(&process, js_object(), NULL), ERR_SIGNER_LOCKED);
    assert_int_equal(unlock(&process, "rsa", "mat-khau-thu", NULL), ERR_OK);
    assert_int_equal(unlock(&process, "ec", "sai", NULL), ERR_WRONG_PASSWORD);
    assert_int_equal(sign(&process, js_object(), NULL), ERR_OK);
    end_worker(&process);
}

static void the_seal_worker_leaves_no_core(void **state)
{
    (void)state;
    struct worker_process process = start_worker("sohoa-seal-worker");
    assert_int_equal(unlock(&process, "rsa", "sai", NULL), ERR_WRONG_PASSWORD);
    char *limit = kit_ok("grep 'Max core file size' /proc/%d/limits", process.pid);
    int soft = -1, hard = -1;
    assert_int_equal(sscanf(limit, "Max core file size %d %d", &soft, &hard), 2);
    assert_true(soft == 0 && hard == 0);
    free(limit);
    /* Not dumpable: its files in /proc belong to root, whoever runs it. */
    char *owner = kit_ok("stat -c %%u /proc/%d/mem", process.pid);
    assert_string_equal(owner, "0\n");
    free(owner);
    end_worker(&process);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_pdf_worker_composes_and_tells_progress),
        cmocka_unit_test(the_pdf_worker_reports_bad_input_and_lives_on),
        cmocka_unit_test(the_seal_worker_signs_between_unlock_and_lock),
        cmocka_unit_test(a_failed_unlock_leaves_what_was_there),
        cmocka_unit_test(the_seal_worker_leaves_no_core),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
