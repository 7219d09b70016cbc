# System packages only (see packages/*.txt); nothing is downloaded. The build includes this file, and so does the
# installed package file, where a missing package means "Stuntdouble not found" instead of an error here.
include(CMakeFindDependencyMacro)
macro(stunt_find)
  if(CMAKE_FIND_PACKAGE_NAME STREQUAL "Stuntdouble")
    find_dependency(${ARGV})
  else()
    find_package(${ARGV} REQUIRED)
  endif()
endmacro()

stunt_find(Threads)
stunt_find(PkgConfig)
stunt_find(Eigen3 3.4 NO_MODULE)
stunt_find(Boost 1.74)
stunt_find(absl)
stunt_find(fmt)
stunt_find(muparser)
stunt_find(nlohmann_json)
stunt_find(spdlog)
stunt_find(yaml-cpp)
# Packages that only pkg-config knows well: the target PkgConfig::<name> of the first module there is.
macro(stunt_find_module name package)
  if(NOT TARGET PkgConfig::${name})
    pkg_search_module(${name} QUIET IMPORTED_TARGET GLOBAL ${ARGN})
    if(NOT ${name}_FOUND)
      if(NOT CMAKE_FIND_PACKAGE_NAME STREQUAL "Stuntdouble")
        message(FATAL_ERROR "${name} was not found by pkg-config: install ${package}")
      endif()
      set(Stuntdouble_FOUND FALSE)
      set(Stuntdouble_NOT_FOUND_MESSAGE "${name} was not found by pkg-config")
      return()
    endif()
  endif()
endmacro()

# CMake's own Bullet package is single precision; these are the double precision libraries.
stunt_find_module(bullet libbullet-dev bullet-float64)

# Only what is below services/ talks to a network or a command line.
if(NOT CMAKE_FIND_PACKAGE_NAME STREQUAL "Stuntdouble" OR "services" IN_LIST Stuntdouble_FIND_COMPONENTS)
  stunt_find(CLI11)
  stunt_find(Protobuf)
  stunt_find(gRPC CONFIG)  # finds re2::re2 as well
  stunt_find(tinyxml2)
  # CMake's own module compiles C, which this project does not.
  stunt_find_module(hdf5 libhdf5-dev hdf5-serial hdf5)
  set(Stuntdouble_services_FOUND TRUE)
endif()
