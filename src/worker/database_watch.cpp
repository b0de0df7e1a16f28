// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "worker/database_watch.h"

#include <clamav.h>

#include <filesystem>

namespace p3scan::worker {

DatabaseWatch::DatabaseWatch(std::string directory)
    : directory_(std::move(directory)), loaded_(look()), seen_(loaded_) {}

DatabaseWatch::Files DatabaseWatch::look() const {
  Files files;
  cl_stat found{};
  // libclamav knows what belongs to a database, and complains of a directory that is not there.
  std::error_code failed;
  if (!std::filesystem::is_directory(directory_, failed)) return files;
  if (cl_statinidir(directory_.c_str(), &found) != CL_SUCCESS) return files;
  for (unsigned i = 0; i < found.entries; ++i) {
    const auto& st = found.stattab[i];
    const auto name = found.statdname != nullptr ? std::string(found.statdname[i]) : std::to_string(i);
    files[name] = {
        .size = st.st_size, .time = (st.st_mtim.tv_sec * 1'000'000'000LL) + st.st_mtim.tv_nsec, .inode = st.st_ino};
  }
  cl_statfree(&found);
  return files;
}

bool DatabaseWatch::changed() {
  auto now = look();
  const bool settled = now == seen_;
  seen_ = std::move(now);
  if (!settled || seen_ == loaded_) return false;
  loaded_ = seen_;
  return true;
}

}  // namespace p3scan::worker
