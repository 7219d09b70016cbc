#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "stunt/datasets/mapping.h"
#include "stunt/trace/recording.h"

namespace stunt::datasets {

/// Recordings on disk, loaded one at a time.
///
/// `path` is one CSV file, one NAME.truth.json, or a folder. What its files mean is said by, first that applies:
///   1. `mapping`, a mapping file;
///   2. truth files of ours (NAME.truth.json) beside the samples;
///   3. mapping.yaml in the folder;
///   4. the shipped mapping of the folder's name;
///   5. the one shipped mapping whose file names fit every CSV file of the folder.
/// A single CSV file that none of these explains is replayed without truth, labelled "unlabelled". A folder that none
/// explains is an error.
///
/// Example:
///   const RecordingSet people = RecordingSet::Open("recorded/weda_fall");
///   for (std::size_t i = 0; i < people.size(); ++i) Judge(people.Load(i));
class RecordingSet {
 public:
  /// @throws trace::InputError if nothing is there or a mapping is wrong.
  [[nodiscard]] static RecordingSet Open(const std::filesystem::path& path,
                                         const std::optional<std::filesystem::path>& mapping = std::nullopt);

  [[nodiscard]] std::size_t size() const { return files_.size(); }
  [[nodiscard]] const std::filesystem::path& file(std::size_t i) const { return files_.at(i); }

  /// Reads one recording; safe to call from several threads.
  /// @throws trace::InputError with file:line.
  [[nodiscard]] trace::Recording Load(std::size_t i) const;

  /// CSV files of the folder that the mapping does not know; tell the user about them.
  [[nodiscard]] const std::vector<std::filesystem::path>& unmatched() const { return unmatched_; }

  /// The mapping that explains the files, where one does.
  [[nodiscard]] const std::optional<Mapping>& mapping() const { return mapping_; }

  /// What explained the files, for the record of a run: "weda_fall", "truth files", "none".
  [[nodiscard]] std::string explained_by() const;

 private:
  struct Window {
    double start_s = 0;
    double end_s = 0;
  };

  void UseTruthFiles(const std::filesystem::path& path);
  void UseMapping(const std::filesystem::path& path, Mapping mapping);
  void ReadTimestamps(const std::filesystem::path& path);
  [[nodiscard]] trace::Recording LoadMapped(const std::filesystem::path& path) const;
  [[nodiscard]] trace::TruthEvent EventOf(const trace::Recording& recording, const std::string& event_class,
                                          const std::filesystem::path& path) const;

  std::vector<std::filesystem::path> files_;  // in the order of their names
  std::vector<std::filesystem::path> unmatched_;
  std::optional<Mapping> mapping_;
  bool has_truth_files_ = false;
  std::filesystem::path timestamps_path_;
  std::map<std::string, Window> windows_;  // by file stem; seconds of the trace's clock
};

}  // namespace stunt::datasets
