# OpenCV's core and ml, without the CMake package that only the whole of libopencv-dev brings.
find_path(STUNT_OPENCV_INCLUDE opencv2/ml.hpp PATH_SUFFIXES opencv4 REQUIRED)
find_library(STUNT_OPENCV_CORE opencv_core REQUIRED)
find_library(STUNT_OPENCV_ML opencv_ml REQUIRED)
add_library(stunt_opencv_ml INTERFACE)
target_include_directories(stunt_opencv_ml SYSTEM INTERFACE ${STUNT_OPENCV_INCLUDE})
target_link_libraries(stunt_opencv_ml INTERFACE ${STUNT_OPENCV_ML} ${STUNT_OPENCV_CORE})
