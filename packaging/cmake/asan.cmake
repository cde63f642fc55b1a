# cmake -C packaging/cmake/asan.cmake -S . -B build/asan: address and undefined-behaviour sanitizers
set(CMAKE_C_COMPILER gcc CACHE STRING "")
set(CMAKE_BUILD_TYPE Debug CACHE STRING "")
set(SOHOA_SANITIZE ON CACHE BOOL "")
