#include "daemon/cli/password.h"

#include "daemon/base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted;

static void note_signal(int signal_number)
{
    interrupted = signal_number;
}

enum err_code password_read_fd(int fd, char out[PASSWORD_SIZE], struct err *err)
{
    size_t size = 0;
    while (size < PASSWORD_SIZE) {
        char c;
        ssize_t got = read(fd, &c, 1);
        if (got < 0 && errno == EINTR && !interrupted)
            continue;
        if (got < 0)
            return err_set_errno(err, interrupted ? ERR_CANCELLED : ERR_BAD_ARGUMENT, errno,
                                 "cannot read the password");
        if (got == 0 || c == '\n') {
            out[size] = '\0';
            return size ? ERR_OK : err_set(err, ERR_BAD_ARGUMENT, "the password is empty");
        }
        if (c == '\0')
            break;
        out[size++] = c;
    }
    explicit_bzero(out, size);
    return err_set(err, ERR_BAD_ARGUMENT,
                   "the password is longer than %d bytes or holds a zero byte", PASSWORD_SIZE - 1);
}

enum err_code password_ask(const char *prompt, char out[PASSWORD_SIZE], struct err *err)
{
    AUTO(fd)
    int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    struct termios before;
    if (terminal < 0 || tcgetattr(terminal, &before) < 0)
        return err_set_errno(err, ERR_BAD_ARGUMENT, errno,
                             "no terminal to ask for the password, "
                             "use --password-fd");
    struct sigaction note = {.sa_handler = note_signal}, old_int, old_term;
    interrupted = 0;
    sigaction(SIGINT, &note, &old_int);
    sigaction(SIGTERM, &note, &old_term);
    struct termios quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(terminal, TCSAFLUSH, &quiet);
    dprintf(terminal, "%s", prompt);
    enum err_code code = password_read_fd(terminal, out, err);
    tcsetattr(terminal, TCSAFLUSH, &before);
    dprintf(terminal, "\n");
    sigaction(SIGINT, &old_int, NULL);
    sigaction(SIGTERM, &old_term, NULL);
    return code;
}
