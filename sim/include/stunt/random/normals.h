#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "stunt/random/random.h"

namespace stunt::random {

/// Normals come in groups: one call of Philox gives this many.
inline constexpr std::size_t kNormalGroup = 8;

/// Normal deviates (mean 0, standard deviation 1) number first, first + 1, … of the stream `key`: any stretch of the
/// stream can be computed alone. Other numbers than those that Stream gives for the same key.
///
/// Box–Muller, 32 bits for the radius and 32 for the angle: nothing lies beyond ±6.7. Logarithm, sine and cosine are
/// our own polynomials (within 1e-13 of the truth), so that the bytes depend on no C library, and free of branches, so
/// that the compiler works on several at once.
///
/// @pre first and out.size() are multiples of kNormalGroup.
/// @source Box, Muller 1958; Salmon et al. 2011 (Philox 4×64-10).
void FillNormals(StreamKey key, std::uint64_t first, std::span<double> out);

}  // namespace stunt::random
