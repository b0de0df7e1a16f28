# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# Writes the manual pages PAGES as HTML into the directory TO. Pages that are not ours link to Debian's.
file(MAKE_DIRECTORY ${TO})
foreach(page ${PAGES})
  get_filename_component(name ${page} NAME)
  file(TOUCH ${TO}/${name}.html)
endforeach()
foreach(page ${PAGES})
  get_filename_component(name ${page} NAME)
  execute_process(COMMAND ${MANDOC} -Thtml "-Otoc,man=%N.%S.html;https://manpages.debian.org/%N.%S" ${page}
                  WORKING_DIRECTORY ${TO} OUTPUT_FILE ${TO}/${name}.html COMMAND_ERROR_IS_FATAL ANY)
endforeach()
