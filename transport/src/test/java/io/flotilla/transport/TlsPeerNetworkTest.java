package io.flotilla.transport;

import io.flotilla.transport.tls.TestAuthority;
import io.flotilla.transport.tls.Tls;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// Peers over TLS keep the same contract.
class TlsPeerNetworkTest extends NettyPeerNetworkTest {
  @TempDir private Path folder;
  private TestAuthority authority;

  @BeforeEach
  void found() {
    authority = new TestAuthority(folder, "fleet");
  }

  @Override
  Tls tls() {
    return authority.member();
  }
}
