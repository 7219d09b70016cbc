#include "transport.h"

#include <absl/strings/ascii.h>
#include <absl/strings/escaping.h>
#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <arpa/inet.h>
#include <fmt/format.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <fstream>
#include <iterator>

namespace stunt::rpc {
namespace {

constexpr int kPingEveryMs = 10'000;
constexpr int kPingTimeoutMs = 5'000;
constexpr int kPingsAtLeastApartMs = 5'000;
constexpr std::size_t kMinTokenLength = 16;
constexpr std::size_t kMaxMessageLength = 512;  // of a foreign error message

absl::StatusOr<std::string> ReadFile(const std::string& file) {
  if (file.empty()) return std::string();
  std::ifstream in(file, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(in), {}};
  if (!in || content.empty()) return absl::InvalidArgumentError(fmt::format("{}: cannot be read, or is empty", file));
  return content;
}

bool IsLoopbackHost(const std::string& host) {
  if (host == "localhost") return true;
  in_addr v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6{};
  return inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

}  // namespace

absl::StatusOr<bool> IsLoopback(const std::string& address) {
  if (absl::StartsWith(address, "unix:") && address.size() > 5) return true;
  const std::size_t colon = address.rfind(':');
  std::string host = address.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  int port = -1;
  const bool good_port =
      colon != std::string::npos && absl::SimpleAtoi(address.substr(colon + 1), &port) && port >= 0 && port <= 65535;
  if (!good_port || host.empty() || (!bracketed && host.find(':') != std::string::npos) ||
      host.find('/') != std::string::npos) {
    return absl::InvalidArgumentError(fmt::format(
        "\"{}\" is not an address; host:port, [v6]:port or unix:path is accepted", absl::CHexEscape(address)));
  }
  return IsLoopbackHost(host);
}

absl::StatusOr<std::string> ReadToken(const std::string& file) {
  absl::StatusOr<std::string> content = ReadFile(file);
  if (!content.ok() || file.empty()) return content;
  std::string token(absl::StripAsciiWhitespace(*content));
  if (token.size() < kMinTokenLength || token.find_first_of("\r\n") != std::string::npos) {
    return absl::InvalidArgumentError(
        fmt::format("{}: a token is one line of at least {} characters", file, kMinTokenLength));
  }
  return token;
}

bool SameSecret(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) difference |= static_cast<unsigned char>(a[i] ^ b[i]);
  return difference == 0;
}

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> ServerCredentialsFor(const std::string& address,
                                                                              const ServerSecurity& security) {
  const absl::StatusOr<bool> loopback = IsLoopback(address);
  if (!loopback.ok()) return loopback.status();
  const bool tls = !security.certificate_file.empty();
  if (!*loopback && (!tls || (security.client_ca_file.empty() && security.token_file.empty()))) {
    return absl::FailedPreconditionError(
        fmt::format("{} can be reached by other machines: give a certificate and a key, and a client authority or a "
                    "token file; or listen on 127.0.0.1",
                    address));
  }
  if (!tls) {
    if (!security.key_file.empty() || !security.client_ca_file.empty()) {
      return absl::InvalidArgumentError("a key or a client authority is given, but no certificate");
    }
    return grpc::InsecureServerCredentials();
  }
  const absl::StatusOr<std::string> certificate = ReadFile(security.certificate_file);
  const absl::StatusOr<std::string> key = ReadFile(security.key_file);
  const absl::StatusOr<std::string> client_ca = ReadFile(security.client_ca_file);
  for (const auto* file : {&certificate, &key, &client_ca}) {
    if (!file->ok()) return file->status();
  }
  if (key->empty()) return absl::InvalidArgumentError("a certificate is given, but no key");
  grpc::SslServerCredentialsOptions options(client_ca->empty()
                                                ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
                                                : GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_key_cert_pairs.push_back({*key, *certificate});
  options.pem_root_certs = *client_ca;
  return grpc::SslServerCredentials(options);
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeChannel(const std::string& address, const ClientSecurity& security) {
  const absl::StatusOr<bool> loopback = IsLoopback(address);
  if (!loopback.ok()) return loopback.status();
  const bool tls = !security.ca_file.empty();
  if (!tls && !*loopback && (!security.allow_plaintext || !security.token_file.empty())) {
    return absl::FailedPreconditionError(
        fmt::format("{} is another machine: give the authority of its certificate", address));
  }
  std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
  if (tls) {
    const absl::StatusOr<std::string> ca = ReadFile(security.ca_file);
    const absl::StatusOr<std::string> certificate = ReadFile(security.certificate_file);
    const absl::StatusOr<std::string> key = ReadFile(security.key_file);
    for (const auto* file : {&ca, &certificate, &key}) {
      if (!file->ok()) return file->status();
    }
    credentials = grpc::SslCredentials({*ca, *key, *certificate});
  } else if (!security.certificate_file.empty() || !security.key_file.empty()) {
    return absl::InvalidArgumentError("a client certificate is given, but no authority for the server");
  }
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kPingEveryMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kPingTimeoutMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  // Workers of a sweep get a connection each.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  // A proxy named in the environment must not see a local detector.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, *loopback ? 0 : 1);
  return grpc::CreateCustomChannel(address, credentials, arguments);
}

void SetKeepalive(grpc::ServerBuilder& builder) {
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kPingEveryMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kPingTimeoutMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kPingsAtLeastApartMs);
}

grpc::Status ToGrpc(const absl::Status& status) {
  return {static_cast<grpc::StatusCode>(status.code()), std::string(status.message()).substr(0, kMaxMessageLength)};
}

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const auto code = status.error_code() == grpc::StatusCode::CANCELLED
                        ? absl::StatusCode::kUnavailable
                        : static_cast<absl::StatusCode>(status.error_code());
  return {code, absl::CHexEscape(status.error_message().substr(0, kMaxMessageLength))};
}

}  // namespace stunt::rpc
