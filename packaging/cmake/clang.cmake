# cmake -C packaging/cmake/clang.cmake -S . -B build/clang; with -DSOHOA_FUZZ=ON also the fuzz programs
set(CMAKE_C_COMPILER clang CACHE STRING "")
set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "")
set(SOHOA_WERROR ON CACHE BOOL "")
