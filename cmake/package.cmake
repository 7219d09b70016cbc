# find_package(Stuntdouble) for projects outside this tree.
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/Stuntdouble)
install(EXPORT stuntTargets NAMESPACE stunt:: DESTINATION ${package_dir})
configure_package_config_file(cmake/StuntdoubleConfig.cmake.in ${PROJECT_BINARY_DIR}/StuntdoubleConfig.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/StuntdoubleConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/StuntdoubleConfig.cmake ${PROJECT_BINARY_DIR}/StuntdoubleConfigVersion.cmake
              cmake/dependencies.cmake
        DESTINATION ${package_dir})
