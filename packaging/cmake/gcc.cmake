# cmake -C packaging/cmake/gcc.cmake -S . -B build: what CI builds
set(CMAKE_C_COMPILER gcc CACHE STRING "")
set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "")
set(SOHOA_WERROR ON CACHE BOOL "")
