# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# What `cmake --install` puts where. /etc/p3scan and /var/spool/p3scan are fixed in the program, so no prefix applies.
include(GNUInstallDirs)
set(P3SCAN_UNIT_DIR lib/systemd/system CACHE STRING "Where systemd's units go")
set(P3SCAN_TMPFILES_DIR lib/tmpfiles.d CACHE STRING "Where descriptions for systemd-tmpfiles go")
set(configuration_directory /etc/p3scan)

# With the path of the program.
foreach(file p3scan.service p3scan-rules@.service p3scan.init p3scan.apparmor)
  configure_file(${PROJECT_SOURCE_DIR}/contrib/${file}.in ${PROJECT_BINARY_DIR}/contrib/${file} @ONLY)
endforeach()

install(TARGETS p3scan RUNTIME DESTINATION ${CMAKE_INSTALL_SBINDIR})
install(FILES ${PROJECT_BINARY_DIR}/p3scan.8 ${PROJECT_SOURCE_DIR}/doc/p3scan_readme.8
        DESTINATION ${CMAKE_INSTALL_MANDIR}/man8)
install(FILES ${PROJECT_BINARY_DIR}/p3scan.conf.5 DESTINATION ${CMAKE_INSTALL_MANDIR}/man5)
install(DIRECTORY ${html_directory} DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/data/templates DESTINATION ${CMAKE_INSTALL_DATADIR}/p3scan)

install(FILES ${PROJECT_BINARY_DIR}/contrib/p3scan.service ${PROJECT_BINARY_DIR}/contrib/p3scan-rules@.service
        DESTINATION ${P3SCAN_UNIT_DIR})
install(FILES contrib/p3scan.tmpfiles DESTINATION ${P3SCAN_TMPFILES_DIR} RENAME p3scan.conf)
install(PROGRAMS ${PROJECT_BINARY_DIR}/contrib/p3scan.init DESTINATION /etc/init.d RENAME p3scan)
install(FILES ${PROJECT_BINARY_DIR}/contrib/p3scan.apparmor DESTINATION /etc/apparmor.d RENAME usr.sbin.p3scan)

install(FILES ${PROJECT_BINARY_DIR}/p3scan.conf DESTINATION ${configuration_directory} RENAME p3scan.conf.sample)
# The daemon makes it its user's.
install(DIRECTORY DESTINATION /var/spool/p3scan DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)
# For the keys of "p3scan ca".
install(DIRECTORY DESTINATION ${configuration_directory}/ca DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)
# What the administrator has is kept.
install(CODE "
  function(install_once from to)
    if(EXISTS \"\$ENV{DESTDIR}\${to}\")
      message(STATUS \"Kept: \$ENV{DESTDIR}\${to}\")
    else()
      message(STATUS \"Installing: \$ENV{DESTDIR}\${to}\")
      configure_file(\"\${from}\" \"\$ENV{DESTDIR}\${to}\" COPYONLY)
    endif()
  endfunction()
  install_once(\"${PROJECT_BINARY_DIR}/p3scan.conf\" ${configuration_directory}/p3scan.conf)
  install_once(\"${PROJECT_SOURCE_DIR}/contrib/p3scan.default\" /etc/default/p3scan)
  install_once(\"${PROJECT_SOURCE_DIR}/contrib/p3scan.logrotate\" /etc/logrotate.d/p3scan)
")
