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

/// Runs this program once more, with `arguments` (the last is NULL), as a child that dies with its parent. Returns its
/// process id, or -1 where there can be none. A new image rather than a fork: Swift's runtime remembers the id of a
/// thread, its locks are kernel locks held by that id, and so a forked child that starts threads may wait for ever.
pid_t grf_guard_spawn(char *const *arguments);

/// Whether this process is such a child; the first call makes it ready.
int grf_guard_is_child(void);

/// In the parent: passes SIGINT, SIGTERM and SIGHUP on to the child and waits. Returns the exit status,
/// or minus the number of the signal that ended the child.
int grf_guard_wait(pid_t child);

/// In the child: notes what it is reading; in the parent: what was noted last.
void grf_guard_note(const char *text);
const char *grf_guard_noted(void);

/// Notes that a file of so many bytes was opened: what a call may take in time and memory follows from their sum.
void grf_guard_allow_file(size_t bytes);

/// Around everything that calls the library, in the child and on the thread that first asked whether it is one; may be
/// nested. Inside, the process may take `least` bytes more than it has, and `per_byte` for each byte of the files; more is
/// refused. A child that dies inside dies of the file.
void grf_guard_enter_library(size_t least, size_t per_byte);
void grf_guard_leave_library(void);
/// In the parent: whether the child was inside when it ended.
int grf_guard_was_inside(void);

/// Around a call into a library that may not come back: where one call takes nearly a second of the calling thread's
/// processor time, and a fifth more for every 4 MiB of the files, the child ends itself by SIGXCPU. Must not be nested; of the thread that first asked whether it is one.
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

// MARK: Other programs

/// Starts a program with `arguments` (the last is NULL); its output and errors go to the file `output`, made anew. It is
/// asked to stop (SIGTERM) when its parent ends, however that ends, and does not get the terminal's Ctrl-C. Returns its
/// process id, or -1 with errno. The thread that calls must live as long as the child.
pid_t grf_child_start(const char *program, char *const *arguments, const char *output);

/// 1 where the child has ended, with its exit status, or minus the number of the signal that ended it; else 0.
int grf_child_ended(pid_t child, int *status);

/// Asks a child to stop.
void grf_child_stop(pid_t child);
/// Ends a child at once.
void grf_child_kill(pid_t child);
