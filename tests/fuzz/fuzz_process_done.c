#include "daemon/base/file.h"
#include "daemon/pipeline/output.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* The JSON that an earlier run left, damaged or made by somebody else: is that document done? Its
 * PDF has no bytes. */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static char path[] = "/tmp/sohoa-fuzz-XXXXXX";
static int folder = -1;

static void remove_folder(void)
{
    static const char *const names[] = {"a.json", "a.pdf", "a-1.json", "a-1.pdf"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlinkat(folder, names[i], 0);
    rmdir(path);
}

static int write_file(const char *name, const void *bytes, size_t size)
{
    AUTO(fd) int fd = openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    return fd < 0 || file_write_all(fd, bytes, size, NULL);
}

static void make_folder(void)
{
    if (mkdtemp(path))
        folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0 || write_file("a.pdf", "", 0) || write_file("a-1.pdf", "", 0))
        abort();
    atexit(remove_folder);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (folder < 0)
        make_folder();
    if (write_file("a.json", bytes, size) || write_file("a-1.json", bytes, size))
        abort();
    output_is_done(folder, "a", "d");
    unlinkat(folder, "a.json", 0);
    output_is_done(folder, "a", "d");
    return 0;
}
