#include "drivers/sane_inside.h"

#include "daemon/base/sys.h"

#include <sane/sane.h>
#include <signal.h>
#include <time.h>

#define READ_TOLD_EVERY_US 200000
#define NOTHING_YET_NS 5000000

/* One scan at a time in this process: what the signal handler may cancel. */
static SANE_Handle volatile active_handle;
static volatile sig_atomic_t cancel_came;

/* ---- scanning ---------------------------------------------------------------------------------
 */

void device_cancel_now(void)
{
    cancel_came = 1;
    if (active_handle)
        sane_cancel(active_handle);
}

bool device_was_cancelled(void)
{
    return cancel_came;
}

void device_forget_cancel(void)
{
    cancel_came = 0;
}

static enum err_code cancelled(struct err *err)
{
    return err_set(err, ERR_CANCELLED, "the scan was cancelled");
}

enum err_code device_start(struct device *device, struct err *err)
{
    device->scanning = true;
    active_handle = device->handle;
    if (cancel_came)
        return cancelled(err);
    device->in_frame = false;
    SANE_Status status = WATCHED("start", sane_start(device->handle));
    if (cancel_came)
        return cancelled(err);
    return device_check((int)status, DEVICE_START, "sane_start", err);
}

enum err_code device_frame(struct device *device, struct frame_params *out, struct err *err)
{
    SANE_Parameters p;
    SANE_Status status = WATCHED("control", sane_get_parameters(device->handle, &p));
    if (status != SANE_STATUS_GOOD)
        return device_check((int)status, DEVICE_START, "sane_get_parameters", err);
    if ((int)p.format < SANE_FRAME_GRAY || (int)p.format > SANE_FRAME_BLUE)
        return err_set(err, ERR_SCANNER_UNSUPPORTED, "frame format %d", (int)p.format);
    static const enum frame_format formats[] = {FRAME_GRAY, FRAME_RGB, FRAME_RED, FRAME_GREEN,
                                                FRAME_BLUE};
    *out = (struct frame_params){
        .format = formats[p.format],
        .last = p.last_frame,
        .bytes_per_line = p.bytes_per_line,
        .pixels_per_line = p.pixels_per_line,
        .lines = p.lines,
        .depth = p.depth,
    };
    return ERR_OK;
}

static void tell_read(struct device *device)
{
    int64_t now_us = sys_monotonic_us();
    bool due = device->bytes_came && now_us - device->read_told_us >= READ_TOLD_EVERY_US;
    if (device->in_frame && !due)
        return;
    device->in_frame = true;
    device->bytes_came = false;
    device->read_told_us = now_us;
    device_tell("read", false);
}

static enum err_code read_bytes(struct device *device, uint8_t *bytes, size_t size,
                                size_t *out_size, bool *out_end, struct err *err)
{
    SANE_Int got = 0;
    tell_read(device);
    SANE_Status status = sane_read(device->handle, bytes, (SANE_Int)size, &got);
    if (cancel_came)
        return cancelled(err);
    *out_end = status == SANE_STATUS_EOF;
    *out_size = 0;
    if (*out_end)
        return ERR_OK;
    if (status != SANE_STATUS_GOOD)
        return device_check((int)status, DEVICE_READ, "sane_read", err);
    if (got < 0 || (size_t)got > size)
        return err_set(err, ERR_SCANNER_IO, "sane_read gave %d bytes into %zu", (int)got, size);
    *out_size = (size_t)got;
    return ERR_OK;
}

enum err_code device_read(struct device *device, uint8_t *bytes, size_t size, size_t *out_size,
                          bool *out_end, struct err *err)
{
    size_t got = 0;
    bool end = false;
    enum err_code code = read_bytes(device, bytes, size, &got, &end, err);
    if (code || end) {
        device->in_frame = false;
        device_tell("read", true);
    } else if (got == 0) {
        nanosleep(&(struct timespec){.tv_nsec = NOTHING_YET_NS}, NULL);
    }
    device->bytes_came |= got > 0;
    if (code)
        return code;
    *out_size = got;
    *out_end = end;
    return ERR_OK;
}

void device_cancel(struct device *device)
{
    if (!device->scanning || !device->handle)
        return;
    active_handle = NULL;
    device_tell("cancel", false);
    sane_cancel(device->handle);
    device_tell("cancel", true);
    device->scanning = false;
}
