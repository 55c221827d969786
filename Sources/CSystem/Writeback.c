#define _GNU_SOURCE
#include <fcntl.h>

#include "CSystem.h"

void grf_start_writeback(int descriptor, off_t offset, off_t length) {
#if defined(__linux__)
    sync_file_range(descriptor, offset, length, SYNC_FILE_RANGE_WRITE);
#else
    (void)descriptor, (void)offset, (void)length;
#endif
}
