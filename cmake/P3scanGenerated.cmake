# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# The manual pages and the sample configuration, which the program writes from its option table, and the pages as HTML.
find_program(MANDOC mandoc REQUIRED)

function(p3scan_generate file option)
  set(output ${PROJECT_BINARY_DIR}/${file})
  add_custom_command(OUTPUT ${output} COMMAND p3scan ${option} > ${output} DEPENDS p3scan
                     COMMENT "Writing ${file}" VERBATIM)
  list(APPEND generated ${output})
  set(generated ${generated} PARENT_SCOPE)
endfunction()
set(generated)
p3scan_generate(p3scan.conf --dump-sample-conf)
p3scan_generate(p3scan.8 --dump-man8)
p3scan_generate(p3scan.conf.5 --dump-man5)

# One after the other in one place: a reference becomes a link if the page it names is there.
set(html_directory ${PROJECT_BINARY_DIR}/doc/html)
set(manual_pages ${PROJECT_BINARY_DIR}/p3scan.8 ${PROJECT_BINARY_DIR}/p3scan.conf.5 ${PROJECT_SOURCE_DIR}/doc/p3scan_readme.8)
foreach(page ${manual_pages})
  get_filename_component(name ${page} NAME)
  list(APPEND html_pages ${html_directory}/${name}.html)
endforeach()
add_custom_command(OUTPUT ${html_pages} DEPENDS ${manual_pages} VERBATIM COMMENT "Writing doc/html"
                   COMMAND ${CMAKE_COMMAND} "-DMANDOC=${MANDOC}" "-DPAGES=${manual_pages}" "-DTO=${html_directory}"
                                            -P ${PROJECT_SOURCE_DIR}/cmake/WriteHtml.cmake)
add_custom_target(p3scan_documents ALL DEPENDS ${generated} ${html_pages})

if(BUILD_TESTING)
  foreach(page ${manual_pages})
    get_filename_component(name ${page} NAME)
    add_test(NAME mandoc.${name} COMMAND ${CMAKE_COMMAND} -DMANDOC=${MANDOC} -DPAGE=${page}
                                         -P ${PROJECT_SOURCE_DIR}/cmake/LintManPage.cmake)
  endforeach()
endif()
