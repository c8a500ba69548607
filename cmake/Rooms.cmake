# One call a room: its library, named like the room, from the sources in its folder.
#
#   towncrier_room(NAME SOURCES a.cpp b.cpp LINKS other_room Some::library [PCH <header>...])
#
# A room of headers alone leaves SOURCES out.
function(towncrier_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;LINKS;PCH" ${ARGN})
  if(ROOM_SOURCES)
    add_library(${name} STATIC ${ROOM_SOURCES})
    target_link_libraries(${name} PUBLIC towncrier_options ${ROOM_LINKS})
    if(ROOM_PCH)
      target_precompile_headers(${name} PRIVATE ${ROOM_PCH})
    endif()
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE towncrier_options ${ROOM_LINKS})
  endif()
endfunction()

# The tests of one room: one executable, each GoogleTest case registered with CTest.
#
#   towncrier_tests(NAME SOURCES a_test.cpp LINKS room [PCH <header>...])
function(towncrier_tests name)
  cmake_parse_arguments(TESTS "" "" "SOURCES;LINKS;PCH" ${ARGN})
  if(NOT BUILD_TESTING)
    return()
  endif()
  add_executable(${name} ${TESTS_SOURCES})
  target_link_libraries(${name} PRIVATE towncrier_options ${TESTS_LINKS} GTest::gtest GTest::gmock GTest::gtest_main)
  if(TESTS_PCH)
    target_precompile_headers(${name} PRIVATE ${TESTS_PCH})
  endif()
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 30 PROPERTIES TIMEOUT 120)
endfunction()
