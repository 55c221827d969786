// The floor under any reader of a computational sequence: read every chunk and inflate it with libdeflate.
//
//     inflating_floor THREADS FILE...
//
// Where the chunks lie is found out first, through libhdf5, and not timed. Then the threads take chunk after chunk, read it
// with pread and inflate it; contiguous datasets are only read. Prints one line of JSON: seconds, chunks, bytes stored,
// bytes inflated. Every dataset under ROOT/data counts, features and intervals.
#include <fcntl.h>
#include <hdf5.h>
#include <libdeflate.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef struct {
  int file;
  off_t offset;
  size_t stored, inflated;
  int is_deflated;
} Chunk;

static Chunk *chunks;
static size_t count, capacity, largest_stored, largest_inflated;
static atomic_size_t next;

static void fail(const char *what, const char *where) {
  fprintf(stderr, "inflating_floor: %s: %s\n", where, what);
  exit(1);
}

static void *checked(void *memory) {
  if (!memory) fail("out of memory", "allocation");
  return memory;
}

static void add(Chunk chunk) {
  if (count == capacity) {
    capacity = capacity ? capacity * 2 : 1024;
    chunks = checked(realloc(chunks, capacity * sizeof *chunks));
  }
  if (chunk.stored > largest_stored) largest_stored = chunk.stored;
  if (chunk.inflated > largest_inflated) largest_inflated = chunk.inflated;
  chunks[count++] = chunk;
}

static void add_chunked(hid_t dataset, hid_t properties, int file, off_t block, const char *name) {
  hsize_t shape[8], size[8], at[8] = {0};
  hid_t space = H5Dget_space(dataset), type = H5Dget_type(dataset);
  int rank = H5Sget_simple_extent_ndims(space);
  if (rank < 1 || rank > 8) fail("unexpected rank", name);
  H5Sget_simple_extent_dims(space, shape, NULL);
  H5Pget_chunk(properties, rank, size);
  size_t bytes = H5Tget_size(type);
  for (int i = 0; i < rank; i++) {
    bytes *= size[i];
    if (shape[i] == 0) return;
  }
  unsigned deflate_bit = 0;
  for (int i = 0; i < H5Pget_nfilters(properties); i++) {
    unsigned flags;
    size_t values = 0;
    if (H5Pget_filter2(properties, i, &flags, &values, NULL, 0, NULL, NULL) == H5Z_FILTER_DEFLATE) deflate_bit = 1u << i;
  }
  for (int axis = 0; axis >= 0;) {
    unsigned mask;
    haddr_t address;
    hsize_t stored;
    if (H5Dget_chunk_info_by_coord(dataset, at, &mask, &address, &stored) < 0) fail("no chunk information", name);
    if (address != HADDR_UNDEF)
      add((Chunk){file, (off_t)address + block, stored, bytes, deflate_bit && !(mask & deflate_bit)});
    for (axis = rank - 1; axis >= 0; axis--) {
      at[axis] += size[axis];
      if (at[axis] < shape[axis]) break;
      at[axis] = 0;
    }
  }
  H5Sclose(space);
  H5Tclose(type);
}

typedef struct {
  int file;
  off_t block;
} Place;

static herr_t visit(hid_t object, const char *name, const H5O_info_t *info, void *context) {
  if (info->type != H5O_TYPE_DATASET || !strstr(name, "/data/")) return 0;
  const Place *place = context;
  hid_t dataset = H5Dopen2(object, name, H5P_DEFAULT), properties = H5Dget_create_plist(dataset);
  if (H5Pget_layout(properties) == H5D_CHUNKED) {
    add_chunked(dataset, properties, place->file, place->block, name);
  } else if (H5Dget_offset(dataset) != HADDR_UNDEF) {
    size_t size = H5Dget_storage_size(dataset);
    add((Chunk){place->file, (off_t)H5Dget_offset(dataset) + place->block, size, size, 0});
  }
  H5Pclose(properties);
  H5Dclose(dataset);
  return 0;
}

static void *work(void *unused) {
  (void)unused;
  unsigned char *stored = checked(malloc(largest_stored + 1)), *inflated = checked(malloc(largest_inflated + 1));
  struct libdeflate_decompressor *decompressor = checked(libdeflate_alloc_decompressor());
  for (size_t i; (i = atomic_fetch_add(&next, 1)) < count;) {
    const Chunk *chunk = &chunks[i];
    if (pread(chunk->file, stored, chunk->stored, chunk->offset) != (ssize_t)chunk->stored) fail("short read", "chunk");
    if (!chunk->is_deflated) continue;
    if (libdeflate_zlib_decompress(decompressor, stored, chunk->stored, inflated, chunk->inflated, NULL))
      fail("not a zlib stream of the chunk's size", "chunk");
  }
  libdeflate_free_decompressor(decompressor);
  free(stored);
  free(inflated);
  return NULL;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

int main(int arguments, char **argument) {
  int threads = arguments > 2 ? atoi(argument[1]) : 0;
  if (threads < 1 || threads > 256) fail("usage: inflating_floor THREADS FILE...", "arguments");
  for (int i = 2; i < arguments; i++) {
    hid_t file = H5Fopen(argument[i], H5F_ACC_RDONLY, H5P_DEFAULT);
    if (file < 0) fail("cannot be opened", argument[i]);
    hid_t creation = H5Fget_create_plist(file);
    hsize_t block = 0;
    H5Pget_userblock(creation, &block);
    Place place = {open(argument[i], O_RDONLY), (off_t)block};
    if (place.file < 0) fail("cannot be opened", argument[i]);
    if (H5Ovisit(file, H5_INDEX_NAME, H5_ITER_NATIVE, visit, &place) < 0) fail("cannot be walked", argument[i]);
    H5Pclose(creation);
    H5Fclose(file);
  }
  pthread_t workers[256];
  double start = now();
  for (int i = 0; i < threads; i++)
    if (pthread_create(&workers[i], NULL, work, NULL)) fail("no thread", "start");
  for (int i = 0; i < threads; i++) pthread_join(workers[i], NULL);
  double seconds = now() - start;
  size_t stored = 0, inflated = 0;
  for (size_t i = 0; i < count; i++) {
    stored += chunks[i].stored;
    inflated += chunks[i].inflated;
  }
  printf("{\"seconds\": %.6f, \"chunks\": %zu, \"stored\": %zu, \"inflated\": %zu}\n", seconds, count, stored, inflated);
  return 0;
}
