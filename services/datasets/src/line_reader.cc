#include "line_reader.h"

#include <absl/strings/escaping.h>
#include <fmt/format.h>

#include "stunt/trace/input_error.h"

namespace stunt::datasets {
namespace {

constexpr std::size_t kChunk = 1 << 18;

}  // namespace

LineReader::LineReader(std::filesystem::path path) : path_(std::move(path)), stream_(path_, std::ios::binary) {
  if (!stream_ || std::filesystem::is_directory(path_)) {
    throw trace::InputError(fmt::format("{}: cannot be opened as a file", path_.string()));
  }
}

bool LineReader::Next() {
  std::size_t end = buffer_.find('\n', begin_);
  if (end == std::string::npos) {
    Refill();
    end = buffer_.find('\n', begin_);
  }
  ++number_;
  if (end == std::string::npos && begin_ == buffer_.size()) return false;
  if (end == std::string::npos ? !at_end_ : end - begin_ > kLongestLine) {
    throw trace::InputError(fmt::format("{}: line longer than {} bytes; this is no CSV trace", Where(), kLongestLine));
  }
  if (end == std::string::npos) {
    throw trace::InputError(fmt::format("{}: the file ends in the middle of a line ({}); it seems truncated", Where(),
                                        Quoted(std::string_view(buffer_).substr(begin_))));
  }
  line_ = std::string_view(buffer_).substr(begin_, end - begin_);
  if (line_.ends_with('\r')) line_.remove_suffix(1);
  begin_ = end + 1;
  return true;
}

void LineReader::Refill() {
  if (at_end_) return;
  buffer_.erase(0, begin_);
  begin_ = 0;
  const std::size_t kept = buffer_.size();
  buffer_.resize(kept + kChunk);
  stream_.read(buffer_.data() + kept, kChunk);
  buffer_.resize(kept + static_cast<std::size_t>(stream_.gcount()));
  at_end_ = !stream_;
  if (stream_.bad()) throw trace::InputError(fmt::format("{}: cannot be read", path_.string()));
}

std::string LineReader::Where() const { return fmt::format("{}:{}", path_.string(), number_); }

std::string Quoted(std::string_view text) {
  constexpr std::size_t kShown = 40;
  const bool cut = text.size() > kShown;
  const absl::string_view shown(text.data(), cut ? kShown : text.size());
  return fmt::format("\"{}{}\"", absl::CHexEscape(shown), cut ? "…" : "");
}

}  // namespace stunt::datasets
