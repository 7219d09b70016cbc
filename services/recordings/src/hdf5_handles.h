#pragma once

#include <hdf5.h>

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace stunt::recordings::internal {

/// HDF5 refused something. what() says what, and why in HDF5's words. Does not leave this library.
class Hdf5Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Owns one id of HDF5.
class Handle {
 public:
  using Close = herr_t (*)(hid_t);

  Handle() = default;
  /// Takes over `id`. @throws Hdf5Error if it is none: "cannot <what>: <HDF5's reason>".
  Handle(hid_t id, Close close, const std::string& what);
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)), close_(other.close_) {}
  Handle& operator=(Handle&& other) noexcept;
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { Discard(); }

  [[nodiscard]] hid_t get() const { return id_; }
  [[nodiscard]] explicit operator bool() const { return id_ >= 0; }

  /// Closes now. @throws Hdf5Error: what is closed may still have to be written.
  void CloseNow(const std::string& what);

 private:
  void Discard() noexcept;

  hid_t id_ = H5I_INVALID_HID;
  Close close_ = nullptr;
};

/// @throws Hdf5Error if `result` is negative.
void Check(herr_t result, const std::string& what);

/// While one lives, HDF5 prints nothing. The first one also keeps HDF5 from cleaning up at exit: after a full disk that
/// would try to write once more, and complain.
class Quiet {
 public:
  Quiet();
  ~Quiet();
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;

 private:
  H5E_auto2_t print_ = nullptr;
  void* data_ = nullptr;
};

/// A property list. @param cls  H5P_FILE_ACCESS and the like.
[[nodiscard]] Handle Properties(hid_t cls);

/// UTF-8 text of so many bytes, filled up with 0. Not of variable length: HDF5 keeps such texts in a heap without a
/// checksum, so that damage would go unseen, and 1.10.8 loops for ever in one that is damaged.
[[nodiscard]] Handle TextType(std::size_t width);

void SetText(hid_t object, const std::string& name, const std::string& value);
void SetInteger(hid_t object, const std::string& name, std::int64_t value);
void SetUnsigned(hid_t object, const std::string& name, std::uint64_t value);
void SetNumbers(hid_t object, const std::string& name, const std::vector<double>& values);
void SetNumber(hid_t object, const std::string& name, double value);

[[nodiscard]] bool HasAttribute(hid_t object, const std::string& name);
[[nodiscard]] std::string GetText(hid_t object, const std::string& name);
[[nodiscard]] std::int64_t GetInteger(hid_t object, const std::string& name);
[[nodiscard]] std::uint64_t GetUnsigned(hid_t object, const std::string& name);
[[nodiscard]] std::vector<double> GetNumbers(hid_t object, const std::string& name, std::size_t count);
[[nodiscard]] double GetNumber(hid_t object, const std::string& name);

/// Names of all attributes, sorted.
[[nodiscard]] std::vector<std::string> AttributeNames(hid_t object);

/// A new group, without times. @pre no such group.
[[nodiscard]] Handle MakeGroup(hid_t parent, const std::string& name);
/// Opens a group that is really in this file: no soft or external link.
[[nodiscard]] Handle OpenGroup(hid_t parent, const std::string& name);
void ExpectHardLink(hid_t parent, const std::string& name);
[[nodiscard]] bool HasLink(hid_t parent, const std::string& name);
/// Names in a group, sorted by their bytes.
[[nodiscard]] std::vector<std::string> LinkNames(hid_t group);

}  // namespace stunt::recordings::internal
