#include "daemon/base/mem.h"
#include "drivers/frame.h"
#include "drivers/hash_sink.h"

#include <stdint.h>
#include <string.h>

/*
 * What a device may say and send. The input is a list of frames: 8 bytes of parameters (format and
 * depth, width, lines, padding, how many bytes follow, how large a piece) and then bytes.
 */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static struct frame_params read_params(const uint8_t *b)
{
    static const int depths[] = {8, 16, 1, 12};
    int samples = b[0] % 8 == FRAME_RGB ? 3 : 1;
    int depth = depths[b[0] / 8 % 4];
    int width = b[1] | (b[2] & 3) << 8;
    return (struct frame_params){
        .format = (enum frame_format)(b[0] % 8),
        .last = b[0] & 0x80,
        .pixels_per_line = width,
        .lines = b[3] == 255 ? -1 : b[3],
        .bytes_per_line = (width * samples * depth + 7) / 8 + (int8_t)b[4] / 16,
        .depth = depth,
    };
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    AUTO(assembly) struct assembly *assembly = NULL;
    AUTO(hash_sink) struct hash_sink hash;
    struct err err = ERR_INIT;
    hash_sink_init(&hash);
    struct row_sink *const sinks[] = {&hash.sink};
    enum err_code code = assembly_new(sinks, 1, 300, &assembly, &err);
    while (!code && size >= 8 && !assembly_is_complete(assembly)) {
        struct frame_params params = read_params(bytes);
        size_t follow = (size_t)bytes[5] * 16 + bytes[6], piece = (size_t)bytes[7] + 1;
        bytes += 8;
        size -= 8;
        code = assembly_begin_frame(assembly, &params, &err);
        for (follow = follow < size ? follow : size; !code && follow;) {
            size_t part = piece < follow ? piece : follow;
            code = assembly_bytes(assembly, bytes, part, &err);
            bytes += part;
            size -= part;
            follow -= part;
        }
        if (!code)
            code = assembly_end_frame(assembly, &err);
    }
    struct page_shape shape;
    int lines, expected;
    if (!code)
        code = assembly_finish(assembly, &shape, &err);
    if (assembly)
        assembly_progress(assembly, &lines, &expected);
    return 0;
}
