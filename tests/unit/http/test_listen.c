#include "daemon/base/mem.h"
#include "daemon/http/listen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[300];
static char path[400];

static int begin(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/sohoa-listen-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/sohoad.sock", folder);
    return 0;
}

static int end(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static void a_socket_left_behind_is_replaced_and_a_living_one_is_not(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    int first = -1, second = -1;
    assert_int_equal(listen_unix(path, 0660, &first, &err), ERR_OK);
    assert_int_equal(listen_unix(path, 0660, &second, &err), ERR_CONFLICT);
    close(first);
    assert_int_equal(listen_unix(path, 0660, &second, &err), ERR_OK);
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0660);
    close(second);
}

static void a_file_of_that_name_is_not_removed(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    int fd = -1;
    close(open(path, O_CREAT | O_WRONLY, 0600));
    assert_int_equal(listen_unix(path, 0660, &fd, &err), ERR_BAD_CONFIG);
    assert_int_equal(access(path, F_OK), 0);
}

static void a_path_longer_than_an_address_works(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    int fd = -1;
    char deep[500], socket_path[600];
    snprintf(deep, sizeof deep, "%s/%0150d", folder, 1);
    snprintf(socket_path, sizeof socket_path, "%s/s.sock", deep);
    assert_int_equal(mkdir(deep, 0700), 0);
    assert_int_equal(listen_unix(socket_path, 0660, &fd, &err), ERR_OK);
    assert_int_equal(access(socket_path, F_OK), 0);
    close(fd);
    unlink(socket_path);
    rmdir(deep);
}

static void a_port_in_use_is_a_conflict(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    int first = -1, second = -1, port = 0, again = 0;
    assert_int_equal(listen_loopback(0, &first, &port, &err), ERR_OK);
    assert_true(port > 0);
    assert_int_equal(listen_loopback(port, &second, &again, &err), ERR_CONFLICT);
    close(first);
}

static void the_family_of_the_socket_decides_who_the_peer_is(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    int pair[2], listening = -1, port = 0;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    struct peer peer = peer_of(pair[0]);
    assert_true(peer.from_unix);
    assert_int_equal(peer.uid, geteuid());
    close(pair[0]);
    close(pair[1]);

    assert_int_equal(listen_loopback(0, &listening, &port, &err), ERR_OK);
    assert_int_equal(listen_port(listening), port);
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
    peer = peer_of(fd);
    assert_false(peer.from_unix);
    assert_true(peer.uid == (uid_t)-1);
    close(fd);
    close(listening);
    assert_int_equal(listen_port(-1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_socket_left_behind_is_replaced_and_a_living_one_is_not,
                                        begin, end),
        cmocka_unit_test_setup_teardown(a_file_of_that_name_is_not_removed, begin, end),
        cmocka_unit_test_setup_teardown(a_path_longer_than_an_address_works, begin, end),
        cmocka_unit_test(a_port_in_use_is_a_conflict),
        cmocka_unit_test(the_family_of_the_socket_decides_who_the_peer_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
