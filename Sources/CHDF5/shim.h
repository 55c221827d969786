#pragma once

#include <hdf5.h>

// Swift imports neither function-like macros nor the H5…_g globals behind the constants: each function below stands
// for one of them. The globals are only set once H5open() has run, which the macros see to.

static inline hid_t grf_H5P_DEFAULT(void) { return H5P_DEFAULT; }
static inline hid_t grf_H5P_DATASET_CREATE(void) { return H5P_DATASET_CREATE; }
static inline hid_t grf_H5P_FILE_CREATE(void) { return H5P_FILE_CREATE; }
static inline hid_t grf_H5P_FILE_ACCESS(void) { return H5P_FILE_ACCESS; }
static inline hid_t grf_H5S_ALL(void) { return H5S_ALL; }
static inline hid_t grf_H5E_DEFAULT(void) { return H5E_DEFAULT; }

static inline unsigned grf_H5F_ACC_TRUNC(void) { return H5F_ACC_TRUNC; }
static inline haddr_t grf_HADDR_UNDEF(void) { return HADDR_UNDEF; }

static inline hid_t grf_H5T_NATIVE_FLOAT(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t grf_H5T_NATIVE_DOUBLE(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t grf_H5T_STD_I64LE(void) { return H5T_STD_I64LE; }
static inline hid_t grf_H5T_STD_I64BE(void) { return H5T_STD_I64BE; }
static inline hid_t grf_H5T_STD_U64LE(void) { return H5T_STD_U64LE; }
static inline hid_t grf_H5T_STD_U64BE(void) { return H5T_STD_U64BE; }
static inline hid_t grf_H5T_IEEE_F32LE(void) { return H5T_IEEE_F32LE; }
static inline hid_t grf_H5T_IEEE_F64LE(void) { return H5T_IEEE_F64LE; }
static inline hid_t grf_H5T_C_S1(void) { return H5T_C_S1; }
static inline size_t grf_H5T_VARIABLE(void) { return H5T_VARIABLE; }

// The types behind H5Literate changed between 1.10 and 1.12; the macro names follow. The names of a group's links go
// to `visit` one by one; it returns 0 to go on.
typedef int (*grf_name_visitor)(void *context, const char *name);
typedef struct {
    grf_name_visitor visit;
    void *context;
} grf_name_visit;

static herr_t grf_visit_link(hid_t group, const char *name, const H5L_info_t *info, void *data) {
    (void)group, (void)info;
    grf_name_visit *names = (grf_name_visit *)data;
    return names->visit(names->context, name);
}

static inline herr_t grf_visit_names(hid_t group, grf_name_visitor visit, void *context) {
    grf_name_visit names = {visit, context};
    return H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, NULL, grf_visit_link, &names);
}

// H5Oget_info's numbered variants differ between versions; only the kind of object is wanted.
static inline int grf_is_group(hid_t object) { return H5Iget_type(object) == H5I_GROUP; }
static inline int grf_is_dataset(hid_t object) { return H5Iget_type(object) == H5I_DATASET; }

static inline herr_t grf_reclaim(hid_t type, hid_t space, void *buffer) {
#if H5_VERSION_GE(1, 12, 0)
    return H5Treclaim(type, space, H5P_DEFAULT, buffer);
#else
    return H5Dvlen_reclaim(type, space, H5P_DEFAULT, buffer);
#endif
}

// Opens a file for reading, with a small cache for its metadata: libhdf5's own grows to 32 MiB a file, which are several
// times that in memory, with the number of chunks that it has been asked about.
static inline hid_t grf_open_for_reading(const char *path) {
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5AC_cache_config_t config;
    config.version = H5AC__CURR_CACHE_CONFIG_VERSION;
    if (access >= 0 && H5Pget_mdc_config(access, &config) >= 0) {
        config.set_initial_size = 1;
        config.initial_size = config.min_size = 1 << 17;
        config.max_size = 1 << 18;
        H5Pset_mdc_config(access, &config);
    }
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, access < 0 ? H5P_DEFAULT : access);
    // A successful call clears the library's reasons: after a failure they are still to be asked for.
    if (access >= 0 && file >= 0) H5Pclose(access);
    return file;
}

// Where the chunks of a dataset of two dimensions lie, in one pass over its index. `visit` returns 0 to go on. Returns 0,
// or -1 where the pass failed or the library, before 1.14, has none.
typedef int (*grf_chunk_visitor)(void *context, const hsize_t *corner, uint32_t mask, haddr_t address, hsize_t size);
typedef struct {
    grf_chunk_visitor visit;
    void *context;
} grf_chunk_visit;

#if H5_VERSION_GE(1, 14, 0)
static int grf_visit_chunk(const hsize_t *corner, unsigned mask, haddr_t address, hsize_t size, void *data) {
    grf_chunk_visit *chunks = (grf_chunk_visit *)data;
    return chunks->visit(chunks->context, corner, mask, address, size);
}
#endif

static inline herr_t grf_visit_chunks(hid_t dataset, grf_chunk_visitor visit, void *context) {
#if H5_VERSION_GE(1, 14, 0)
    grf_chunk_visit chunks = {visit, context};
    return H5Dchunk_iter(dataset, H5P_DEFAULT, grf_visit_chunk, &chunks) < 0 ? -1 : 0;
#else
    (void)dataset, (void)visit, (void)context;
    return -1;
#endif
}

// Where the header of an object lies; undefined from 1.12 on, where addresses became tokens.
static inline haddr_t grf_header_address(hid_t object) {
#if H5_VERSION_GE(1, 12, 0)
    (void)object;
    return HADDR_UNDEF;
#else
    H5O_info_t info;
    return H5Oget_info2(object, &info, H5O_INFO_BASIC) < 0 ? HADDR_UNDEF : info.addr;
#endif
}
