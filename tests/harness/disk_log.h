#ifndef SOHOA_TESTS_DISK_LOG_H
#define SOHOA_TESTS_DISK_LOG_H

#include <stdint.h>

/*
 * What disk_recorder.so writes and disk_model.h reads: one record for each call that changes a
 * disk, in the order of the whole machine, and what the two processes that make promises hear and
 * say. Folders and files are known by their inode. A record is this header, `first` and `second`
 * name (without a zero) and `size` bytes of data.
 */

enum disk_kind {
    DISK_CREATE = 1, /* a file `inode` came up in folder `folder` as `first` */
    DISK_MAKE_FOLDER,
    DISK_WRITE,    /* `size` bytes at `offset` of `inode` */
    DISK_TRUNCATE, /* `inode` is `offset` bytes long now */
    DISK_FLUSH,    /* fsync or fdatasync of `inode` came back without an error */
    DISK_LINK,     /* `inode` has the name `first` in `folder`, too */
    DISK_UNLINK,
    DISK_RENAME, /* `first` in `folder` is `second` in folder `inode` now */
    DISK_MAP,    /* `inode` is mapped shared and writable: what is stored there is not seen */
    DISK_HEAR,   /* data was received on a socket */
    DISK_SAY,    /* data is about to be sent on a socket */
    DISK_START,  /* a program began; `inode` is DISK_RECORDER_FOLDER */
};

#define DISK_MAGIC 0x4b534944u /* "DISK" */
#define DISK_PROGRAM_SIZE 16

struct disk_record {
    uint32_t magic;
    uint32_t pid;
    uint8_t kind;
    uint8_t first_size, second_size;
    uint8_t unused;
    uint32_t size;
    uint64_t inode, folder, offset;
    char program[DISK_PROGRAM_SIZE];
};

#endif
