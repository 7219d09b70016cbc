# Warnings, the standard and the arithmetic that reproducibility needs.
add_library(stunt_options INTERFACE)
target_compile_features(stunt_options INTERFACE cxx_std_20)
target_compile_options(stunt_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-align -Woverloaded-virtual
  -Wconversion -Wno-sign-conversion -Wdouble-promotion
  # Contraction to FMA would change every trace with the target machine.
  -ffp-contract=off)
