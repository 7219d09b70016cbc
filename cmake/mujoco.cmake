# MuJoCo, for tests and benchmarks only (libmujoco-dev). Debian's mujocoConfig.cmake names an include directory that no
# package has, so the target is made here: stunt_mujoco, absent if MuJoCo is.
include_guard(GLOBAL)
find_path(MUJOCO_INCLUDE_DIR mujoco/mujoco.h)
find_library(MUJOCO_LIBRARY mujoco)
if(MUJOCO_INCLUDE_DIR AND MUJOCO_LIBRARY)
  add_library(stunt_mujoco INTERFACE IMPORTED GLOBAL)
  target_include_directories(stunt_mujoco SYSTEM INTERFACE ${MUJOCO_INCLUDE_DIR})
  target_link_libraries(stunt_mujoco INTERFACE ${MUJOCO_LIBRARY})
endif()
