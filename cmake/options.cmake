# Warnings, the standard and the arithmetic that reproducibility needs.
add_library(stunt_options INTERFACE)
target_compile_features(stunt_options INTERFACE cxx_std_20)
target_compile_options(stunt_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-align -Woverloaded-virtual
  -Wconversion -Wno-sign-conversion -Wdouble-promotion
  # Contraction to FMA would change every trace with the target machine.
  -ffp-contract=off)

find_program(STUNT_CCACHE ccache)
mark_as_advanced(STUNT_CCACHE)
if(PROJECT_IS_TOP_LEVEL AND STUNT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # A clone elsewhere finds what another one compiled: paths below the source folder count as relative.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${STUNT_CCACHE})
endif()
