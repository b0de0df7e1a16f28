# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# The manual pages and the sample configuration, which the program writes from its option table, and
# what `cmake --install` puts where.
include(GNUInstallDirs)

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
add_custom_target(p3scan_documents ALL DEPENDS ${generated})

# These two are fixed in the program, so no prefix applies.
set(configuration_directory /etc/p3scan)
install(TARGETS p3scan RUNTIME DESTINATION ${CMAKE_INSTALL_SBINDIR})
install(FILES ${PROJECT_BINARY_DIR}/p3scan.8 DESTINATION ${CMAKE_INSTALL_MANDIR}/man8)
install(FILES ${PROJECT_BINARY_DIR}/p3scan.conf.5 DESTINATION ${CMAKE_INSTALL_MANDIR}/man5)
install(FILES ${PROJECT_BINARY_DIR}/p3scan.conf DESTINATION ${configuration_directory} RENAME p3scan.conf.sample)
install(FILES ${PROJECT_SOURCE_DIR}/data/templates/p3scan-en.mail DESTINATION ${configuration_directory})
# What the administrator has is kept.
install(CODE "
  function(install_once from name)
    set(to \"\$ENV{DESTDIR}${configuration_directory}/\${name}\")
    if(EXISTS \"\${to}\")
      message(STATUS \"Kept: \${to}\")
    else()
      message(STATUS \"Installing: \${to}\")
      configure_file(\"\${from}\" \"\${to}\" COPYONLY)
    endif()
  endfunction()
  install_once(\"${PROJECT_BINARY_DIR}/p3scan.conf\" p3scan.conf)
  install_once(\"${PROJECT_SOURCE_DIR}/data/templates/p3scan-en.mail\" p3scan.mail)
")

if(BUILD_TESTING)
  find_program(MANDOC mandoc REQUIRED)
  foreach(page p3scan.8 p3scan.conf.5)
    add_test(NAME mandoc.${page} COMMAND ${CMAKE_COMMAND} -DMANDOC=${MANDOC} -DPAGE=${PROJECT_BINARY_DIR}/${page}
                                         -P ${PROJECT_SOURCE_DIR}/cmake/LintManPage.cmake)
  endforeach()
endif()
