#include "hdf5_handles.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <mutex>

namespace stunt::recordings::internal {
namespace {

constexpr std::size_t kLongestText = 1U << 20U;  // bytes
constexpr hsize_t kMostAttributes = 10'000;

/// The deepest reason on HDF5's error stack, and the operating system's words where there are some.
std::string Reason() {
  struct Found {
    std::string deepest;
    std::string of_system;
  } found;
  const auto look = [](unsigned /*level*/, const H5E_error2_t* error, void* data) -> herr_t {
    Found& into = *static_cast<Found*>(data);
    const std::string text = error->desc == nullptr ? "" : error->desc;
    // "file write failed: time = …, filename = …, errno = 28, error message = 'No space left on device', …"
    constexpr std::string_view kBegin = "error message = '";
    const std::size_t begin = text.find(kBegin);
    if (begin != std::string::npos && into.of_system.empty()) {
      into.of_system = text.substr(begin + kBegin.size());
      into.of_system.resize(std::min(into.of_system.find('\''), into.of_system.size()));
    }
    if (into.deepest.empty() && !text.empty()) into.deepest = text;
    return 0;
  };
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, look, &found);
  if (!found.of_system.empty()) return found.of_system;
  return found.deepest.empty() ? "HDF5 does not say why" : found.deepest;
}

[[noreturn]] void Fail(const std::string& what) { throw Hdf5Error(fmt::format("cannot {}: {}", what, Reason())); }

Handle Scalar() { return {H5Screate(H5S_SCALAR), H5Sclose, "make a dataspace"}; }

Handle MakeAttribute(hid_t object, const std::string& name, hid_t type, hid_t space) {
  return {H5Acreate2(object, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose, "write " + name};
}

Handle OpenAttribute(hid_t object, const std::string& name) {
  if (!HasAttribute(object, name)) throw Hdf5Error(fmt::format("the attribute {} is missing", name));
  return {H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose, "read " + name};
}

/// @throws Hdf5Error unless the attribute has `count` values of the class.
void ExpectShape(hid_t attribute, H5T_class_t accepted, std::size_t count, const std::string& name) {
  const Handle type(H5Aget_type(attribute), H5Tclose, "read " + name);
  const Handle space(H5Aget_space(attribute), H5Sclose, "read " + name);
  if (H5Tget_class(type.get()) != accepted ||
      H5Sget_simple_extent_npoints(space.get()) != static_cast<hssize_t>(count)) {
    throw Hdf5Error(fmt::format("the attribute {} has another type or shape than it should", name));
  }
}

void GetValues(hid_t object, const std::string& name, H5T_class_t accepted, hid_t memory_type, std::size_t count,
               void* values) {
  const Handle attribute = OpenAttribute(object, name);
  ExpectShape(attribute.get(), accepted, count, name);
  Check(H5Aread(attribute.get(), memory_type, values), "read " + name);
}

void SetScalar(hid_t object, const std::string& name, hid_t file_type, hid_t memory_type, const void* value) {
  const Handle space = Scalar();
  const Handle attribute = MakeAttribute(object, name, file_type, space.get());
  Check(H5Awrite(attribute.get(), memory_type, value), "write " + name);
}

}  // namespace

Handle::Handle(hid_t id, Close close, const std::string& what) : id_(id), close_(close) {
  if (id_ < 0) Fail(what);
}

Handle& Handle::operator=(Handle&& other) noexcept {
  if (this != &other) {
    Discard();
    id_ = std::exchange(other.id_, H5I_INVALID_HID);
    close_ = other.close_;
  }
  return *this;
}

void Handle::CloseNow(const std::string& what) { Check(close_(std::exchange(id_, H5I_INVALID_HID)), what); }

void Handle::Discard() noexcept {
  if (id_ >= 0) close_(std::exchange(id_, H5I_INVALID_HID));
}

void Check(herr_t result, const std::string& what) {
  if (result < 0) Fail(what);
}

Quiet::Quiet() {
  static std::once_flag once;
  std::call_once(once, [] { H5dont_atexit(); });
  H5Eget_auto2(H5E_DEFAULT, &print_, &data_);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

Quiet::~Quiet() { H5Eset_auto2(H5E_DEFAULT, print_, data_); }

Handle Properties(hid_t cls) { return {H5Pcreate(cls), H5Pclose, "make a property list"}; }

Handle TextType(std::size_t width) {
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose, "make a type");
  Check(H5Tset_size(type.get(), std::max<std::size_t>(width, 1)), "make a type");
  Check(H5Tset_strpad(type.get(), H5T_STR_NULLPAD), "make a type");
  Check(H5Tset_cset(type.get(), H5T_CSET_UTF8), "make a type");
  return type;
}

void SetText(hid_t object, const std::string& name, const std::string& value) {
  const Handle type = TextType(value.size());
  SetScalar(object, name, type.get(), type.get(), value.c_str());
}

void SetInteger(hid_t object, const std::string& name, std::int64_t value) {
  SetScalar(object, name, H5T_STD_I64LE, H5T_NATIVE_INT64, &value);
}

void SetUnsigned(hid_t object, const std::string& name, std::uint64_t value) {
  SetScalar(object, name, H5T_STD_U64LE, H5T_NATIVE_UINT64, &value);
}

void SetNumber(hid_t object, const std::string& name, double value) {
  SetScalar(object, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &value);
}

void SetNumbers(hid_t object, const std::string& name, const std::vector<double>& values) {
  const hsize_t count = values.size();
  const Handle space(H5Screate_simple(1, &count, nullptr), H5Sclose, "make a dataspace");
  const Handle attribute = MakeAttribute(object, name, H5T_IEEE_F64LE, space.get());
  Check(H5Awrite(attribute.get(), H5T_NATIVE_DOUBLE, values.data()), "write " + name);
}

bool HasAttribute(hid_t object, const std::string& name) {
  const htri_t has = H5Aexists(object, name.c_str());
  Check(has, "look for the attribute " + name);
  return has > 0;
}

std::string GetText(hid_t object, const std::string& name) {
  const Handle attribute = OpenAttribute(object, name);
  ExpectShape(attribute.get(), H5T_STRING, 1, name);
  const Handle type(H5Aget_type(attribute.get()), H5Tclose, "read " + name);
  const std::size_t width = H5Tget_size(type.get());
  if (H5Tis_variable_str(type.get()) != 0 || width > kLongestText) {
    throw Hdf5Error(fmt::format("the attribute {} is of variable length or too long", name));
  }
  std::string text(width, '\0');
  Check(H5Aread(attribute.get(), type.get(), text.data()), "read " + name);
  text.resize(::strnlen(text.c_str(), width));
  return text;
}

std::int64_t GetInteger(hid_t object, const std::string& name) {
  std::int64_t value = 0;
  GetValues(object, name, H5T_INTEGER, H5T_NATIVE_INT64, 1, &value);
  return value;
}

std::uint64_t GetUnsigned(hid_t object, const std::string& name) {
  std::uint64_t value = 0;
  GetValues(object, name, H5T_INTEGER, H5T_NATIVE_UINT64, 1, &value);
  return value;
}

std::vector<double> GetNumbers(hid_t object, const std::string& name, std::size_t count) {
  std::vector<double> values(count);
  GetValues(object, name, H5T_FLOAT, H5T_NATIVE_DOUBLE, count, values.data());
  return values;
}

double GetNumber(hid_t object, const std::string& name) { return GetNumbers(object, name, 1).front(); }

std::vector<std::string> AttributeNames(hid_t object) {
  std::vector<std::string> names;
  const auto collect = [](hid_t /*object*/, const char* name, const H5A_info_t* /*info*/, void* data) -> herr_t {
    auto& into = *static_cast<std::vector<std::string>*>(data);
    into.emplace_back(name);
    return into.size() > kMostAttributes ? -1 : 0;
  };
  hsize_t position = 0;
  Check(H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_NATIVE, &position, collect, &names), "list the attributes");
  std::sort(names.begin(), names.end());
  return names;
}

Handle MakeGroup(hid_t parent, const std::string& name) {
  const Handle creation = Properties(H5P_GROUP_CREATE);
  Check(H5Pset_obj_track_times(creation.get(), false), "leave out times");
  return {H5Gcreate2(parent, name.c_str(), H5P_DEFAULT, creation.get(), H5P_DEFAULT), H5Gclose, "write " + name};
}

bool HasLink(hid_t parent, const std::string& name) {
  const htri_t has = H5Lexists(parent, name.c_str(), H5P_DEFAULT);
  Check(has, "look for " + name);
  return has > 0;
}

void ExpectHardLink(hid_t parent, const std::string& name) {
  if (!HasLink(parent, name)) throw Hdf5Error(fmt::format("{} is missing", name));
  H5L_info_t info;
  Check(H5Lget_info(parent, name.c_str(), &info, H5P_DEFAULT), "read " + name);
  if (info.type != H5L_TYPE_HARD) throw Hdf5Error(fmt::format("{} is a link to elsewhere", name));
}

Handle OpenGroup(hid_t parent, const std::string& name) {
  ExpectHardLink(parent, name);
  return {H5Gopen2(parent, name.c_str(), H5P_DEFAULT), H5Gclose, "read " + name};
}

std::vector<std::string> LinkNames(hid_t group) {
  std::vector<std::string> names;
  const auto collect = [](hid_t /*group*/, const char* name, const H5L_info_t* /*info*/, void* data) -> herr_t {
    static_cast<std::vector<std::string>*>(data)->emplace_back(name);
    return 0;
  };
  hsize_t position = 0;
  Check(H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, &position, collect, &names), "list a group");
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace stunt::recordings::internal
