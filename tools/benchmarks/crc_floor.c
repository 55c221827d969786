// The floor under any check of a dataset: read every byte of its files and take libdeflate's CRC-32 of each MiB.
//
//     crc_floor THREADS FILE...
//
// The threads take MiB after MiB and read it with pread. Prints one line of JSON: seconds, bytes, and the sum of all CRCs.
#include <fcntl.h>
#include <libdeflate.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { block_bytes = 1 << 20 };

typedef struct {
  int file;
  off_t offset;
} Block;

static Block *blocks;
static size_t count;
static atomic_size_t next;
static atomic_ullong sum, bytes;

static void fail(const char *what, const char *where) {
  fprintf(stderr, "crc_floor: %s %s\n", what, where);
  exit(1);
}

static void add(const char *path) {
  int file = open(path, O_RDONLY);
  struct stat status;
  if (file < 0 || fstat(file, &status) != 0) fail("cannot open", path);
  size_t more = (size_t)((status.st_size + block_bytes - 1) / block_bytes);
  blocks = realloc(blocks, (count + more) * sizeof *blocks);
  if (!blocks) fail("no memory for", path);
  for (size_t i = 0; i < more; i++) blocks[count++] = (Block){file, (off_t)i * block_bytes};
}

static void *work(void *unused) {
  (void)unused;
  char *buffer = malloc(block_bytes);
  if (!buffer) fail("no memory for", "a thread");
  for (size_t i; (i = atomic_fetch_add(&next, 1)) < count;) {
    ssize_t found = pread(blocks[i].file, buffer, block_bytes, blocks[i].offset);
    if (found < 0) fail("cannot read", "a file");
    atomic_fetch_add(&sum, libdeflate_crc32(0, buffer, (size_t)found));
    atomic_fetch_add(&bytes, (unsigned long long)found);
  }
  free(buffer);
  return NULL;
}

int main(int argc, char **argv) {
  int threads = argc > 2 ? atoi(argv[1]) : 0;
  if (threads < 1) fail("usage:", "crc_floor THREADS FILE...");
  for (int i = 2; i < argc; i++) add(argv[i]);
  struct timespec start, end;
  clock_gettime(CLOCK_MONOTONIC, &start);
  pthread_t *ids = calloc((size_t)threads, sizeof *ids);
  if (!ids) fail("no memory for", "threads");
  for (int i = 0; i < threads; i++)
    if (pthread_create(&ids[i], NULL, work, NULL) != 0) fail("cannot start", "a thread");
  for (int i = 0; i < threads; i++) pthread_join(ids[i], NULL);
  clock_gettime(CLOCK_MONOTONIC, &end);
  double seconds = (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
  printf("{\"seconds\": %.6f, \"bytes\": %llu, \"sum\": %llu}\n", seconds, bytes, sum);
}
