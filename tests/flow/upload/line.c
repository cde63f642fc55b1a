#include "tests/flow/upload/line.h"

#include "tests/harness/test.h"

#include <fcntl.h>
#include <sys/wait.h>

void line_open(struct line *line, int upstream_port)
{
    int to[2], from[2];
    char port[10];
    snprintf(port, sizeof port, upstream_port ? "%d" : "forward", upstream_port);
    assert_int_equal(pipe2(to, O_CLOEXEC) | pipe2(from, O_CLOEXEC), 0);
    line->pid = fork();
    assert_true(line->pid >= 0);
    if (line->pid == 0) {
        dup2(to[0], STDIN_FILENO);
        dup2(from[1], STDOUT_FILENO);
        execl(SOHOA_BINARY_DIR "/tests/fault_proxy", "fault_proxy", port, NULL);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    line->orders = fdopen(to[1], "w");
    line->answers = fdopen(from[0], "r");
    char answer[20];
    assert_non_null(fgets(answer, sizeof answer, line->answers));
    line->port = atoi(answer);
}

void line_close(struct line *line)
{
    fclose(line->orders);
    fclose(line->answers);
    waitpid(line->pid, NULL, 0);
}

void line_order(struct line *line, const char *order)
{
    char answer[200] = "";
    fprintf(line->orders, "%s\n", order);
    fflush(line->orders);
    assert_non_null(fgets(answer, sizeof answer, line->answers));
    assert_string_equal(answer, "ok\n");
}

uint64_t line_sent(struct line *line)
{
    char answer[200] = "";
    fprintf(line->orders, "count\n");
    fflush(line->orders);
    assert_non_null(fgets(answer, sizeof answer, line->answers));
    assert_memory_equal(answer, "up ", 3);
    return strtoull(answer + 3, NULL, 10);
}
