#pragma once

// One source, several instruction sets. A kernel is compiled once for each; which clone runs is decided when the program
// is loaded, in Processor.c, and is the same for all kernels.

#define GRF_INLINE static inline __attribute__((always_inline))

enum { clone_portable, clone_neon, clone_avx2, clone_avx512 };

/// The clone in use.
extern int grf_clone;

/// Defines the clones of a function, each with a result of its own, and the function that calls the one in use.
#if defined(__x86_64__)
#define CLONES(type, name, parameters, arguments, portable, neon, avx2, avx512)                                        \
    static type name##_portable parameters { return portable; }                                                        \
    __attribute__((target("arch=x86-64-v3"))) static type name##_avx2 parameters { return avx2; }                      \
    __attribute__((target("arch=x86-64-v4"), min_vector_width(512))) static type name##_avx512 parameters {            \
        return avx512;                                                                                                 \
    }                                                                                                                  \
    type name parameters {                                                                                             \
        switch (grf_clone) {                                                                                           \
        case clone_avx512: return name##_avx512 arguments;                                                             \
        case clone_avx2: return name##_avx2 arguments;                                                                 \
        default: return name##_portable arguments;                                                                     \
        }                                                                                                              \
    }
#elif defined(__aarch64__)
#define CLONES(type, name, parameters, arguments, portable, neon, avx2, avx512)                                        \
    type name parameters { return neon; }
#else
#define CLONES(type, name, parameters, arguments, portable, neon, avx2, avx512)                                        \
    type name parameters { return portable; }
#endif

/// Begins the definition of a kernel whose clones have one body. `arguments` repeats the parameters' names.
#define KERNEL(type, name, parameters, arguments)                                                                      \
    GRF_INLINE type name##_body parameters;                                                                            \
    CLONES(type, name, parameters, arguments, name##_body arguments, name##_body arguments, name##_body arguments,     \
           name##_body arguments)                                                                                      \
    GRF_INLINE type name##_body parameters
