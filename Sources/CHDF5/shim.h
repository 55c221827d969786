#pragma once

#include <hdf5.h>

// Swift imports neither function-like macros nor the H5…_g globals behind the constants: each function below stands
// for one of them. The globals are only set once H5open() has run, which the macros see to.

static inline hid_t grf_H5P_DEFAULT(void) { return H5P_DEFAULT; }
static inline hid_t grf_H5P_DATASET_CREATE(void) { return H5P_DATASET_CREATE; }
static inline hid_t grf_H5P_FILE_CREATE(void) { return H5P_FILE_CREATE; }
static inline hid_t grf_H5S_ALL(void) { return H5S_ALL; }
static inline hid_t grf_H5E_DEFAULT(void) { return H5E_DEFAULT; }

static inline unsigned grf_H5F_ACC_RDONLY(void) { return H5F_ACC_RDONLY; }
static inline unsigned grf_H5F_ACC_TRUNC(void) { return H5F_ACC_TRUNC; }
static inline haddr_t grf_HADDR_UNDEF(void) { return HADDR_UNDEF; }

static inline hid_t grf_H5T_NATIVE_FLOAT(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t grf_H5T_NATIVE_DOUBLE(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t grf_H5T_IEEE_F32LE(void) { return H5T_IEEE_F32LE; }
static inline hid_t grf_H5T_IEEE_F64LE(void) { return H5T_IEEE_F64LE; }
static inline hid_t grf_H5T_C_S1(void) { return H5T_C_S1; }
static inline size_t grf_H5T_VARIABLE(void) { return H5T_VARIABLE; }
