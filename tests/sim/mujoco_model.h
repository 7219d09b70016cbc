#pragma once

#include <mujoco/mujoco.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>

#include "stunt/sim/body.h"

// MuJoCo, behind owners. Used by the oracle test and by the benchmark.
namespace stunt::sim::testing {

struct MujocoDeleter {
  void operator()(mjModel* model) const { mj_deleteModel(model); }
  void operator()(mjData* data) const { mj_deleteData(data); }
};
using MujocoModel = std::unique_ptr<mjModel, MujocoDeleter>;
using MujocoData = std::unique_ptr<mjData, MujocoDeleter>;

/// @throws std::runtime_error with MuJoCo's message.
inline MujocoModel LoadMjcf(const std::string& xml) {
  const auto files = std::make_unique<mjVFS>();
  mj_defaultVFS(files.get());
  mj_makeEmptyFileVFS(files.get(), "body.xml", static_cast<int>(xml.size()));
  std::memcpy(files->filedata[0], xml.data(), xml.size());
  std::array<char, 1000> error{};
  MujocoModel model(mj_loadXML("body.xml", files.get(), error.data(), static_cast<int>(error.size())));
  mj_deleteVFS(files.get());
  if (!model) throw std::runtime_error(error.data());
  return model;
}

inline int BodyId(const mjModel& model, Segment segment) {
  return mj_name2id(&model, mjOBJ_BODY, std::string(Name(segment)).c_str());
}

/// Puts MuJoCo's body into the same state: quaternions w first, the root's turning rate in the pelvis.
inline void SetState(const mjModel& model, mjData& data, const Skeleton& skeleton, const BodyReference& state) {
  const auto put = [](mjtNum* to, const Eigen::Vector3d& v) { std::copy_n(v.data(), 3, to); };
  const auto put_rotation = [](mjtNum* to, const Eigen::Quaterniond& q) {
    to[0] = q.w(), to[1] = q.x(), to[2] = q.y(), to[3] = q.z();
  };
  put(data.qpos, state.p_WB);
  put_rotation(data.qpos + 3, state.q_WB);
  put(data.qvel, state.v_WB_W);
  put(data.qvel + 3, state.q_WB.conjugate() * state.w_WB_W);
  for (int k = 1; k < kSegments; ++k) {
    const Segment segment = static_cast<Segment>(k);
    const int joint = mj_name2id(&model, mjOBJ_JOINT, (std::string(Name(segment)) + "_joint").c_str());
    mjtNum* position = data.qpos + model.jnt_qposadr[joint];
    mjtNum* velocity = data.qvel + model.jnt_dofadr[joint];
    const JointReference& reference = state.joints[static_cast<std::size_t>(k - 1)];
    if (skeleton.link(segment).type == JointType::kRevolute) {
      *position = reference.angle;
      *velocity = reference.rate.x();
    } else {
      put_rotation(position, reference.q);
      put(velocity, reference.rate);
    }
  }
}

}  // namespace stunt::sim::testing
