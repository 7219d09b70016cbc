#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace stunt::datasets {

/// Reads a text file line by line in bounded memory; file of any length, lines of at most kLongestLine bytes.
class LineReader {
 public:
  static constexpr std::size_t kLongestLine = 4096;

  /// @throws trace::InputError if the file cannot be opened.
  explicit LineReader(std::filesystem::path path);

  /// Moves to the next line, without its LF or CR LF; false at the end of the file.
  /// @throws trace::InputError on a line that is too long or, at the end of the file, not ended.
  [[nodiscard]] bool Next();

  [[nodiscard]] std::string_view line() const { return line_; }

  /// "file:line", for messages.
  [[nodiscard]] std::string Where() const;

 private:
  void Refill();

  std::filesystem::path path_;
  std::ifstream stream_;
  std::string buffer_;  // bytes read and not yet handed out start at begin_
  std::size_t begin_ = 0;
  bool at_end_ = false;     // the stream gave all it has
  std::string_view line_;   // into buffer_
  std::size_t number_ = 0;  // of the current line, from 1
};

/// What the user wrote, short and without control characters, in quotes.
[[nodiscard]] std::string Quoted(std::string_view text);

}  // namespace stunt::datasets
