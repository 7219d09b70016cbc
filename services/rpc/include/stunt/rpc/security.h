#pragma once

#include <string>

namespace stunt::rpc {

/// What a server demands of those who call it. Files are PEM; empty = not used.
///
/// On loopback nothing is demanded. Anywhere else TLS is, and with it client certificates or a token.
struct ServerSecurity {
  std::string certificate_file = {};  // of the server; turns TLS on
  std::string key_file = {};
  std::string client_ca_file = {};  // mutual TLS: clients must show a certificate that this authority signed
  std::string token_file = {};      // clients must send its content as a bearer token
};

/// How a client proves itself, and how it knows the server. Files are PEM; empty = not used.
struct ClientSecurity {
  std::string ca_file = {};           // authority that signed the server's certificate; turns TLS on
  std::string certificate_file = {};  // of the client, for mutual TLS
  std::string key_file = {};
  std::string token_file = {};
  bool allow_plaintext = false;  // talk to another machine without TLS; never with a token
};

}  // namespace stunt::rpc
