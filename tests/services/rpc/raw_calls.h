#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace stunt::testing {

inline std::shared_ptr<grpc::Channel> PlainChannel(int port) {
  return grpc::CreateChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials());
}

struct RawAnswer {
  grpc::Status status;
  std::string bytes;  // of the first response
};

/// Sends bytes to any method, of any package, and gives the first response. Needs nobody's generated code.
inline RawAnswer CallRaw(int port, const std::string& method, const std::string& request) {
  grpc::GenericStub stub(PlainChannel(port));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(5));
  grpc::CompletionQueue queue;
  const auto call = stub.PrepareCall(&context, method, &queue);
  const auto step = [&](auto&& start) {
    start();
    void* tag = nullptr;
    bool ok = false;
    EXPECT_TRUE(queue.Next(&tag, &ok));
    return ok;
  };
  RawAnswer answer;
  const grpc::Slice slice(request);
  const grpc::ByteBuffer out(&slice, 1);
  grpc::ByteBuffer in;
  step([&] { call->StartCall(nullptr); });
  step([&] { call->Write(out, nullptr); });
  step([&] { call->WritesDone(nullptr); });
  if (step([&] { call->Read(&in, nullptr); })) {
    grpc::Slice whole;
    EXPECT_TRUE(in.DumpToSingleSlice(&whole).ok());
    answer.bytes.assign(reinterpret_cast<const char*>(whole.begin()), whole.size());
  }
  step([&] { call->Finish(&answer.status, nullptr); });
  return answer;
}

}  // namespace stunt::testing
