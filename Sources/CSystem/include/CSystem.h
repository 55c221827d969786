#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// Exchanges two names in one step. Returns 0 or -1 with errno (ENOSYS or EINVAL where the file system cannot).
int grf_rename_exchange(const char *left, const char *right);

/// Renames without replacing anything. Returns 0 or -1 with errno (EEXIST where the target is there).
int grf_rename_exclusive(const char *from, const char *to);

/// Tells the SIGBUS handler that `[start, start + length)` maps `name`; the handler is installed by the first call.
/// A read beyond the end of a file that was cut short while mapped then ends the process with a line that names the
/// file and exit status 1. Returns a slot for `grf_unwatch_mapping`, or -1 where all slots are taken.
int grf_watch_mapping(const void *start, size_t length, const char *name);
void grf_unwatch_mapping(int slot);

/// Asks the system to fetch the pages of `[start, start + length)` of a mapping, which need not begin on one, and does
/// not wait for it; advice only. Returns 0, or -1 with errno.
int grf_will_need(const void *start, size_t length);

/// Reads a byte of every page of `[start, start + length)`: they are in memory when it returns.
void grf_touch_pages(const void *start, size_t length);

/// Splits the process: returns 0 in the child, which goes on, and the child's process id in the parent, or -1. Must be
/// called while there is one thread. The child dies with its parent.
pid_t grf_guard_fork(void);

/// In the parent: passes SIGINT, SIGTERM and SIGHUP on to the child and waits. Returns the exit status,
/// or minus the number of the signal that ended the child.
int grf_guard_wait(pid_t child);

/// In the child: notes what it is reading; in the parent: what was noted last.
void grf_guard_note(const char *text);
const char *grf_guard_noted(void);

/// In the child: from now on it may have `bytes` of memory of its own; more is refused. Elsewhere nothing happens.
void grf_guard_limit_memory(size_t bytes);
/// In the child: it may have so many more.
void grf_guard_allow_memory(size_t bytes);

/// Around a call into a library that may not come back: where one call takes nearly a second of the calling thread's
/// processor time, the child ends itself by SIGXCPU. Must not be nested; of the thread that split the process.
void grf_guard_begin_call(void);
void grf_guard_end_call(void);

/// A write beyond RLIMIT_FSIZE shall fail with EFBIG instead of ending the process.
void grf_ignore_file_size_signal(void);

/// Asks the system to begin writing a range of a file to disk; advice only.
void grf_start_writeback(int descriptor, off_t offset, off_t length);

// MARK: Being asked to stop

/// From here on the first SIGINT or SIGTERM is only noted; the second ends the process as it would have.
void grf_note_stop_signals(void);
/// The signal that was noted, or 0.
int grf_noted_stop_signal(void);
