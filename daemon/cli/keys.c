#include "daemon/cli/keys.h"

#include <poll.h>
#include <termios.h>
#include <unistd.h>

static bool is_open;
static struct termios before;

bool keys_open(void)
{
    if (is_open)
        return true;
    bool someone = isatty(STDERR_FILENO) && tcgetattr(STDIN_FILENO, &before) == 0 &&
                   tcgetpgrp(STDIN_FILENO) == getpgrp();
    if (!someone)
        return false;
    struct termios single = before;
    single.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    single.c_cc[VMIN] = 0;
    single.c_cc[VTIME] = 0;
    is_open = tcsetattr(STDIN_FILENO, TCSAFLUSH, &single) == 0;
    return is_open;
}

enum key keys_take(void)
{
    struct pollfd wanted = {.fd = STDIN_FILENO, .events = POLLIN};
    char c;
    while (is_open && poll(&wanted, 1, 0) > 0 && read(STDIN_FILENO, &c, 1) == 1) {
        if (c == '\n' || c == '\r')
            return KEY_ENTER;
        if (c == 'q' || c == 'Q')
            return KEY_QUIT;
    }
    return KEY_NONE;
}

void keys_close(void)
{
    if (is_open)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
    is_open = false;
}
