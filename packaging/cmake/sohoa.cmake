# One static target per folder, programs in build/bin, tests under ctest labels.

find_package(PkgConfig REQUIRED)
enable_testing()

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Build type" FORCE)
endif()

option(SOHOA_WERROR "Warnings are errors" OFF)
option(SOHOA_SANITIZE "Address and undefined-behaviour sanitizers" OFF)

# Warnings and sanitizers are interface targets.
add_library(sohoa_warnings INTERFACE)
target_compile_options(sohoa_warnings INTERFACE
    -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith
    -Wwrite-strings -Wvla -Wformat=2 -Wno-missing-field-initializers
    $<$<BOOL:${SOHOA_WERROR}>:-Werror>)
target_compile_definitions(sohoa_warnings INTERFACE _GNU_SOURCE)
target_include_directories(sohoa_warnings INTERFACE ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
if(SOHOA_SANITIZE)
    target_compile_options(sohoa_warnings INTERFACE -fsanitize=address,undefined -fno-omit-frame-pointer)
    target_link_options(sohoa_warnings INTERFACE -fsanitize=address,undefined)
endif()

# One imported target per pkg-config name, looked up once.
function(sohoa_pkg out)
    set(targets)
    foreach(name IN LISTS ARGN)
        string(MAKE_C_IDENTIFIER pkg_${name} id)
        if(NOT TARGET PkgConfig::${id})
            pkg_check_modules(${id} REQUIRED IMPORTED_TARGET GLOBAL ${name})
        endif()
        list(APPEND targets PkgConfig::${id})
    endforeach()
    set(${out} ${targets} PARENT_SCOPE)
endfunction()

# sohoa_library(NAME n SOURCES … [LINK our targets…] [PKG pkg-config names…])
function(sohoa_library)
    cmake_parse_arguments(A "" "NAME" "SOURCES;LINK;PKG" ${ARGN})
    add_library(${A_NAME} STATIC ${A_SOURCES})
    sohoa_pkg(packages ${A_PKG})
    target_link_libraries(${A_NAME} PUBLIC sohoa_warnings ${A_LINK} PRIVATE ${packages})
endfunction()

# sohoa_program(NAME n SOURCES … LINK … PKG …); sources relative to the top folder
function(sohoa_program)
    cmake_parse_arguments(A "" "NAME" "SOURCES;LINK;PKG" ${ARGN})
    list(TRANSFORM A_SOURCES PREPEND ${CMAKE_SOURCE_DIR}/)
    add_executable(${A_NAME} ${A_SOURCES})
    sohoa_pkg(packages ${A_PKG})
    target_link_libraries(${A_NAME} PRIVATE sohoa_warnings ${A_LINK} ${packages})
endfunction()

# sohoa_test(NAME unit_x SOURCES … LINK … PKG … LABELS unit [TIMEOUT s] [COST s]): a cmocka program.
# COST: seconds it takes, for those that take long: they are begun first.
function(sohoa_test)
    cmake_parse_arguments(A "" "NAME;TIMEOUT;COST" "SOURCES;LINK;PKG;LABELS" ${ARGN})
    list(TRANSFORM A_SOURCES PREPEND ${CMAKE_SOURCE_DIR}/)
    add_executable(${A_NAME} ${A_SOURCES})
    sohoa_pkg(packages cmocka ${A_PKG})
    target_link_libraries(${A_NAME} PRIVATE sohoa_warnings ${A_LINK} ${packages})
    set_target_properties(${A_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    target_compile_definitions(${A_NAME} PRIVATE
        SOHOA_SOURCE_DIR="${CMAKE_SOURCE_DIR}" SOHOA_BINARY_DIR="${CMAKE_BINARY_DIR}")
    add_test(NAME ${A_NAME} COMMAND ${A_NAME})
    if(NOT A_TIMEOUT)
        set(A_TIMEOUT 120)
    endif()
    # Tesseract's threads wait for each other by spinning: as in the workers, one is enough.
    set_tests_properties(${A_NAME} PROPERTIES LABELS "${A_LABELS}" TIMEOUT ${A_TIMEOUT} COST "${A_COST}"
        ENVIRONMENT OMP_THREAD_LIMIT=1)
endfunction()

# sohoa_script_test(NAME flow_x SCRIPT tests/flow/x LABELS flow [TIMEOUT s] [COST s]): an executable script;
# it gets the build folder in SOHOA_BUILD.
function(sohoa_script_test)
    cmake_parse_arguments(A "" "NAME;SCRIPT;TIMEOUT;COST" "LABELS" ${ARGN})
    add_test(NAME ${A_NAME} COMMAND ${CMAKE_SOURCE_DIR}/${A_SCRIPT} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    if(NOT A_TIMEOUT)
        set(A_TIMEOUT 300)
    endif()
    set_tests_properties(${A_NAME} PROPERTIES LABELS "${A_LABELS}" TIMEOUT ${A_TIMEOUT} COST "${A_COST}"
        ENVIRONMENT "SOHOA_BUILD=${CMAKE_BINARY_DIR};SOHOA_SOURCE=${CMAKE_SOURCE_DIR}")
endfunction()

# sohoa_fuzz(NAME x SOURCES tests/fuzz/fuzz_x.c LINK …): libFuzzer target under clang with
# -DSOHOA_FUZZ=ON; in every build its corpus tests/fuzz/corpus/x is replayed as a ctest.
option(SOHOA_FUZZ "Build fuzz targets with libFuzzer (clang)" OFF)
if(SOHOA_FUZZ) # libraries, too: what is not instrumented is fuzzed blindly
    add_compile_options(-fsanitize=fuzzer-no-link,address)
    add_link_options(-fsanitize=address)
endif()
function(sohoa_fuzz)
    cmake_parse_arguments(A "" "NAME" "SOURCES;LINK;PKG" ${ARGN})
    list(TRANSFORM A_SOURCES PREPEND ${CMAKE_SOURCE_DIR}/)
    sohoa_pkg(packages ${A_PKG})
    add_executable(replay_${A_NAME} ${A_SOURCES} ${CMAKE_SOURCE_DIR}/tests/fuzz/replay_main.c)
    target_link_libraries(replay_${A_NAME} PRIVATE sohoa_warnings ${A_LINK} ${packages})
    set_target_properties(replay_${A_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    add_test(NAME fuzz_${A_NAME}
        COMMAND replay_${A_NAME} ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${A_NAME})
    set_tests_properties(fuzz_${A_NAME} PROPERTIES LABELS fuzz TIMEOUT 120)
    if(SOHOA_FUZZ)
        add_executable(fuzz_${A_NAME} ${A_SOURCES})
        target_link_libraries(fuzz_${A_NAME} PRIVATE sohoa_warnings ${A_LINK} ${packages})
        target_link_options(fuzz_${A_NAME} PRIVATE -fsanitize=fuzzer)
    endif()
endfunction()
