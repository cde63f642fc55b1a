#include "daemon/base/file.h"
#include "daemon/base/text.h"
#include "daemon/image/image_read.h"
#include "daemon/ipc/ipc.h"
#include "daemon/model/words.h"
#include "tests/unit/image/big_sheet.h"
#include "tests/unit/image/pages.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* The real worker program on a socket pair. */
struct worker {
    pid_t pid;
    int socket;
};

static int start(void **state)
{
    static struct worker worker;
    int pair[2];
    if (ipc_pair(pair, NULL))
        return -1;
    worker.pid = fork();
    if (worker.pid == 0) {
        if (pair[1] == 3)
            fcntl(3, F_SETFD, 0);
        else
            dup2(pair[1], 3);
        unsetenv("OMP_THREAD_LIMIT");    /* it must help itself */
        setenv("TMPDIR", "/dev/shm", 1); /* what lies in /tmp is out of its reach */
        execl(SOHOA_BINARY_DIR "/bin/sohoa-ocr-worker", "sohoa-ocr-worker", (char *)NULL);
        _exit(127);
    }
    close(pair[1]);
    worker.socket = pair[0];
    *state = &worker;
    return worker.pid > 0 ? 0 : -1;
}

static int ended_status(struct worker *worker)
{
    int status = -1;
    close(worker->socket);
    worker->socket = -1;
    waitpid(worker->pid, &status, 0);
    return status;
}

static int stop(void **state)
{
    struct worker *worker = *state;
    if (worker->socket < 0)
        return 0;
    int status = ended_status(worker);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

/* Error code of the reply; *message is the caller's. */
static enum err_code ask(struct worker *worker, const char *op, struct js *args, const int *fds,
                         size_t fd_count, struct ipc_message *message, const struct js **out_ok)
{
    static uint64_t id;
    struct err err = ERR_INIT;
    AUTO(js) struct js *body = ipc_make_request(++id, op, args);
    assert_int_equal(ipc_send(worker->socket, body, fds, fd_count, NULL), ERR_OK);
    assert_int_equal(ipc_receive(worker->socket, message, NULL), ERR_OK);
    assert_non_null(message->body);
    enum err_code code = ipc_reply(message, out_ok, &err);
    if (code)
        print_message("%s: %s %s\n", op, err_name(code), err.detail);
    return code;
}

static void read_and_recognise(struct worker *worker, int image, struct js *args,
                               struct words *words, struct js **out_page)
{
    struct ipc_message read = {0}, recognised = {0};
    const struct js *ok = NULL;
    AUTO(fd) int recognition = -1;
    AUTO(fd) int thumbnail = -1;
    AUTO(fd) int blob = -1;
    AUTO(image) struct image small = {0};
    assert_int_equal(ask(worker, "read", args, &image, 1, &read, &ok), ERR_OK);
    assert_int_equal(ipc_take_fd(&read, 0, &recognition, NULL), ERR_OK);
    assert_int_equal(ipc_take_fd(&read, 1, &thumbnail, NULL), ERR_OK);
    assert_true(fcntl(recognition, F_GET_SEALS) & F_SEAL_WRITE);
    assert_int_equal(image_read(thumbnail, 0, &small, NULL), ERR_OK);
    assert_in_range(small.raster->width, 1, 900);
    assert_in_range(small.raster->height, 1, 900);
    struct js *request =
        js_pack("{s:O, s:O}", "page", js_at(ok, "page"), "zones", js_at(ok, "zones"));
    *out_page = js_copy(js_at(ok, "page"));
    assert_int_equal(ask(worker, "recognise", request, &recognition, 1, &recognised, &ok), ERR_OK);
    assert_int_equal(ipc_take_fd(&recognised, 0, &blob, NULL), ERR_OK);
    assert_int_equal(words_read_fd(blob, words, NULL), ERR_OK);
    assert_int_equal(js_int_or(ok, "words", -1), words->count);
    assert_true(js_set(*out_page, "zones", js_ref(js_at(ok, "zones"))));
    ipc_message_done(&read);
    ipc_message_done(&recognised);
}

static void a_page_goes_from_image_to_words(void **state)
{
    AUTO(raster) struct raster *page = pages_draw_text(1654, 2339, 3);
    AUTO(fd) int image = pages_jpeg_fd(page, 200);
    AUTO(words) struct words words = {0};
    AUTO(js) struct js *info = NULL;
    read_and_recognise(*state, image, js_object(), &words, &info);
    AUTO(mem) char *text = words_text(&words);
    assert_non_null(strstr(text, "scans both sides"));
    assert_true(js_real_or(info, "dpi", 0) == 200);
    assert_string_equal(js_text_or(info, "dpi_source", ""), "file");
    AUTO(js) struct js *again = NULL;
    AUTO(words) struct words same = {0};
    read_and_recognise(*state, image, js_pack("{s:i, s:s}", "dpi", 240, "dpi_source", "file"),
                       &same, &again);
    assert_true(js_real_or(again, "dpi", 0) == 240);
}

/* --- two cores for one page --------------------------------------------------------------------
 */

/* The copy of the worker that reads a part of the page; 0: the answer came without one. */
static pid_t await_copy(const struct worker *worker)
{
    char path[80];
    struct pollfd answer = {.fd = worker->socket, .events = POLLIN};
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)worker->pid, (int)worker->pid);
    for (int copy = 0; poll(&answer, 1, 1) == 0;) {
        FILE *children = fopen(path, "re");
        int found = children ? fscanf(children, "%d", &copy) : 0;
        if (children)
            fclose(children);
        if (found == 1)
            return copy;
    }
    return 0;
}

static bool status_says(pid_t pid, const char *line)
{
    char path[80], status[4096] = "";
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "re");
    size_t size = file ? fread(status, 1, sizeof status - 1, file) : 0;
    if (file)
        fclose(file);
    return size > 0 && strstr(status, line);
}

struct levelled {
    int recognition;
    struct js *request;
};

static void levelled_auto(struct levelled *page)
{
    fd_close(page->recognition);
    js_free(page->request);
}

static void level(struct worker *worker, struct levelled *out)
{
    AUTO(raster)
    struct raster *page = pages_read(SOHOA_SOURCE_DIR "/tests/data/sample/07-minutes/p1.jpg");
    AUTO(fd) int image = pages_jpeg_fd(page, 300);
    struct ipc_message read = {0};
    const struct js *ok = NULL;
    assert_int_equal(ask(worker, "read", js_object(), &image, 1, &read, &ok), ERR_OK);
    assert_int_equal(ipc_take_fd(&read, 0, &out->recognition, NULL), ERR_OK);
    out->request = js_pack("{s:O, s:O, s:i}", "page", js_at(ok, "page"), "zones",
                           js_at(ok, "zones"), "cores", 2);
    ipc_message_done(&read);
}

static void begin_recognising(struct worker *worker, const struct levelled *page)
{
    AUTO(js) struct js *body = ipc_make_request(1000, "recognise", js_ref(page->request));
    assert_int_equal(ipc_send(worker->socket, body, &page->recognition, 1, NULL), ERR_OK);
}

static size_t receive_words(struct worker *worker)
{
    struct ipc_message message = {0};
    const struct js *ok = NULL;
    assert_int_equal(ipc_receive(worker->socket, &message, NULL), ERR_OK);
    assert_int_equal(ipc_reply(&message, &ok, NULL), ERR_OK);
    size_t words = (size_t)js_int_or(ok, "words", 0);
    ipc_message_done(&message);
    return words;
}

static void a_page_alone_is_read_by_two_confined_processes(void **state)
{
    AUTO(levelled) struct levelled page = {-1, NULL};
    level(*state, &page);
    struct worker *worker = *state;
    static const char *const lines[] = {"NoNewPrivs:\t1", "Seccomp:\t2"};
    begin_recognising(worker, &page);
    pid_t copy = await_copy(worker);
    assert_true(copy > 0);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (!status_says(copy, lines[i]) && status_says(worker->pid, lines[i]) && !kill(copy, 0))
            fail_msg("the copy is not confined as the worker is: %s", lines[i]);
    size_t words = receive_words(worker);
    assert_true(words > 150);
    begin_recognising(worker, &page);
    copy = await_copy(worker);
    assert_true(copy > 0);
    kill(copy, SIGKILL);
    assert_int_equal(receive_words(worker), words);
    assert_true(js_set(page.request, "cores", js_int(1)));
    begin_recognising(worker, &page);
    assert_int_equal(await_copy(worker), 0);
    assert_int_equal(receive_words(worker), words);
}

/* The copy comes to this process when its worker is gone. */
static void a_killed_worker_takes_its_copy_along(void **state)
{
    AUTO(levelled) struct levelled page = {-1, NULL};
    struct worker *worker = *state;
    int status = 0;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    level(worker, &page);
    begin_recognising(worker, &page);
    pid_t copy = await_copy(worker);
    assert_true(copy > 0);
    kill(worker->pid, SIGKILL);
    ended_status(worker);
    pid_t ended = waitpid(copy, &status, 0);
    assert_true(ended == copy || ended == -1); /* or it had just been collected by the worker */
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    prctl(PR_SET_CHILD_SUBREAPER, 0);
}

static void a_blank_page_has_no_words_and_no_error(void **state)
{
    AUTO(raster) struct raster *page = NULL;
    raster_new(1240, 1754, 1, &page, NULL);
    AUTO(fd) int image = pages_jpeg_fd(page, 150);
    AUTO(words) struct words words = {0};
    AUTO(js) struct js *info = NULL;
    read_and_recognise(*state, image, js_object(), &words, &info);
    assert_true(js_bool_or(info, "blank", false));
    assert_int_equal(words.count, 0);
}

static double zone_sureness(const struct js *page, const char *kind)
{
    const struct js *zones = js_at(page, "zones");
    for (size_t i = 0; i < js_count(zones); i++)
        if (strcmp(js_text_or(js_item(zones, i), "kind", ""), kind) == 0)
            return js_real_or(js_item(zones, i), "confidence", 0);
    return 0;
}

static void a_page_tells_its_zones(void **state)
{
    static const char *const kinds[] = {"head-left", "head-right", "title",
                                        "abstract",  "body",       "signature"};
    AUTO(raster)
    struct raster *page = pages_read(SOHOA_SOURCE_DIR "/tests/data/sample/07-minutes/p1.jpg");
    AUTO(fd) int image = pages_jpeg_fd(page, 300);
    AUTO(words) struct words words = {0};
    AUTO(js) struct js *info = NULL;
    read_and_recognise(*state, image, js_object(), &words, &info);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (zone_sureness(info, kinds[i]) < 0.7)
            fail_msg("no %s", kinds[i]);
    AUTO(mem) char *text = words_text(&words);
    AUTO(mem) char *folded = text_fold(text);
    assert_non_null(
        strstr(folded, "cong hoa xa hoi chu nghia viet nam\ndoc lap - tu do - hanh phuc"));
}

static struct raster *sample_at_ink(double ink)
{
    struct raster *page = pages_read(SOHOA_SOURCE_DIR "/tests/data/sample/07-minutes/p1.jpg");
    size_t count = (size_t)page->width * page->height * page->channels;
    for (size_t i = 0; i < count; i++)
        page->px[i] = (uint8_t)(255 - (255 - page->px[i]) * ink);
    return page;
}

static size_t words_in_both(const struct words *a, const struct words *b)
{
    size_t both = 0;
    for (size_t i = 0; i < a->count; i++)
        for (size_t k = 0; k < b->count; k++)
            if (strcmp(a->item[i].text, b->item[k].text) == 0) {
                both++;
                break;
            }
    return both;
}

static void a_pale_page_is_read_like_a_black_one_and_called_faint(void **state)
{
    static const double inks[] = {1, 0.3, 0.2, 0.1};
    struct words words[4] = {0};
    for (size_t i = 0; i < 4; i++) {
        AUTO(raster) struct raster *page = sample_at_ink(inks[i]);
        AUTO(fd) int image = pages_jpeg_fd(page, 300);
        AUTO(js) struct js *info = NULL;
        read_and_recognise(*state, image, js_object(), &words[i], &info);
        assert_false(js_bool_or(info, "blank", true));
        assert_string_equal(js_text_or(info, "quality.verdict", ""), i ? "poor" : "good");
        assert_string_equal(js_text_or(info, "quality.reasons[0]", ""), i ? "faint" : "");
    }
    assert_true(words[0].count > 180);
    for (size_t i = 0; i < 4; i++) {
        if (words_in_both(&words[0], &words[i]) * 100 < words[0].count * 95)
            fail_msg("at %.0f %% ink %zu of %zu words", inks[i] * 100,
                     words_in_both(&words[0], &words[i]), words[0].count);
        words_done(&words[i]);
    }
}

static void a_corpus_sheet_is_read_with_its_code_and_understood(void **state)
{
    const char *path = pages_corpus("a073-receipt-slip/p1.jpg"); /* upside down */
    AUTO(fd) int image = open(path, O_RDONLY | O_CLOEXEC);
    AUTO(words) struct words words = {0};
    AUTO(js) struct js *info = NULL;
    read_and_recognise(*state, image, js_object(), &words, &info);
    assert_int_equal(js_int_or(info, "rotation_deg", -1), 180);
    assert_string_equal(js_text_or(info, "codes[0].text", ""), "000.33.30.H37-230805-0070");
    double x = js_real_or(info, "codes[0].box_mm[0]", -1);
    double y = js_real_or(info, "codes[0].box_mm[1]", -1);
    assert_true(x > 0 && x < 210 && y > 0 && y < 150); /* at the top of the upright page */
    AUTO(js) struct js *list = words_to_js(&words);
    AUTO(fd) int blob = -1;
    assert_int_equal(js_to_memfd(list, "words", &blob, NULL), ERR_OK);
    struct ipc_message message = {0};
    const struct js *ok = NULL;
    struct js *args = js_pack("{s:[{s:O}], s:n}", "pages", "page", info, "dossier");
    assert_int_equal(ask(*state, "understand", args, &blob, 1, &message, &ok), ERR_OK);
    assert_string_equal(js_text_or(ok, "type", ""), "receipt-slip");
    ipc_message_done(&message);
}

static void bad_requests_get_their_error_and_the_worker_goes_on(void **state)
{
    static const struct {
        const char *op, *args, *file; /* NULL file: no descriptor */
        enum err_code code;
    } cases[] = {
        {"read", "{}", "", ERR_IMAGE_EMPTY},
        {"read", "{}", "van ban", ERR_FORMAT_UNKNOWN},
        {"read", "{}", "\xff\xd8\xff\xe0\0", ERR_IMAGE_UNREADABLE},
        {"read", "{}", "P6\n30000 30000\n255\n", ERR_IMAGE_TOO_LARGE},
        {"read", "{}", NULL, ERR_BAD_MESSAGE},
        {"read", "{\"index\": 1}", "P5 1 1 255 a", ERR_NOT_FOUND},
        {"read", "{\"index\": -1}", "P5 1 1 255 a", ERR_BAD_ARGUMENT},
        {"read", "{\"lang\": \"xyz\"}", "P5 1 1 255 a", ERR_MODEL_MISSING},
        {"recognise", "{}", "P5 1 1 255 a", ERR_BAD_JSON},
        {"recognise", "{\"page\": 7}", "P5 1 1 255 a", ERR_BAD_JSON},
        {"understand", "{}", NULL, ERR_BAD_JSON},
        {"understand", "{\"pages\": [{\"page\": {}}]}", "no words", ERR_BAD_JSON},
        {"understand", "{\"pages\": [{\"page\": {}}]}", NULL, ERR_BAD_MESSAGE},
        {"import", "{}", "van ban", ERR_PDF_UNREADABLE},
        {"import", "{}", "", ERR_PDF_UNREADABLE},
        {"no-such-op", "{}", NULL, ERR_BAD_MESSAGE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct js *args = NULL;
        const struct js *ok = NULL;
        struct ipc_message message = {0};
        AUTO(fd) int fd = cases[i].file ? pages_bytes_fd(cases[i].file, strlen(cases[i].file)) : -1;
        assert_int_equal(js_parse(cases[i].args, strlen(cases[i].args), &args, NULL), ERR_OK);
        enum err_code code = ask(*state, cases[i].op, args, &fd, fd >= 0, &message, &ok);
        if (code != cases[i].code)
            fail_msg("case %zu: %s instead of %s", i, err_name(code), err_name(cases[i].code));
        ipc_message_done(&message);
    }
    a_page_goes_from_image_to_words(state);
}

static void a_scanned_pdf_becomes_its_images(void **state)
{
    AUTO(raster) struct raster *page = pages_draw_text(1240, 1754, 1);
    AUTO(fd) int jpeg = pages_jpeg_fd(page, 0);
    AUTO(fd) int pdf = pages_pdf_fd(jpeg, "");
    AUTO(fd) int image = -1;
    const struct js *ok = NULL;
    struct ipc_message message = {0};
    assert_int_equal(
        ask(*state, "import", js_pack("{s:i}", "max_pages", 5), &pdf, 1, &message, &ok), ERR_OK);
    assert_string_equal(js_text_or(ok, "kind", ""), "scanned");
    assert_int_equal(js_int_or(ok, "pages", 0), 1);
    assert_true(js_real_or(ok, "images[0].dpi", 0) > 148);
    assert_int_equal(ipc_take_fd(&message, 0, &image, NULL), ERR_OK);
    ipc_message_done(&message);
}

/* As a user's file or a stored one comes: the worker has it open and may not open it. */
static void a_pdf_out_of_reach_becomes_its_images_all_the_same(void **state)
{
    AUTO(raster) struct raster *page = pages_draw_text(1240, 1754, 1);
    AUTO(fd) int jpeg = pages_jpeg_fd(page, 0);
    AUTO(fd) int pdf = pages_pdf_fd(jpeg, "");
    char path[] = "/tmp/sohoa-pdf-XXXXXX";
    AUTO(fd) int file = mkstemp(path);
    const struct js *ok = NULL;
    struct ipc_message message = {0};
    assert_int_equal(file_copy_fd(pdf, file, NULL), ERR_OK);
    enum err_code code =
        ask(*state, "import", js_pack("{s:i}", "max_pages", 5), &file, 1, &message, &ok);
    unlink(path);
    assert_int_equal(code, ERR_OK);
    assert_int_equal(js_int_or(ok, "pages", 0), 1);
    ipc_message_done(&message);
}

/* Whatever comes on the socket, the worker answers or leaves; it never dies of it. */
static void garbage_on_the_socket_never_kills_by_signal(void **state)
{
    struct worker *worker = *state;
    static const char *const packets[] = {"",
                                          "x",
                                          "SOHI",
                                          "SOHI\xff\xff\xff\xff\xff\xff\xff\xff{}",
                                          "SOHI\0\0\0\0\0\0\0\0{\"id\":",
                                          "SOHF\1\1\1\1\1\1\1\1",
                                          "{\"id\":1,\"op\":\"read\",\"args\":{}}"};
    static const size_t sizes[] = {0, 1, 4, 14, 18, 12, 34};
    for (size_t i = 1; i < sizeof packets / sizeof *packets; i++) {
        if (send(worker->socket, packets[i], sizes[i], MSG_NOSIGNAL) < 0)
            break;
        struct pollfd wait = {worker->socket, POLLIN, 0};
        char answer[65536];
        if (poll(&wait, 1, 2000) == 1 && recv(worker->socket, answer, sizeof answer, 0) <= 0)
            break;
    }
    int status = ended_status(worker);
    assert_true(WIFEXITED(status));
}

static int rotation(struct worker *worker, int image, const char *key, int turn_deg)
{
    AUTO(words) struct words words = {0};
    AUTO(js) struct js *info = NULL;
    struct js *args = js_object();
    if (key)
        js_set(args, key, js_int(turn_deg));
    read_and_recognise(worker, image, args, &words, &info);
    return (int)js_int_or(info, "rotation_deg", -1);
}

static void a_known_turn_stands_unless_the_writing_surely_differs(void **state)
{
    AUTO(raster) struct raster *text = pages_draw_text(1654, 2339, 1);
    AUTO(raster) struct raster *blank = NULL;
    raster_new(1654, 2339, 1, &blank, NULL);
    AUTO(fd) int written = pages_jpeg_fd(text, 200);
    AUTO(fd) int empty = pages_jpeg_fd(blank, 200);
    assert_int_equal(rotation(*state, written, "known_turn_deg", 180), 0);
    assert_int_equal(rotation(*state, written, "turned_deg", 180), 180); /* a person's is final */
    assert_int_equal(rotation(*state, empty, "known_turn_deg", 180), 180);
    assert_int_equal(rotation(*state, empty, NULL, 0), 0);
}

static void a_card_on_a_page_is_told(void **state)
{
    AUTO(raster) struct raster *page = NULL;
    raster_new(1240, 1754, 3, &page, NULL); /* A4 at 150 dpi */
    for (int y = 200; y < 200 + 319; y++)
        memset(raster_row(page, y) + 300 * 3, 215, 505 * 3);
    AUTO(fd) int image = pages_jpeg_fd(page, 150);
    AUTO(words) struct words words = {0};
    AUTO(js) struct js *info = NULL;
    read_and_recognise(*state, image, js_object(), &words, &info);
    assert_int_equal(js_count(js_at(info, "cards")), 1);
    assert_in_range((int)js_real_or(info, "cards[0][0]", 0), 49, 52);
    assert_in_range((int)js_real_or(info, "cards[0][1]", 0), 32, 35);
}

static void the_parts_of_a_large_side_are_joined_for_viewing(void **state)
{
    AUTO(raster) struct raster *sheet = big_sheet(1600, 1132, 1);
    AUTO(raster) struct raster *other = big_sheet(1600, 1132, 2);
    AUTO(raster) struct raster *left = big_sheet_scan(sheet, (struct glass){0, 0, 900, 1132});
    AUTO(raster) struct raster *right = big_sheet_scan(sheet, (struct glass){700, 0, 900, 1132});
    AUTO(raster) struct raster *wrong = big_sheet_scan(other, (struct glass){700, 0, 900, 1132});
    AUTO(fd) int first = pages_jpeg_fd(left, SHEET_DPI);
    AUTO(fd) int second = pages_jpeg_fd(right, SHEET_DPI);
    AUTO(fd) int stranger = pages_jpeg_fd(wrong, SHEET_DPI);
    AUTO(fd) int picture = -1;
    AUTO(image) struct image view = {0};
    struct ipc_message message = {0};
    const struct js *ok = NULL;
    struct js *args = js_pack("{s:[{s:i}, {s:i}]}", "parts", "dpi", SHEET_DPI, "dpi", SHEET_DPI);
    int fds[] = {first, second};
    assert_int_equal(ask(*state, "join", js_ref(args), fds, 2, &message, &ok), ERR_OK);
    assert_string_equal(js_text_or(ok, "type", ""), "image/jpeg");
    assert_int_equal(ipc_take_fd(&message, 0, &picture, NULL), ERR_OK);
    assert_int_equal(image_read(picture, 0, &view, NULL), ERR_OK);
    assert_in_range(view.raster->width, 1580, 1620);
    assert_int_equal(view.raster->width, js_int_or(ok, "width_px", 0));
    ipc_message_done(&message);
    fds[1] = stranger;
    assert_int_equal(ask(*state, "join", args, fds, 2, &message, &ok), ERR_PARTS_DO_NOT_MEET);
    ipc_message_done(&message);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_page_goes_from_image_to_words, start, stop),
        cmocka_unit_test_setup_teardown(a_page_tells_its_zones, start, stop),
        cmocka_unit_test_setup_teardown(a_page_alone_is_read_by_two_confined_processes, start,
                                        stop),
        cmocka_unit_test_setup_teardown(a_killed_worker_takes_its_copy_along, start, stop),
        cmocka_unit_test_setup_teardown(a_blank_page_has_no_words_and_no_error, start, stop),
        cmocka_unit_test_setup_teardown(a_pale_page_is_read_like_a_black_one_and_called_faint,
                                        start, stop),
        cmocka_unit_test_setup_teardown(a_corpus_sheet_is_read_with_its_code_and_understood, start,
                                        stop),
        cmocka_unit_test_setup_teardown(a_known_turn_stands_unless_the_writing_surely_differs,
                                        start, stop),
        cmocka_unit_test_setup_teardown(a_card_on_a_page_is_told, start, stop),
        cmocka_unit_test_setup_teardown(the_parts_of_a_large_side_are_joined_for_viewing, start,
                                        stop),
        cmocka_unit_test_setup_teardown(bad_requests_get_their_error_and_the_worker_goes_on, start,
                                        stop),
        cmocka_unit_test_setup_teardown(a_scanned_pdf_becomes_its_images, start, stop),
        cmocka_unit_test_setup_teardown(a_pdf_out_of_reach_becomes_its_images_all_the_same, start,
                                        stop),
        cmocka_unit_test_setup_teardown(garbage_on_the_socket_never_kills_by_signal, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
