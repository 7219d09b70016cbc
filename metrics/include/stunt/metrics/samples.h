#pragma once

#include <optional>
#include <span>
#include <vector>

namespace stunt::metrics {

// Statistics of two samples. Values must be finite; every function gives std::nullopt where its answer is undefined.

/// p-quantile by linear interpolation between order statistics (type 7 of Hyndman and Fan 1996, as R and NumPy do).
/// @param p  0 … 1
[[nodiscard]] std::optional<double> Quantile(std::span<const double> values, double p);

/// Largest distance between the two empirical distribution functions, 0 … 1 (Kolmogorov and Smirnov).
[[nodiscard]] std::optional<double> KolmogorovSmirnov(std::span<const double> a, std::span<const double> b);

/// Root mean square difference of the two empirical distribution functions over both samples together, 0 … √⅓ (the
/// statistic of Cramér and von Mises for two samples, Anderson 1962, as a distance: 0 for equal samples).
[[nodiscard]] std::optional<double> Cramer(std::span<const double> a, std::span<const double> b);

/// First Wasserstein distance: the area between the two empirical distribution functions, in the values' unit.
[[nodiscard]] std::optional<double> Wasserstein(std::span<const double> a, std::span<const double> b);

/// Spearman's rank correlation, ties by their mean rank. Undefined for fewer than 3 pairs or a constant side.
[[nodiscard]] std::optional<double> Spearman(std::span<const double> x, std::span<const double> y);

/// Area under the ROC curve: the chance that a positive scores higher than a negative, ties one half (Mann–Whitney).
[[nodiscard]] std::optional<double> RocAuc(std::span<const double> positives, std::span<const double> negatives);

/// Ranks from 1, ties by their mean.
[[nodiscard]] std::vector<double> MeanRanks(std::span<const double> values);

}  // namespace stunt::metrics
