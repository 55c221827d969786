#pragma once

#include <cblas.h>
#include <openblas_config.h>

// OpenBLAS holds LAPACK under its Fortran names; Debian's LAPACKE would be one more library for one function.

/// Eigenvalues, ascending, and eigenvectors of a symmetric matrix, by divide and conquer.
void dsyevd_(const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w, double *work,
             const int *lwork, int *iwork, const int *liwork, int *info);
