#include "daemon/workers/confine_parts.h"

#include <stddef.h>
#include <string.h>

#define LIST(...)                                                                                  \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

/* The kernel opens the loader of a program it starts. */
#define LOADERS                                                                                    \
    "/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1", "/lib/ld-linux-armhf.so.3",       \
        "/lib/ld-linux-riscv64-lp64d.so.1"

static const struct confine_profile profiles[] = {
    /* Code of scanner vendors, whatever it reads, starts and talks to. It writes device nodes,
     * temporary files, lock files and what it learnt of a scanner (~/.sane, see scan_folders.h). */
    {.program = "sohoa-scan-worker",
     .reads = LIST("/"),
     .writes = LIST("/dev", "/tmp", "/run/lock", "/var/lock"),
     .named_writes = LIST("SOHOA_SCANNER_FOLDERS", "SOHOASIM_DIR", "SOHOASIM_STATE"),
     .runs = LIST("/"),
     .temp = true,
     .network = true},
    {.program = "sohoa-ocr-worker",
     .reads = LIST("/etc/fonts", "/var/cache/fontconfig"),
     .named_reads = LIST("TESSDATA_PREFIX"),
     .runs = LIST("/usr/bin/pdfinfo", "/usr/bin/pdffonts", "/usr/bin/pdfimages",
                  "/usr/bin/pdftoppm", "/usr/bin/pdftotext", LOADERS),
     .temp = true},
    /* Folders are told later and may be mounted anew: it may read what its user may, and write
     * nothing but temporary files. */
    {.program = "sohoa-import-worker",
     .reads = LIST("/"),
     .runs = LIST("/usr/bin/pdfinfo", "/usr/bin/pdffonts", "/usr/bin/pdfimages",
                  "/usr/bin/pdftoppm", "/usr/bin/pdftotext", LOADERS),
     .temp = true},
    {.program = "sohoa-learn-worker"},
    {.program = "sohoa-store-worker"},
    {.program = "sohoa-pdf-worker"},
    {.program = "sohoa-seal-worker"},
    {.program = "sohoa-upload-worker",
     .reads = LIST("/etc", "/run/systemd/resolve", "/run/NetworkManager", "/run/resolvconf"),
     .network = true},
};

const char *const confine_common_reads[] = {"/usr",
                                            "/lib",
                                            "/lib64",
                                            "/etc/ld.so.cache",
                                            "/etc/localtime",
                                            "/etc/ssl",
                                            "/sys/devices/system/cpu",
                                            "/proc",
                                            "/dev/urandom",
                                            "/dev/random",
                                            "/dev/zero",
                                            NULL};
const char *const confine_common_devices[] = {"/dev/null", NULL};

const struct confine_profile *confine_profile_find(const char *program)
{
    for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++)
        if (strcmp(profiles[i].program, program) == 0)
            return &profiles[i];
    return NULL;
}
