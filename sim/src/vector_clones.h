#pragma once

/// Before a function whose loops work on arrays: it is compiled once more for processors with AVX2, which take four
/// numbers at a time in place of two, and the loader picks. Each number is computed by the same operations in the same
/// order, and without fused multiply-add (-ffp-contract=off; the clone has no FMA), so the bytes are the same:
/// random_test and device tests compare with hashes of builds without it.
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__) && !defined(__clang__)
#define STUNT_VECTOR_CLONES __attribute__((target_clones("avx2", "default")))
#else  // sanitizers cannot bear functions that are chosen before they have started
#define STUNT_VECTOR_CLONES
#endif

/// Before a loop: what it writes is read or written by no other turn of it.
#ifdef __clang__
#define STUNT_NO_OVERLAP
#else
#define STUNT_NO_OVERLAP _Pragma("GCC ivdep")
#endif
