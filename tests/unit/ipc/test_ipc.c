#include "tests/harness/test.h"

#include "daemon/base/file.h"
#include "daemon/ipc/ipc.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

static int pair[2];

static int setup(void **state)
{
    (void)state;
    return ipc_pair(pair, NULL);
}

static int teardown(void **state)
{
    (void)state;
    fd_close(pair[0]);
    fd_close(pair[1]);
    return 0;
}

static void a_request_arrives_with_its_descriptors_in_order(void **state)
{
    (void)state;
    AUTO(js) struct js *body = ipc_make_request(7, "read", js_pack("{s:i}", "dpi", 300));
    int fds[2];
    file_memfd("a", "first", 5, &fds[0], NULL);
    file_memfd("b", "second", 6, &fds[1], NULL);
    assert_int_equal(ipc_send(pair[0], body, fds, 2, NULL), ERR_OK);
    fd_close(fds[0]);
    fd_close(fds[1]);

    struct ipc_message message;
    const char *op;
    const struct js *args;
    assert_int_equal(ipc_receive(pair[1], &message, NULL), ERR_OK);
    assert_int_equal(message.id, 7);
    assert_int_equal(ipc_request(&message, &op, &args, NULL), ERR_OK);
    assert_string_equal(op, "read");
    AUTO(mem) char *text = NULL;
    size_t size;
    AUTO(fd) int second = -1;
    assert_int_equal(ipc_take_fd(&message, 1, &second, NULL), ERR_OK);
    assert_int_equal(file_read_fd(second, 100, &text, &size, NULL), ERR_OK);
    assert_string_equal(text, "second");
    assert_true(fcntl(second, F_GETFD) & FD_CLOEXEC);
    assert_int_equal(ipc_take_fd(&message, 1, &second, NULL), ERR_BAD_MESSAGE);
    assert_int_equal(ipc_take_fd(&message, 2, &second, NULL), ERR_BAD_MESSAGE);
    ipc_message_done(&message);
}

static int open_descriptors(void)
{
    int count = 0;
    for (int fd = 0; fd < 2048; fd++)
        count += fcntl(fd, F_GETFD) != -1;
    return count;
}

static void a_body_of_megabytes_and_hundreds_of_descriptors_pass(void **state)
{
    (void)state;
    enum { FDS = 450, BYTES = 3 << 20 };
    int before = open_descriptors();
    AUTO(mem) char *text = mem_alloc(BYTES + 1);
    memset(text, 'a', BYTES);
    AUTO(js) struct js *body = ipc_make_ok(1, js_pack("{s:s}", "text", text));
    AUTO(mem) int *fds = mem_array(FDS, sizeof *fds);
    for (int i = 0; i < FDS; i++)
        fds[i] = STDIN_FILENO;

    struct ipc_channel *channel;
    assert_int_equal(ipc_channel_new(dup(pair[0]), &channel, NULL), ERR_OK);
    assert_int_equal(ipc_channel_send(channel, body, fds, FDS, NULL), ERR_OK);
    struct ipc_message message;
    const struct js *ok;
    assert_int_equal(ipc_receive(pair[1], &message, NULL), ERR_OK);
    assert_int_equal(message.fd_count, FDS);
    assert_int_equal(ipc_reply(&message, &ok, NULL), ERR_OK);
    assert_int_equal(strlen(js_text_or(ok, "text", "")), BYTES);
    ipc_message_done(&message);
    ipc_channel_free(channel);
    assert_int_equal(open_descriptors(), before);
}

static void an_error_keeps_its_code_detail_and_errno(void **state)
{
    (void)state;
    struct err sent = ERR_INIT, got = ERR_INIT;
    err_set_errno(&sent, ERR_IO, 5, "read \xff page");
    err_set_said(&sent, "Thiếu mã");
    sent.retry_after_us = 7000000;
    AUTO(js) struct js *body = ipc_make_err(3, &sent);
    struct ipc_message message;
    const struct js *ok;
    ipc_send(pair[0], body, NULL, 0, NULL);
    ipc_receive(pair[1], &message, NULL);
    assert_int_equal(ipc_reply(&message, &ok, &got), ERR_IO);
    assert_int_equal(got.sys_errno, 5);
    assert_string_equal(got.said, "Thiếu mã");
    assert_int_equal(got.retry_after_us, 7000000);
    assert_non_null(strstr(got.detail, "read ? page"));
    ipc_message_done(&message);
}

static void garbage_is_a_bad_message_and_the_next_one_still_arrives(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
    } cases[] = {
        {"x", 1},
        {"hello, this is no message", 25},
        {"SOHI\xff\xff\xff\xff\0\0\0\0{}", 14},  /* four thousand million descriptors */
        {"SOHI\0\0\0\0\1\0\0\0", 12},            /* body in a descriptor that is not there */
        {"SOHI\0\0\0\0\0\0\0\0{\"id\":", 18},    /* half a JSON text */
        {"SOHI\0\0\0\0\0\0\0\0[1]", 15},         /* no object */
        {"SOHI\0\0\0\0\0\0\0\0{\"id\":-1}", 21}, /* no id */
        {"SOHI\0\0\0\0\0\0\0\0{\"id\":\"x\"}", 22},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct ipc_message message;
        assert_int_equal(send(pair[0], cases[i].bytes, cases[i].size, 0), cases[i].size);
        assert_int_equal(ipc_receive(pair[1], &message, NULL), ERR_BAD_MESSAGE);
        assert_null(message.body);
    }
    AUTO(js) struct js *body = ipc_make_ok(9, js_object());
    struct ipc_message message;
    ipc_send(pair[0], body, NULL, 0, NULL);
    assert_int_equal(ipc_receive(pair[1], &message, NULL), ERR_OK);
    assert_int_equal(message.id, 9);
    ipc_message_done(&message);
}

static void the_end_of_the_peer_is_no_error(void **state)
{
    (void)state;
    struct ipc_message message;
    fd_close(TAKE_FD(pair[0]));
    assert_int_equal(ipc_receive(pair[1], &message, NULL), ERR_OK);
    assert_null(message.body);
}

static void what_a_peer_said_before_it_died_over_unread_requests_arrives(void **state)
{
    (void)state;
    for (uint64_t id = 1; id <= 2; id++) {
        AUTO(js) struct js *answer = ipc_make_ok(id, js_object());
        AUTO(js) struct js *request = ipc_make_request(10 + id, "status", js_object());
        assert_int_equal(ipc_send(pair[0], answer, NULL, 0, NULL), ERR_OK);
        assert_int_equal(ipc_send(pair[1], request, NULL, 0, NULL), ERR_OK);
    }
    fd_close(pair[0]);
    pair[0] = -1;
    for (uint64_t id = 1; id <= 3; id++) {
        struct ipc_message message;
        assert_int_equal(ipc_receive(pair[1], &message, NULL), ERR_OK);
        assert_int_equal(message.body != NULL, id < 3);
        assert_true(id == 3 || message.id == id);
        ipc_message_done(&message);
    }
}

static void sending_to_one_that_died_over_unread_requests_says_so(void **state)
{
    (void)state;
    AUTO(js) struct js *request = ipc_make_request(1, "status", js_object());
    assert_int_equal(ipc_send(pair[1], request, NULL, 0, NULL), ERR_OK);
    fd_close(TAKE_FD(pair[0]));
    for (int i = 0; i < 2; i++) /* the reset first, then the broken pipe */
        assert_int_equal(ipc_send(pair[1], request, NULL, 0, NULL), ERR_WORKER_DIED);
}

static void a_full_queue_refuses_and_loses_nothing_that_was_taken(void **state)
{
    (void)state;
    struct ipc_channel *channel;
    AUTO(js) struct js *body = ipc_make_ok(1, js_pack("{s:s}", "t", "0123456789"));
    fcntl(pair[0], F_SETFL, O_NONBLOCK);
    ipc_channel_new(dup(pair[0]), &channel, NULL);
    int taken = 0;
    while (ipc_channel_send(channel, body, NULL, 0, NULL) == ERR_OK && taken < 100000)
        taken++;
    assert_true(taken >= IPC_MAX_QUEUE && taken < 100000);
    for (int i = 0; i < taken; i++) {
        struct ipc_message message;
        ipc_channel_flush(channel, NULL);
        assert_int_equal(ipc_receive(pair[1], &message, NULL), ERR_OK);
        assert_int_equal(message.id, 1);
        ipc_message_done(&message);
    }
    assert_false(ipc_channel_wants_write(channel));
    ipc_channel_free(channel);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_request_arrives_with_its_descriptors_in_order),
        CASE(a_body_of_megabytes_and_hundreds_of_descriptors_pass),
        CASE(an_error_keeps_its_code_detail_and_errno),
        CASE(garbage_is_a_bad_message_and_the_next_one_still_arrives),
        CASE(the_end_of_the_peer_is_no_error),
        CASE(what_a_peer_said_before_it_died_over_unread_requests_arrives),
        CASE(sending_to_one_that_died_over_unread_requests_says_so),
        CASE(a_full_queue_refuses_and_loses_nothing_that_was_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
